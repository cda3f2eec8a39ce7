/** The suites of tests, and the documents that say how to run them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

const SCRIPTS = Object.keys(scriptsOf(JSON.parse(textOf('package.json'))));

function textOf(name: string): string {
  return readFileSync(join(ROOT, name), 'utf8');
}

function scriptsOf(manifest: unknown): object {
  if (typeof manifest === 'object' && manifest !== null && 'scripts' in manifest) {
    if (typeof manifest.scripts === 'object' && manifest.scripts !== null) return manifest.scripts;
  }
  throw new Error('package.json has no scripts');
}

/** The scripts of the package that a text tells to run. */
function scriptsIn(text: string): string[] {
  const told = [...text.matchAll(/\bnpm (?:run (?:--silent )?([a-z:]+)|(test|start)\b)/g)];
  return told.map(([, run, short]) => run ?? short ?? '');
}

it.each(['README.md', 'CONTRIBUTING.md', '.ci/run', '.github/workflows/ci.yml'])(
  '%s names no script that package.json lacks',
  (name) => {
    const told = scriptsIn(textOf(name));
    expect(told.length).toBeGreaterThan(0);
    expect(told.filter((script) => !SCRIPTS.includes(script))).toEqual([]);
  },
);

it('CONTRIBUTING says when to run each suite', () => {
  const told = scriptsIn(textOf('CONTRIBUTING.md'));
  const suites = SCRIPTS.filter((script) => /^test(?::|$)/.test(script));
  expect(suites.filter((script) => !told.includes(script))).toEqual([]);
});

it('every law takes the number of its worlds from the round', () => {
  const laws = readdirSync(join(ROOT, 'tests/laws'));
  const fixed = laws.filter((name) => /numRuns: (?!rounds\()/.test(textOf(`tests/laws/${name}`)));
  expect(laws.length).toBeGreaterThan(10);
  expect(fixed).toEqual([]);
});
