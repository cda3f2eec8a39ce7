/** What the pages say of plans, codes, variables, commands and messages is what the code has. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { blocksOf, PAGES, textOf } from '../../scripts/docs/pages.ts';
import { optionsOf } from '../../src/cli/command-line.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { EXIT } from '../../src/cli/exit.ts';
import { loadPlan } from '../../src/plan/load.ts';
import { validateShape } from '../../src/plan/schema-validator.ts';
import { FACT_TYPES } from '../../src/step/facts.ts';
import { ACCEPTABLE } from '../../src/step/step.ts';
import { stepTypes } from '../../steps/index.ts';
import { fileClosed } from '../fixtures/docs/file-closed.ts';
import { converge, findingsOf } from '../support/plan-step.ts';
import { file, world } from '../support/world.ts';

const ROOT = join(import.meta.dirname, '../..');
const PLANS = join(ROOT, 'plans');
const registry = { types: stepTypes, validate: validateShape };

function fileOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** The block of a page that is written to a file of this name. */
function blockFor(page: string, name: string): string {
  const found = blocksOf(page).find(({ marks }) => marks.get('file')?.includes(name));
  if (found === undefined) throw new Error(`${page} writes no ${name}`);
  return found.text;
}

/** What stands in backticks in the first column of the tables of a text. */
function firstColumn(text: string): string[] {
  const rows = text.split('\n').filter((line) => line.startsWith('| '));
  const cells = rows.map((row) => /^\| (.*?)(?<!\\) \|/.exec(row)?.[1] ?? '');
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code));
}

test('the plan of docs/plans.md has no mistakes and no warnings', () => {
  const text = blockFor('docs/plans.md', 'example.yaml');
  expect(loadPlan({ file: 'plans.md', text }, registry)).toMatchObject({ ok: true, warnings: [] });
});

test('the fragment of docs/fragments.md fits the plan that it changes', () => {
  const path = join(PLANS, 'stage2.yaml');
  const stage2 = { file: path, text: readFileSync(path, 'utf8') };
  const text = blockFor('docs/fragments.md', '50-site.yaml');
  const library = { names: [], read: () => undefined, fragments: [{ file: '50.yaml', text }] };
  const loaded = loadPlan(stage2, registry, library);
  expect(loaded).toMatchObject({ ok: true, warnings: [], value: { files: [path, '50.yaml'] } });
});

test('docs/commands.md has every exit code, and no other', () => {
  const rows = [...textOf('docs/commands.md').matchAll(/^\| ([\d, ]+?) +\|/gm)];
  const told = rows.flatMap(([, codes = '']) => codes.split(', ').map(Number));
  const codes = Object.values(EXIT).map(({ code }) => code);
  expect(told.sort()).toEqual(codes.sort());
});

test('docs/commands.md has every command, and the README only some that exist', () => {
  const names = COMMANDS.map(({ name }) => name);
  const told = firstColumn(textOf('docs/commands.md')).map((code) => code.split(' ')[0]);
  expect(names.filter((name) => !told.includes(name))).toEqual([]);
});

