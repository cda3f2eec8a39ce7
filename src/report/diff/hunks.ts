/** The difference of two texts in lines, as `diff -u` writes it. */
import { structuredPatch } from 'diff';

/** A part of two texts in which they differ, with some lines around it. */
export interface Hunk {
  /** Where it is: `@@ -1,3 +1,4 @@`. */
  readonly header: string;
  /** Each begins with a space, `-`, `+`, or with `\` where the line before it does not end. */
  readonly lines: readonly string[];
}

/** Texts that differ in nearly everything take long to compare; in milliseconds. */
const PATIENCE = 2000;

/**
 * The parts in which two texts differ.
 * @param context how many equal lines are shown before and behind each
 * @returns undefined where it takes too long to find them
 */
export function hunksOf(
  before: string,
  after: string,
  context: number,
): readonly Hunk[] | undefined {
  const patch = structuredPatch('', '', before, after, '', '', { context, timeout: PATIENCE });
  return patch?.hunks.map(({ oldStart, oldLines, newStart, newLines, lines }) => ({
    header: `@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@`,
    lines,
  }));
}

/** Lines as `diff -u` counts them: none are after the line before them. */
function range(start: number, count: number): string {
  if (count === 1) return `${start}`;
  return `${count === 0 ? start - 1 : start},${count}`;
}
