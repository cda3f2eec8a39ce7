/**
 * Prints an edited YAML document so that what no edit touched comes out as it went in. A printer
 * keeps comments and order, but has a layout of its own: so the edit is taken as the difference
 * between two prints, without and with it, and applied to the text as it was.
 */
import { isDeepStrictEqual } from 'node:util';
import { parseDocument, visit, type Document, type ToStringOptions } from 'yaml';
import { Problem } from '../../src/errors/problem.ts';

/** What people differ in when they write YAML, as far as whole lines change with it. */
const LAYOUTS: readonly ToStringOptions[] = [2, 4].flatMap((indent) =>
  [true, false].map((indentSeq) => ({ indent, indentSeq, lineWidth: 0 })),
);

/** Above this many pairs of lines a comparison would take longer than a layout is worth. */
const MOST_PAIRS = 16_000_000;

/**
 * Prints an edited document in the layout of its source.
 * @throws Problem when an edit took an anchor away from an alias
 */
export function printLike(document: Document, source: string): string {
  refuseLostAnchors(document);
  const lines = source.split(/\r?\n/);
  const { layout, before } = layoutOf(lines, source);
  const printed = document.toString(layout);
  const merged = mergeLines(lines, before, printed.split('\n')).join('\n');
  const isSame = isDeepStrictEqual(valueOf(merged), document.toJS());
  const text = isSame ? merged : printed;
  return source.includes('\r\n') ? text.replaceAll('\n', '\r\n') : text;
}

function valueOf(text: string): unknown {
  const document = parseDocument(text, { prettyErrors: false });
  return document.errors.length === 0 ? document.toJS() : undefined;
}

function refuseLostAnchors(document: Document): void {
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) !== undefined) return;
      throw new Problem({
        found: `an edit takes away the anchor ${alias.source}, which an alias in the file names`,
        mend: 'write the value out where the alias stands',
      });
    },
  });
}

/** The layout in which most lines of a source come out as they went in, and what comes out. */
function layoutOf(
  lines: readonly string[],
  source: string,
): { layout: ToStringOptions; before: readonly string[] } {
  const known = new Set(lines.map(bare));
  const document = parseDocument(source, { prettyErrors: false });
  const rated = LAYOUTS.map((layout) => {
    const before = document.toString(layout).split('\n');
    return { layout, before, changed: before.filter((line) => !known.has(bare(line))).length };
  });
  return rated.reduce((best, other) => (other.changed < best.changed ? other : best));
}

/**
 * Lines with the changes that lead from `before` to `after`, where `lines` differ from `before` in
 * layout alone.
 */
function mergeLines(
  lines: readonly string[],
  before: readonly string[],
  after: readonly string[],
): readonly string[] {
  if (before.length * Math.max(lines.length, after.length) > MOST_PAIRS) return after;
  const inLines = matches(before, lines);
  const inAfter = matches(before, after);
  const merged: string[] = [];
  let [nextBefore, nextLine, nextAfter] = [0, 0, 0];
  for (let index = 0; index <= before.length; index += 1) {
    const isEnd = index === before.length;
    const line = isEnd ? lines.length : inLines.get(index);
    const place = isEnd ? after.length : inAfter.get(index);
    if (line === undefined || place === undefined) continue;
    // From one line that all three have to the next: as it was, with what is added at its end,
    // unless the edit changes it.
    const unedited = before.slice(nextBefore, index);
    const edited = after.slice(nextAfter, place);
    const isKept = unedited.every((text, offset) => text === edited[offset]);
    if (isKept) merged.push(...lines.slice(nextLine, line), ...edited.slice(unedited.length));
    else merged.push(...edited);
    if (!isEnd) merged.push(lines[line] ?? '');
    [nextBefore, nextLine, nextAfter] = [index + 1, line + 1, place + 1];
  }
  return merged;
}

/** A line without the space that layouts differ in: all but its indent. */
function bare(line: string): string {
  const text = line.trimStart();
  return line.slice(0, line.length - text.length) + text.replace(/\s+/g, '');
}

/** The longest common subsequence of two texts: from the number of a line to that of its equal. */
function matches(from: readonly string[], to: readonly string[]): Map<number, number> {
  const [a, b] = [from.map(bare), to.map(bare)];
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] =
        a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const found = new Map<number, number>();
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) {
      found.set(i, j);
      i += 1;
      j += 1;
    } else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  }
  return found;
}
