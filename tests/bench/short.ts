import { limitOf } from './goals.ts';
import type { Group, Row, Settings } from './group.ts';
import { bestToBest } from './measure.ts';

/** How often a group is measured before a ratio counts as regressed: a machine has bad moments. */
const TRIES = 3;

/**
 * Measures groups briefly, those again in which a ratio is grossly worse than usual. Times alone
 * say nothing: a slow machine is slow for both peers.
 * @returns what regressed, as lines for a person; none when all is well
 */
export function findRegressions(
  groups: readonly Group[],
  settings: Settings,
  show: (rows: readonly Row[]) => void,
): string[] {
  return groups.flatMap((group) => {
    let lines: string[] = [];
    for (let left = TRIES; left > 0; left -= 1) {
      const rows = group.measure(settings);
      show(rows);
      lines = regressions(rows);
      if (lines.length === 0) return [];
      settings.say(`${lines.join('\n')}\ntries left: ${left - 1}`);
    }
    return lines;
  });
}

/** The ratios, best time to best time, that are grossly worse than usual. */
export function regressions(rows: readonly Row[]): string[] {
  return rows.flatMap((row) => {
    const limit = limitOf(row.id);
    if (row.kind !== 'ratio' || limit === undefined) return [];
    const ratio = bestToBest(row);
    if (ratio <= limit) return [];
    const found = `${ratio.toFixed(2)} times ${row.peer}`;
    return [`${row.what}: found ${found}, wanted at most ${limit.toFixed(2)} (${row.id})`];
  });
}
