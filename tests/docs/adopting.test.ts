/** docs/adopting.md names the step for each line of the hook: those names are steps of the plans. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '../..');
const adopting = readFileSync(join(root, 'docs/adopting.md'), 'utf8');
const table = /## Each line of the hook\n([^]*?)\n## /.exec(adopting)?.[1] ?? '';

/** The ids of the steps of one plan, without those of the plan that it extends. */
function idsOf(plan: string): string[] {
  const document: unknown = parse(readFileSync(join(root, 'plans', plan), 'utf8'));
  const text = JSON.stringify(document);
  return [...text.matchAll(/\{"id":"([a-z0-9-]+)"/g)].map(([, id = '']) => id);
}

const steps = readdirSync(join(root, 'plans'))
  .filter((name) => name.endsWith('.yaml') && name !== 'unprivileged.yaml')
  .flatMap(idsOf);

const named = table
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| the hook'))
  .flatMap((line) => [...(line.split('|')[2] ?? '').matchAll(/`([^`]+)`/g)])
  .map(([, id = '']) => id);

test('each step that the table of the hook names is in a plan', () => {
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((id) => !steps.includes(id))).toEqual([]);
});

test('each step of the plans is in the table of the hook, so that no line of it is forgotten', () => {
  expect(steps.filter((id) => !named.includes(id))).toEqual([]);
});
