/** Which skills config.yaml leaves to other directories, read without a parser where the lines are plain. */
import type { Reader } from '../../src/system/content.ts';
import { type Codec, list, nullable, object, text, word } from '../../src/text/codec.ts';

/** As many directories as anybody has skills in; a list that is longer was not written by hand. */
const MOST = 64;

const LONGEST = 4096;

/** What a config.yaml says of the directories that supply skills besides the home. */
export interface Delegation {
  /** `doubtful`: the lines do not tell, the parser does. `broken`: that could not read it. */
  readonly state: 'known' | 'doubtful' | 'broken';
  /**
   * As it is written: absolute, below `~` or `~user`, relative to the home, with variables; null for
   * what is no path. All of it may leave the machine, and nothing else of the file does.
   */
  readonly directories: readonly (string | null)[];
}

export const delegationCodec: Codec<Delegation> = object<Delegation>({
  state: word('known', 'doubtful', 'broken'),
  directories: list(nullable(text)),
});

/** A delegation to the directories of a list, empty ones left out as the agent does. */
export function delegationTo(entries: readonly (string | null)[]): Delegation {
  const named = entries.map((entry) => entry?.trim() ?? null).filter((entry) => entry !== '');
  const directories = named.slice(0, MOST).map((entry) => (isPath(entry) ? entry : null));
  return {
    state: 'known',
    directories: named.length > MOST ? [...directories, null] : directories,
  };
}

/** Whether an entry can be a path. */
function isPath(entry: string | null): boolean {
  return entry !== null && entry.length <= LONGEST && !/\p{Cc}|[\u2028\u2029]/u.test(entry);
}

const BROKEN: Delegation = { state: 'broken', directories: [] };

/** Reads `skills.external_dirs` as the agent does, a list or a single path; loads a YAML parser. */
export async function delegationParser(): Promise<Reader<Delegation>> {
  const { isMap, parseDocument } = await import('yaml');
  const externalDirs = (content: string): unknown => {
    try {
      // The agent's parser takes the last of equal keys, and merges.
      const options = { prettyErrors: false, uniqueKeys: false, merge: true };
      const document = parseDocument(content, options);
      if (document.errors.length > 0) return BROKEN;
      if (!isMap(document.contents)) return undefined;
      return propertyOf(propertyOf(document.toJS({ mapAsMap: true }), 'skills'), 'external_dirs');
    } catch (error) {
      // Aliases that unfold without end, and mappings as deep as the stack.
      if (error instanceof ReferenceError || error instanceof RangeError) return BROKEN;
      throw error;
    }
  };
  return {
    name: 'skills.external_dirs by the parser',
    codec: delegationCodec,
    read(content) {
      const value = externalDirs(content);
      if (value === BROKEN) return BROKEN;
      if (typeof value === 'string') return delegationTo([value]);
      if (!Array.isArray(value)) return delegationTo([]);
      return delegationTo(
        value.map((entry: unknown) => (typeof entry === 'string' ? entry : null)),
      );
    },
  };
}

function propertyOf(value: unknown, key: string): unknown {
  return value instanceof Map ? new Map<unknown, unknown>(value).get(key) : undefined;
}

const KEY = 'external_dirs';

const DOUBTFUL: Delegation = { state: 'doubtful', directories: [] };

/**
 * Reads `skills.external_dirs` by a look at the lines, since a boot must not wait for a YAML parser
 * to load: a file that does not speak of it says nothing, and a plain list is read here. Everything
 * else is in doubt.
 */
export const glance: Reader<Delegation> = {
  name: 'skills.external_dirs',
  codec: delegationCodec,
  read(content) {
    if (!content.includes(KEY)) return delegationTo([]);
    const lines = content
      .replace(/^\uFEFF/, '')
      .split(/\r?\n/)
      .filter((line) => !/^\s*(?:#|$)/.test(line));
    const at = lines.findIndex((line) => line.includes(KEY));
    if (at === -1) return delegationTo([]);
    const [, margin, rest = ''] = /^( +)external_dirs:(?:[ ]+(.*))?$/.exec(lines[at] ?? '') ?? [];
    if (margin === undefined || !isInSkills(lines, at, margin.length)) return DOUBTFUL;
    const entries = entriesOf(withoutComment(rest), lines.slice(at + 1), margin.length);
    return entries === undefined ? DOUBTFUL : delegationTo(entries);
  },
};

/** Whether a line is the one that says this, in the one top-level mapping of the only document. */
function isInSkills(lines: readonly string[], at: number, margin: number): boolean {
  const top = lines.findLastIndex((line, index) => index < at && /^\S/.test(line));
  return (
    /^skills:\s*(?:#.*)?$/.test(lines[top] ?? '') &&
    indentOf(lines[top + 1] ?? '') === margin &&
    lines.filter((line) => line.includes(KEY)).length === 1 &&
    lines.filter((line) => /^["']?skills["']?\s*:/.test(line)).length === 1 &&
    !lines.some((line, index) => /^(?:---|\.\.\.|%)/.test(line) && !(index === 0 && line === '---'))
  );
}

/** @param rest what stands on the line of the key; @param after the lines behind it */
function entriesOf(rest: string, after: readonly string[], margin: number): string[] | undefined {
  const width = indentOf(after[0] ?? '');
  const isItem = (line: string): boolean => /^ *-(?: |$)/.test(line) && indentOf(line) === width;
  const stop = after.findIndex((line) => !isItem(line));
  const items = rest !== '' || width < margin ? [] : after.slice(0, stop === -1 ? undefined : stop);
  const next = after[items.length];
  // What goes on deeper belongs to the last entry.
  if (next !== undefined && (indentOf(next) > margin || isItem(next))) return undefined;
  const [, inline] = /^\[(.*)\]$/.exec(rest) ?? [];
  if (inline !== undefined) return scalars(inline.trim() === '' ? [] : inline.split(','));
  if (rest !== '') return scalars([rest]);
  return scalars(items.map((line) => withoutComment(line.replace(/^ *-/, ''))));
}

function scalars(texts: readonly string[]): string[] | undefined {
  const values = texts.map((each) => scalar(each.trim()));
  return values.every((value) => value !== undefined) ? values : undefined;
}

function scalar(written: string): string | undefined {
  const [, single, double] = /^(?:'([^']*)'|"([^"\\]*)")$/.exec(written) ?? [];
  return single ?? double ?? (isPlain(written) ? written : undefined);
}

/** Whether it is a path with the same meaning in every YAML, in a list of lines and of commas. */
function isPlain(written: string): boolean {
  const plain =
    /^(?=[^/]*\/)(?:[\p{L}\p{N}_./~$]|\$\{\w+\})(?:[\p{L}\p{N}_./~$@+ -]|\$\{\w+\})*(?<! )$/u;
  return plain.test(written);
}

function withoutComment(value: string): string {
  return value.replace(/(?:^|\s)#.*$/, '').trim();
}

function indentOf(line: string): number {
  return /^ */.exec(line)?.[0].length ?? 0;
}
