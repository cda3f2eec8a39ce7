import { GOALS } from './goals.ts';
import type { Described, GroupResult, Row } from './group.ts';
import { bestToBest, type Spread } from './measure.ts';
import type { Results } from './results.ts';

const HEAD = `<!-- Written by \`npm run bench\`. -->

# Benchmarks

Whole processes, timed in turn with their peer in the same run, in an environment of nothing but
PATH and what a boot is given. A time is the median in milliseconds, a ratio that of the pairs, both
with their quartiles. A cold cache is one that the kernel has dropped before each process: pages,
directory entries and inodes. \`npm run bench -- GROUP\` measures one group again.
`;

/** The results as a page. */
export function renderPage(groups: readonly Described[], { groups: results }: Results): string {
  const measured = groups.flatMap((group) => {
    const result = results[group.name];
    return result === undefined ? [] : [{ group, result }];
  });
  const rows = measured.flatMap(({ result }) => result.rows);
  const sections = measured.map(({ group, result }) => renderSection(group, result));
  return [HEAD, `## Goals\n\n${goalTable(rows)}`, ...sections].join('\n');
}

/** The rows as text for a terminal. */
export function renderRows(rows: readonly Row[]): string {
  return rows.map((row) => `${lineOf(row)}\n`).join('');
}

function renderSection({ title, about }: Described, { environment, rows }: GroupResult): string {
  const { node, snapshot, cores, kernel, fileSystem } = environment;
  const how =
    snapshot === undefined ? '' : ` ${snapshot ? 'with' : 'without'} its start-up snapshot`;
  const where = `Node ${node}${how}, ${cores} ${cores === 1 ? 'core' : 'cores'}, ${kernel}, ${fileSystem}.`;
  const tables = [comparisonTable(rows), figureTable(rows), skippedList(rows)].filter(Boolean);
  return [`## ${title}`, about, where, ...tables].join('\n\n') + '\n';
}

function goalTable(rows: readonly Row[]): string {
  const lines = rows.flatMap((row) => {
    const goal = GOALS[row.id];
    if (goal === undefined) return [];
    const cells = [whatOf(row), `at most ${goal}${unitOf(row)}`, valueOf(row), verdict(row)];
    return [line(cells)];
  });
  return table(['', 'goal', 'measured', ''], lines);
}

function comparisonTable(rows: readonly Row[]): string {
  const lines = rows.flatMap((row) => {
    if (row.kind !== 'ratio') return [];
    const { what, peer, cache, rounds, time, peerTime, ratio } = row;
    const cells = [what, milliseconds(time), peer, milliseconds(peerTime), spread(ratio, 2)];
    return [line([...cells, cache, String(rounds)])];
  });
  return table(['', 'ms', 'peer', 'ms', 'ratio', 'cache', 'rounds'], lines);
}

function figureTable(rows: readonly Row[]): string {
  const lines = rows.flatMap((row) =>
    row.kind === 'figure' ? [line([row.what, `${valueOf(row)}${unitOf(row)}`])] : [],
  );
  return table(['', ''], lines);
}

function skippedList(rows: readonly Row[]): string {
  return rows
    .flatMap((row) =>
      row.kind === 'skipped' ? [`Not measured: ${row.what} (${row.reason}).`] : [],
    )
    .join('\n\n');
}

function lineOf(row: Row): string {
  const what = whatOf(row).padEnd(64);
  if (row.kind === 'skipped') return `${what} not measured: ${row.reason}`;
  const goal = GOALS[row.id];
  const against = goal === undefined ? '' : `, goal at most ${goal}: ${verdict(row)}`;
  if (row.kind === 'figure') return `${what} ${valueOf(row)}${unitOf(row)}${against}`;
  const best = bestToBest(row).toFixed(2);
  const times = `${milliseconds(row.time)} / ${milliseconds(row.peerTime)} ms, best to best ${best}`;
  return `${what} ${spread(row.ratio, 2)}${against}\n    ${times}`;
}

function whatOf(row: Row): string {
  if (row.kind !== 'ratio') return row.what;
  return `${row.what}, to ${row.peer}${row.cache === 'cold' ? ', cold' : ''}`;
}

function valueOf(row: Row): string {
  if (row.kind === 'skipped') return 'not measured';
  if (row.kind === 'ratio') return row.ratio.median.toFixed(2);
  if (row.unit === 'MiB') return row.value.toFixed(0);
  return Number.isInteger(row.value) ? String(row.value) : row.value.toFixed(2);
}

function unitOf(row: Row): string {
  return row.kind === 'figure' && row.unit !== 'times' ? ` ${row.unit}` : '';
}

function verdict(row: Row): string {
  const goal = GOALS[row.id];
  if (goal === undefined || row.kind === 'skipped') return '';
  const value = row.kind === 'ratio' ? row.ratio.median : row.value;
  return value <= goal ? 'met' : 'missed';
}

function milliseconds(time: Spread): string {
  return spread(time, time.median < 100 ? 1 : 0);
}

function spread({ lower, median, upper }: Spread, digits: number): string {
  return `${median.toFixed(digits)} (${lower.toFixed(digits)} to ${upper.toFixed(digits)})`;
}

function table(heads: readonly string[], lines: readonly string[]): string {
  if (lines.length === 0) return '';
  return [line(heads), line(heads.map(() => '---')), ...lines].join('\n');
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
