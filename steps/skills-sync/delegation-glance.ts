import type { Reader } from '../../src/system/content.ts';
import { delegationCodec, delegationTo, type Delegation } from './delegation.ts';

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
