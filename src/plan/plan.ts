/** The types of a plan: its source, the loaded plan, and the plan that is ready to boot. */
import type { ErrorObject } from 'ajv';
import type { AnyStepType, JsonObject } from '../step/step.ts';

/** The text of a plan or of a part of one. */
export interface PlanSource {
  /** The file as messages name it. */
  readonly file: string;
  readonly text: string;
}

/** What a plan may use. */
export interface Registry {
  readonly types: readonly AnyStepType[];
  /** Validates against the plan schema; see `validateShape`. */
  readonly validate: (value: unknown) => readonly ErrorObject[];
}

/**
 * A parsed `when`. It always has a value, and evaluating it neither fails nor has side effects. An
 * unset input is `null`, which is false and equal only to itself.
 */
export type Condition =
  | { readonly op: 'literal'; readonly value: string | number | boolean }
  | { readonly op: 'input' | 'fact'; readonly name: string }
  | { readonly op: 'not'; readonly of: Condition }
  | { readonly op: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly op: 'eq' | 'ne'; readonly left: Condition; readonly right: Condition };

/** A place in a plan file; line and column start at 1. */
export interface Position {
  /** The file as messages name it. */
  readonly file: string;
  /** The line, from 1. */
  readonly line: number;
  /** The column in characters, from 1. */
  readonly column: number;
}

/** A stretch of text on one line of a plan file. */
export interface Span extends Position {
  /** In characters; at least 1. */
  readonly length: number;
}

/**
 * The types that an input can have. `id` is a user or group id from 1 to 65534; `path` is an
 * absolute path other than the root.
 */
export type InputType = 'path' | 'id' | 'string' | 'boolean';

/** An input as the plan declares it. */
export interface InputDeclaration {
  readonly name: string;
  readonly description?: string;
  /** The environment variables that can set it; the first that is set and not empty decides. */
  readonly env: readonly string[];
  readonly type: InputType;
  /** Used when no variable is set. An input without one may be unset. */
  readonly default?: string | number | boolean;
  /** The values that are allowed; any when absent. */
  readonly values?: readonly string[];
  /** Its value is shown as *** wherever it would appear. */
  readonly secret: boolean;
  readonly at: Position;
}

/** What happens to the boot when a step fails; see docs/plans.md. */
export type OnFailure = 'stop' | 'degrade' | 'ignore';

/** An entry of a plan file that defines or changes a step. */
export interface StepEntry {
  /** Where it stands. */
  readonly at: Position;
  /** What it does to the step as the files below have it. */
  readonly as: 'added' | 'replaced' | 'changed';
  /** What it changes, where it does not define the whole step. */
  readonly changes?: readonly ChangedKey[];
}

/** A key of a step, or an option of it, that an entry changes. */
export interface ChangedKey {
  /** As it was written: `timeout`, `trees+`. */
  readonly key: string;
  /** How many entries of the list below are not in the one that takes its place. */
  readonly dropped?: number;
}

/** A step of a loaded plan. */
export interface PlanStep {
  /** Its id. */
  readonly id: string;
  /** Its step type. */
  readonly uses: string;
  /** Options, with `${{ }}` still in them. */
  readonly with: JsonObject;
  /** The steps that must end before it. */
  readonly needs: readonly string[];
  /** Warnings that are meant to be: names, or names with a path. */
  readonly accept?: readonly string[];
  readonly when?: Condition;
  /** The text of `when`, for messages. */
  readonly whenText?: string;
  readonly why?: string;
  readonly as?: string;
  readonly onFailure: OnFailure;
  /** In milliseconds. */
  readonly timeout: number;
  /** Where the plan switches it off. */
  readonly off?: Position;
  /** The last entry that defines all of it. */
  readonly at: Position;
  /** From the lowest file to the highest. */
  readonly entries: readonly StepEntry[];
}

/** A plan without errors: plain data, so that it can be stored and read again. */
export interface Plan {
  readonly name: string;
  readonly description: string;
  /** The file as it was named, for messages. */
  readonly file: string;
  /** All its files: what it extends, itself, its fragments. */
  readonly files: readonly string[];
  /** See `BootPlan.home`; with `${{ }}` still in it. */
  readonly home?: string;
  /** The address of the issues that numbers in the reasons mean, without the number. */
  readonly tracker?: string;
  /** How long to wait for another boot of the same home, in milliseconds. */
  readonly lockTimeout: number;
  readonly inputs: readonly InputDeclaration[];
  /** In the order of the file. */
  readonly steps: readonly PlanStep[];
  /** See build-plan.ts. */
  readonly digest: string;
}

/** Where the value of an input came from. */
export type InputSource =
  | {
      /** A variable of the process, or of the s6 environment directory. */
      readonly kind: 'environment' | 'envdir';
      /** The name of the variable. */
      readonly variable: string;
    }
  | {
      /** The value that the plan has for it. */
      readonly kind: 'default';
    }
  | {
      /** No value: no variable is set, and the plan has none. */
      readonly kind: 'unset';
    };

/** A value that an input took. */
export type InputValue = string | number | boolean | undefined;

/** An input with its value in this boot. */
export interface Input {
  readonly name: string;
  readonly declaration: InputDeclaration;
  readonly value: InputValue;
  readonly source: InputSource;
  /**
   * Set when a variable has an invalid value. The input then counts as unset and the boot ends
   * degraded.
   */
  readonly refused?: Refusal;
}

/** Why the value of a variable was not used. */
interface Refusal {
  /** The name of the variable. */
  readonly variable: string;
  /** What it held; `***` where the input is secret. */
  readonly found: string;
  /** What it should hold. */
  readonly wanted: string;
}

/** A step with its inputs and facts filled in. */
export interface BootStep {
  readonly id: string;
  readonly type: AnyStepType;
  readonly with: JsonObject;
  readonly needs: readonly string[];
  /** See `PlanStep.accept`. */
  readonly accept?: readonly string[];
  /** Why the step is skipped: it is switched off, or its `when` is false. */
  readonly skipped?: string;
  /** Where it is switched off. */
  readonly off?: Position;
  readonly why?: string;
  readonly as?: string;
  readonly onFailure: OnFailure;
  /** In milliseconds. */
  readonly timeout: number;
  readonly at: Position;
  /** The variable behind each option that an input filled in: `uid` -> `PUID`. */
  readonly origins: Readonly<Record<string, string>>;
  /** The variable that decides each such option, or would if it were set. */
  readonly variables: Readonly<Record<string, string>>;
  /** The options in which a secret input has a part. */
  readonly secrets: readonly string[];
}

/** A plan ready to boot: all values filled in, steps in the order in which they run. */
export interface BootPlan {
  readonly name: string;
  readonly description: string;
  readonly file: string;
  /**
   * The directory that outlives the container. Boots that share it run one at a time, and it holds
   * their history. A plan without one never waits for others.
   */
  readonly home?: string;
  /** See `Plan.tracker`. */
  readonly tracker?: string;
  /** See `Plan.lockTimeout`. */
  readonly lockTimeout: number;
  readonly inputs: readonly Input[];
  readonly steps: readonly BootStep[];
  /** Of the plan as it was written: no value of an input is part of it. */
  readonly digest: string;
}