it.each(PAGES)('%s names no command or option that hermes-boot lacks', (page) => {
  // What stands in blocks is run.
  const codes = [...textOf(page).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
  const unknown = codes.filter((code) => {
    const call = /(?<!^docker build .*)(?:^|\s)hermes-boot ([a-z][a-z-]*)(?: ([^|>]*))?/.exec(code);
    if (call === null) return false;
    const command = COMMANDS.find(({ name }) => name === call[1]);
    if (command === undefined) return true;
    const known: string[] = optionsOf(command.name).map(({ name }) => name);
    const options = [...(call[2] ?? '').matchAll(/(?<=^|\s)--([a-z-]+)/g)];
    return options.some(([, name = '']) => !['help', ...known].includes(name));
  });
  expect(unknown).toEqual([]);
});

test('docs/plans.md names every fact, and docs/fragments.md every warning that can be accepted', () => {
  const facts = firstColumn(textOf('docs/plans.md'));
  expect(Object.keys(FACT_TYPES).filter((name) => !facts.includes(name))).toEqual([]);
  const accepted = firstColumn(textOf('docs/fragments.md'));
  expect(accepted.sort()).toEqual(Object.keys(ACCEPTABLE).sort());
});

test('docs/settings.md has every variable that a plan reads', () => {
  const told = firstColumn(textOf('docs/settings.md'));
  const read = readdirSync(PLANS)
    .filter((name) => name.endsWith('.yaml'))
    .flatMap((name) => [...fileOf(`plans/${name}`).matchAll(/^ {4}env: (.*)$/gm)])
    .flatMap(([, names = '']) => names.replace(/[[\]]/g, '').split(', '));
  expect(read.length).toBeGreaterThan(20);
  expect(read.filter((name) => !told.includes(name))).toEqual([]);
});

test('docs/settings.md has no variable that nothing reads', () => {
  const sources = [...sourcesBelow('src'), ...sourcesBelow('docker'), ...sourcesBelow('plans')];
  const all = [...sources, fileOf('Dockerfile')].join('\n');
  const told = firstColumn(textOf('docs/settings.md'));
  expect(told.filter((name) => !all.includes(name))).toEqual([]);
});

function sourcesBelow(directory: string): string[] {
  const entries = readdirSync(join(ROOT, directory), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
}

test('docs/troubleshooting.md names messages that the code has, word for word', () => {
  // A message that takes more than a line of source is joined there.
  const code = ['src', 'steps', 'docker']
    .flatMap(sourcesBelow)
    .map((text) => text.replace(/['`] \+\s+['`]|' \\\s+'/g, ''))
    .join('\n');
  const messages = firstColumn(textOf('docs/troubleshooting.md'));
  expect(messages.length).toBeGreaterThan(30);
  const missing = messages.filter((message) => {
    const parts = message.split('…').map((part) => part.trim());
    return parts.some((part) => part !== '' && !code.includes(part));
  });
  expect(missing).toEqual([]);
});

test('what docs/step-types.md shows is a step type, and works', async () => {
  const shown = blocksOf('docs/step-types.md').find(({ language }) => language === 'ts');
  const source = fileOf(shown?.marks.get('quotes') ?? 'no file');
  expect(source.replaceAll("'../../../src/", "'../src/")).toContain(shown?.text);
  const system = world({ '/a': file('', { mode: 0o644 }) });
  const { changes } = await findingsOf(fileClosed, { path: '/a' }, system);
  expect(changes).toMatchObject([{ kind: 'mode', from: 0o644, to: 0o600 }]);
  expect((await converge(fileClosed, { path: '/a' }, system)).changes).toEqual([]);
});

const quoted = PAGES.flatMap((page) => blocksOf(page)).filter(
  ({ language, marks }) => language === 'yaml' && marks.has('quotes'),
);

it.each(quoted.map((block) => [`${block.page}:${block.line}`, block] as const))(
  '%s says what the file says that it is a part of',
  (_, { marks, text }) => {
    const [path = '', inside] = (marks.get('quotes') ?? '').split(' ');
    const whole: unknown = parse(fileOf(path).replace(/\$\{\w+:-([^}]*)\}/g, '$1'));
    const part: unknown = parse(text);
    const places = inside === undefined ? [whole] : valuesOf(whole, inside).flat();
    expect(places.some((place) => isPart(part, place))).toBe(true);
  },
);

test('docs/json.md names no schema that there is not', () => {
  const named = firstColumn(textOf('docs/json.md')).filter((name) => name.endsWith('.json'));
  expect(named.length).toBeGreaterThan(3);
  const there = readdirSync(join(ROOT, 'schemas'));
  expect(named.filter((name) => !there.includes(name))).toEqual([]);
});

test('docs/architecture.md has every library that the package brings', () => {
  const manifest: unknown = JSON.parse(fileOf('package.json'));
  const names = valuesOf(manifest, 'dependencies').flatMap((found) => Object.keys(found ?? {}));
  const section = /\| library[^]*?\n\n/.exec(textOf('docs/architecture.md'))?.[0] ?? '';
  const told = [...section.matchAll(/^\| ([a-z]+) /gm)].map(([, name]) => name).slice(1);
  expect(told.sort()).toEqual(names.sort());
});

/** The values of a key, wherever it stands in a document. */
function valuesOf(document: unknown, key: string): unknown[] {
  if (typeof document !== 'object' || document === null) return [];
  return Object.entries(document).flatMap(([name, value]: [string, unknown]) => [
    ...(name === key ? [value] : []),
    ...valuesOf(value, key),
  ]);
}

/** Whether everything in a document stands in another one, too. */
function isPart(part: unknown, whole: unknown): boolean {
  if (typeof part !== 'object' || part === null) return String(part) === String(whole);
  if (typeof whole !== 'object' || whole === null) return false;
  const there = new Map<string, unknown>(Object.entries(whole));
  return Object.entries(part).every(([key, value]) => isPart(value, there.get(key)));
}
