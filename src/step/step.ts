/** What a step type is: its options, what it looks at and what it returns. Steps never write. */
import type { Change } from '../changes/change.ts';
import type { Cause, Problem } from '../errors/problem.ts';
import type { Progress } from '../system/scan.ts';
import type { ReadSystem } from '../system/system.ts';
import type { Facts } from './facts.ts';
import type { ObjectSchema, OptionsOf } from './schema.ts';
import type { Touch } from './touch.ts';

/** A value of a plan file. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined };

/** A mapping of a plan file. */
export type JsonObject = Readonly<Record<string, JsonValue | undefined>>;

/** The warnings that a step can accept, each with what it is about. */
export const ACCEPTABLE = {
  link: 'a link stands there, or the path lies behind one',
  type: 'something of another type stands there',
  'hard-links': 'a file has other names, which may lie anywhere',
  mount: 'a mount of its own has another owner',
  foreign: 'a tree belongs to somebody else',
  'no-source': 'what would be seeded is missing',
} as const;

/** The name of a warning that a step can accept. */
export type Acceptable = keyof typeof ACCEPTABLE;

/** Which warning a note is, where an operator can accept it. */
interface AcceptableWarning {
  /** The name of the warning. */
  readonly of: Acceptable;
  /** The path that it is about. */
  readonly path?: string;
}

/** Something a person should know although it changes nothing. */
export interface Note {
  /** Whether somebody should do something about it. */
  readonly severity: 'info' | 'warning';
  /** One sentence without a full stop, naming the path it speaks of. */
  readonly text: string;
  /**
   * Set for what the log shows although it only informs: a line that a helper has printed, or what
   * somebody would look for in the log.
   */
  readonly logged?: 'printed' | 'said';
  /** Equal for notes about the same thing: only the first of a boot is reported. */
  readonly key?: string;
  /** The path that it is about, where that could not be read. */
  readonly unread?: string;
  /** Which warning it is, where an operator can accept it: `accept: [link]` on the step. */
  readonly warns?: AcceptableWarning;
  /** Set for a warning that the plan accepts: it informs. */
  readonly accepted?: true;
  /** What it has in common with the problems of other steps: it is reported in place of the note. */
  readonly cause?: Cause;
}

/** What a step returns: what has to change, why nothing has to, or why it does not apply here. */
export type Outcome = Found | Converged | { readonly skipped: string };

/** The world is not yet as the step wants it. */
export interface Found {
  readonly changes: readonly Change[];
  readonly notes?: readonly Note[] | undefined;
  /**
   * What the step could not look at: its changes are made, and then it fails with this. What proves
   * that the step is done is not among the changes, so that the next boot looks again.
   */
  readonly unfinished?: Problem | undefined;
}

/** The world is as the step wants it; the phrase says how that shows. */
export interface Converged {
  readonly converged: string;
  readonly notes?: readonly Note[] | undefined;
}

/** What a step returns that may have no changes; `converged` says why then. */
export function changesOr(
  changes: readonly Change[],
  converged: string,
  notes?: readonly Note[],
): Found | Converged {
  return changes.length === 0 ? { converged, notes } : { changes, notes };
}

/** What a step is given. */
export interface StepContext<W> {
  /** The step's options: checked against its schema, with inputs and facts filled in. */
  readonly with: W;
  /** The world. There is no way to write through it. */
  readonly system: ReadSystem;
  readonly facts: Facts;
  /** The account of the step's `as`: the owner of what it makes, and who its commands run as. */
  readonly as: string | undefined;
  /** Aborts at the step's timeout. */
  readonly signal: AbortSignal;
  /** Takes how far a long look has come. */
  readonly progress?: ((done: Progress) => void) | undefined;
  /** The environment variable behind an option, such as `PUID` for `uid`; undefined if none. */
  origin(option: string): string | undefined;
  /** The environment variable that an operator sets to change an option; undefined if none. */
  variable(option: string): string | undefined;
  /** Whether a secret input has a part in an option. */
  isSecret(option: string): boolean;
}

/** A step type: what `uses` names. `W` is the type of its options. */
export interface StepType<W> {
  readonly uses: string;
  /** One sentence: what it keeps true. */
  readonly summary: string;
  /** JSON Schema of `with`, closed, every property described. */
  readonly schema: ObjectSchema;
  /**
   * Looks at the world and returns what would have to change.
   * @throws Problem when the wanted state cannot be reached or must be refused
   */
  plan(context: StepContext<W>): Outcome | Promise<Outcome>;
  /** What the step may change or relies on, from its options alone. */
  touches(options: W): readonly Touch[];
}

/** A step type whose options' type has been forgotten: what lists and the engine hold. */
export type AnyStepType = StepType<JsonObject>;

/** Declares a step type; the type of its options comes from its schema. */
export function defineStep<const S extends ObjectSchema>(
  type: StepType<OptionsOf<S>> & { readonly schema: S },
): StepType<OptionsOf<S>> {
  return type;
}
