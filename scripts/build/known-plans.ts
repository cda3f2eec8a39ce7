import { readFile, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Plugin } from 'esbuild';
import type { KnownPlan } from '../../src/cli/known-plans.ts';
import { loadPlan } from '../../src/plan/load.ts';
import { validateShape } from '../../src/plan/schema-validator.ts';
import { stepTypes } from '../../steps/index.ts';

/**
 * Puts the plans of this package, read and checked, into the bundle: parsing YAML is a third of a
 * boot with nothing to do. A plan that somebody has edited is read as ever.
 */
export function knownPlans(root: string): Plugin {
  return {
    name: 'known-plans',
    setup(bundler) {
      bundler.onLoad({ filter: /\/src\/cli\/known-plans\.ts$/ }, async () => {
        const plans = await readPlans(join(root, 'plans'));
        return { contents: source(plans), loader: 'js' };
      });
    },
  };
}

/**
 * A module that finds a plan by its text. Each is a function of its own, so that V8's code cache
 * holds the one that a boot uses; JSON, since V8 parses that quicker than a literal.
 */
function source(plans: readonly (readonly [string, KnownPlan])[]): string {
  const entries = plans.map(([text, known]) => {
    const json = JSON.stringify(JSON.stringify(known));
    const own = JSON.stringify(text);
    return `[${text.length}, ${JSON.stringify(known.plan.name)}, () => ${own}, () => ${json}]`;
  });
  return `
const plans = [${entries.join(',\n')}];
export const knownPlan = (text) => {
  const plan = plans.find(([length, , own]) => length === text.length && own() === text);
  return plan && { name: plan[1], load: () => JSON.parse(plan[3]()) };
};`;
}

async function readPlans(directory: string): Promise<(readonly [string, KnownPlan])[]> {
  const files = (await readdir(directory)).filter((name) => name.endsWith('.yaml')).sort();
  const sources = await Promise.all(
    files.map(async (file) => ({ file, text: await readFile(join(directory, file), 'utf8') })),
  );
  const read = (name: string) => sources.find(({ file }) => file === `${name}.yaml`);
  const registry = { types: stepTypes, validate: validateShape };
  return sources.flatMap((source): (readonly [string, KnownPlan])[] => {
    const loaded = loadPlan(source, registry, { names: [], read, fragments: [] });
    if (!loaded.ok) return [];
    const { value: plan, warnings } = loaded;
    const bases = plan.files.filter((file) => file !== source.file);
    return [
      [source.text, { plan, warnings, extends: bases.map((file) => basename(file, '.yaml')) }],
    ];
  });
}
