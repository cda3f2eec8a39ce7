import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';
import { GOALS, limitOf, USUAL } from './goals.ts';
import type { Row } from './group.ts';
import { PAGE as ALL } from './groups.ts';
import { spreadOf } from './measure.ts';
import { renderPage, renderRows } from './report.ts';
import { readResults } from './results.ts';
import { findRegressions } from './short.ts';

const DOCS = join(import.meta.dirname, '../../docs');
const JSON_FILE = join(DOCS, 'benchmarks.json');
const PAGE = join(DOCS, 'benchmarks.md');

function ratio(time: number, peerTime: number): Row {
  const [ours, theirs] = [spreadOf([time]), spreadOf([peerTime])];
  return {
    kind: 'ratio',
    id: 'startup-hook-warm',
    what: 'warm boot',
    peer: 'shell hook',
    cache: 'warm',
    rounds: 1,
    time: ours,
    peerTime: theirs,
    ratio: spreadOf([time / peerTime]),
  };
}

test('the page tells each goal, what was measured, and whether that meets it', () => {
  const rows: Row[] = [
    ratio(30, 60),
    { kind: 'figure', id: 'memory-warm', what: 'peak memory', value: 61, unit: 'MiB' },
    { kind: 'skipped', id: 'startup-hook-cold', what: 'cold boot', reason: 'no permission' },
  ];
  const environment = {
    node: 'v20.19.0',
    snapshot: false,
    cores: 2,
    kernel: 'Linux 6.1',
    fileSystem: 'ext4',
  };
  const page = renderPage(ALL, { format: 1, groups: { startup: { environment, rows } } });
  expect(page).toContain('| warm boot, to shell hook | at most 0.7 | 0.50 | met |');
  expect(page).toContain('| peak memory | at most 60 MiB | 61 | missed |');
  expect(page).toContain('Not measured: cold boot (no permission).');
  expect(page).toContain('Node v20.19.0 without its start-up snapshot, 2 cores, Linux 6.1, ext4.');
  expect(renderRows(rows)).toContain('0.50 (0.50 to 0.50), goal at most 0.7: met');
});

test('a ratio is a regression once it is grossly worse each time that it is measured', () => {
  const limit = limitOf('startup-hook-warm') ?? 0;
  expect(limit).toBeGreaterThan(USUAL['startup-hook-warm'] ?? 0);
  const found = (...times: number[]): string[] => {
    const measure = (): Row[] => [ratio(times.shift() ?? 0, 1)];
    const group = { name: 'made up', title: '', about: '', measure };
    const settings = { short: true, scale: 1, say: () => undefined };
    return findRegressions([group], settings, () => undefined);
  };
  expect(found(limit * 1.1, limit * 1.1, limit)).toEqual([]);
  expect(found(limit)).toEqual([]);
  expect(found(limit * 1.1, limit * 1.1, limit * 1.1)).toEqual([
    expect.stringContaining(`wanted at most ${limit.toFixed(2)} (startup-hook-warm)`),
  ]);
});

const results = readResults(JSON_FILE);

test.skipIf(results === undefined)(
  'the page in docs says what the figures in docs say',
  async () => {
    if (results === undefined) return;
    const options = { ...(await resolveConfig(PAGE)), filepath: PAGE };
    expect(readFileSync(PAGE, 'utf8')).toBe(await format(renderPage(ALL, results), options));
  },
);

test.skipIf(results === undefined)('every goal has been measured, or it is said why not', () => {
  const rows = Object.values(results?.groups ?? {}).flatMap((group) => group.rows);
  const measured = new Set(rows.map(({ id }) => id));
  expect(Object.keys(GOALS).filter((id) => !measured.has(id))).toEqual([]);
  expect(existsSync(PAGE)).toBe(true);
});
