import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EXIT } from '../src/cli/exit.ts';
import { loadPlan } from '../src/plan/load.ts';
import { validateShape } from '../src/plan/schema-validator.ts';
import { FACT_TYPES } from '../src/step/facts.ts';
import { stepTypes } from '../steps/index.ts';

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');

test('the plan that the README shows has no mistakes and no warnings', () => {
  const text = /```yaml\n([^]*?)```/.exec(readme)?.[1] ?? '';
  const loaded = loadPlan({ file: 'README.md', text }, { types: stepTypes, validate: validateShape });
  expect(loaded).toMatchObject({ ok: true, warnings: [] });
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
