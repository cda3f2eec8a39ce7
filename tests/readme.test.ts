import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EXIT } from '../src/cli/exit.ts';
import { loadPlan } from '../src/plan/load.ts';
import { validateShape } from '../src/plan/schema-validator.ts';
import { FACT_TYPES } from '../src/step/facts.ts';
import { stepTypes } from '../steps/index.ts';

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');

const registry = { types: stepTypes, validate: validateShape };

const [plan = '', fragment = ''] = [...readme.matchAll(/```yaml\n([^]*?)```/g)].map(
  ([, text = '']) => text,
);

test('the plan that the README shows has no mistakes and no warnings', () => {
  const loaded = loadPlan({ file: 'README.md', text: plan }, registry);
  expect(loaded).toMatchObject({ ok: true, warnings: [] });
});

test('the fragment that the README shows fits the plan that it changes', () => {
  const file = join(import.meta.dirname, '../plans/stage2.yaml');
  const stage2 = { file, text: readFileSync(file, 'utf8') };
  const fragments = [{ file: 'README.md', text: fragment }];
  const library = { names: [], read: () => undefined, fragments };
  const loaded = loadPlan(stage2, registry, library);
  expect(loaded).toMatchObject({ ok: true, warnings: [], value: { files: [file, 'README.md'] } });
});

test('the README tells every exit code that there is, and no other', () => {
  const table = readme.slice(readme.indexOf('| code'), readme.indexOf('## A step type'));
  const told = [...table.matchAll(/^\| ([\d, ]+?) +\|/gm)].flatMap(([, codes = '']) =>
    codes.split(', ').map(Number),
  );
  const codes = Object.values(EXIT).map(({ code }) => code);
  expect(told.sort()).toEqual(codes.sort());
});

test('the README names every fact', () => {
  for (const name of Object.keys(FACT_TYPES)) expect(readme).toContain(`\`${name}\``);
});
