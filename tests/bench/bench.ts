import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { environment } from './environment.ts';
import type { Group, GroupResult, ImageGroup, Row, Settings } from './group.ts';
import { GROUPS, PAGE } from './groups.ts';
import { image } from './image.ts';
import { renderPage, renderRows } from './report.ts';
import { mergeResults } from './results.ts';
import { findRegressions } from './short.ts';

/*
 * `npm run bench`: what the program costs, beside what others cost for the same job, written to
 * docs/benchmarks.json and docs/benchmarks.md. With names of groups, only those are measured.
 *
 *   --short       small trees, few rounds, nothing written; fails on a gross regression
 *   --scale N     multiplies the sizes of trees; nothing is written
 *   --rounds N    as many rounds of each comparison; nothing is written
 *
 * The worlds are made in the temporary directory, a million files among them: TMPDIR chooses the
 * file system. It takes root: others can make no files of several owners.
 */

/** What trees of 200,000 entries become in the short form: 10,000. */
const SHORT_SCALE = 0.05;

/** The short form leaves these out: the other groups tell sooner what has become slow. */
const SLOW = new Set(['scale']);

const DOCS = join(import.meta.dirname, '../../docs');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    short: { type: 'boolean', default: false },
    scale: { type: 'string' },
    rounds: { type: 'string' },
  },
});

if (process.geteuid?.() === 0) await main();
else say('The benchmarks are skipped: they make files of several owners, which takes root.');

async function main(): Promise<void> {
  const { short } = values;
  const settings: Settings = {
    short,
    scale: values.scale === undefined ? (short ? SHORT_SCALE : 1) : positive(values.scale),
    ...(values.rounds === undefined ? {} : { rounds: positive(values.rounds) }),
    say,
  };
  const groups = chosen(positionals);
  const { node, snapshot = false } = environment();
  say(`Node ${node}, ${snapshot ? 'with' : 'without'} its start-up snapshot`);
  if (short) {
    const quick = groups.flatMap((group) =>
      'measure' in group && !SLOW.has(group.name) ? [group] : [],
    );
    const found = findRegressions(quick, settings, show);
    for (const line of found) say(`gross regression: ${line}`);
    if (found.length > 0) process.exitCode = 1;
    return;
  }
  const results: Record<string, GroupResult> = {};
  for (const group of groups) {
    const result =
      'measure' in group
        ? { environment: environment(), rows: group.measure(settings) }
        : await group.measureInImage(settings);
    show(result.rows);
    results[group.name] = result;
    // After each group: what was measured for minutes is not lost with the next one.
    if (values.scale === undefined && values.rounds === undefined) await write(results);
  }
}

async function write(groups: Readonly<Record<string, GroupResult>>): Promise<void> {
  const json = join(DOCS, 'benchmarks.json');
  const results = mergeResults(json, groups);
  await writeFormatted(json, JSON.stringify(results));
  await writeFormatted(join(DOCS, 'benchmarks.md'), renderPage(PAGE, results));
}

async function writeFormatted(path: string, text: string): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const options = { ...(await resolveConfig(path)), filepath: path };
  writeFileSync(path, await format(text, options));
}

function chosen(names: readonly string[]): readonly (Group | ImageGroup)[] {
  const all = [image, ...GROUPS];
  if (names.length === 0) return all;
  return names.map((name) => {
    const group = all.find((other) => other.name === name);
    if (group !== undefined) return group;
    const known = all.map((other) => other.name).join(', ');
    throw new Error(`no group ${name}; known: ${known}`);
  });
}

function positive(text: string): number {
  const value = Number(text);
  if (value > 0) return value;
  throw new Error(`found ${text}, wanted a number above 0`);
}

function show(rows: readonly Row[]): void {
  process.stdout.write(renderRows(rows));
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
