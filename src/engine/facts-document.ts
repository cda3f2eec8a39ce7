/** The form of a facts document: all that a plan depends on besides its text. */
import type { InputSource, PlanSource } from '../plan/plan.ts';
import { type Facts, type IdRange, type KnownIds, MAIN_PROGRAM_WORDS } from '../step/facts.ts';
import { worldRecord, type WorldRecord } from '../system/recording/world-record.ts';
import type { LinkPolicy } from '../system/world.ts';
import {
  as,
  type Codec,
  count,
  flag,
  list,
  object,
  optional,
  scalarValue,
  table,
  text,
  variant,
  word,
} from '../text/codec.ts';

/** The version of the form that documents have. */
export const FACTS_VERSION = 1;

/** What every document calls itself. */
const ABOUT = 'hermes-boot facts';

/** An input as it was resolved; a secret one with its stand-in. */
export interface InputRecord {
  readonly value?: string | number | boolean | undefined;
  readonly source: InputSource;
  readonly refused?:
    { readonly variable: string; readonly found: string; readonly wanted: string } | undefined;
}

/** All that a plan depends on besides its text: a boot can be planned from it anywhere. */
export interface FactsDocument {
  readonly about: typeof ABOUT;
  readonly version: number;
  /** The release of hermes-boot that has written it. */
  readonly by: string;
  /** When, as ISO 8601 in UTC. */
  readonly taken: string;
  readonly plan: {
    readonly name: string;
    readonly digest: string;
    /** What the world adds to the plan. */
    readonly fragments: readonly PlanSource[];
  };
  /** Steps that plan otherwise from this document than they did where it was taken. */
  readonly differs: readonly string[];
  readonly facts: Facts;
  readonly inputs: ReadonlyMap<string, InputRecord>;
  /** Which links the world follows. */
  readonly links: LinkPolicy;
  readonly world: WorldRecord;
}

const words: Codec<readonly string[]> = as(list(text), covered, (written) => written);

/** Arguments may be anything, also a password: what no step looks at does not leave. */
function covered(program: readonly string[]): readonly string[] {
  const isPlain = (name: string, index: number): boolean =>
    index === 0 ? /^[a-z][a-z0-9-]*$/.test(name) : MAIN_PROGRAM_WORDS.includes(name);
  return program.map((name, index) => (isPlain(name, index) ? name : '***'));
}

const names: Codec<ReadonlySet<string>> = as(
  list(text),
  (set) => [...set],
  (written) => new Set(written),
);

const range = object<IdRange>({ first: count, count });

/** How facts are written. A new fact is a line here. */
export const factsCodec: Codec<Facts> = object<Facts>({
  uid: count,
  gid: count,
  groups: list(count),
  capabilities: names,
  bounding: names,
  ids: object<KnownIds>({ users: list(range), groups: list(range) }),
  assumed: flag,
  readOnlyRoot: flag,
  runNoexec: flag,
  s6: flag,
  mainProgram: words,
});

const source: Codec<InputSource> = variant<InputSource>('kind', {
  environment: object({ kind: word('environment'), variable: text }),
  envdir: object({ kind: word('envdir'), variable: text }),
  default: object({ kind: word('default') }),
  unset: object({ kind: word('unset') }),
});

/** How a document is written. */
export const factsDocument: Codec<FactsDocument> = object<FactsDocument>({
  about: word(ABOUT),
  version: count,
  by: text,
  taken: text,
  plan: object({
    name: text,
    digest: text,
    fragments: list(object<PlanSource>({ file: text, text })),
  }),
  differs: list(text),
  facts: factsCodec,
  inputs: table(
    object<InputRecord>({
      value: optional(scalarValue),
      source,
      refused: optional(object({ variable: text, found: text, wanted: text })),
    }),
  ),
  links: object<LinkPolicy>({ guarded: list(text), self: count }),
  world: worldRecord,
});

/** Whether a JSON value calls itself a facts document, and of which version. */
export function versionOf(json: unknown): number | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  const version: unknown = Reflect.get(json, 'version');
  const isOurs = Reflect.get(json, 'about') === ABOUT;
  return isOurs && typeof version === 'number' ? version : undefined;
}
