import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
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
        const directory = join(root, 'plans');
        const files = (await readdir(directory)).filter((name) => name.endsWith('.yaml')).sort();
        const texts = await Promise.all(
          files.map((name) => readFile(join(directory, name), 'utf8')),
        );
        const entries = texts.flatMap((text, at) => {
          const loaded = loadPlan(files[at] ?? '', text, {
            types: stepTypes,
            validate: validateShape,
          });
          return loaded.ok ? [[text, { plan: loaded.value, warnings: loaded.warnings }]] : [];
        });
        // Parsed when a plan is looked for, which is quicker than a literal for the compiler.
        const json = JSON.stringify(JSON.stringify(entries));
        return {
          contents: `export const knownPlans = () => new Map(JSON.parse(${json}));`,
          loader: 'js',
        };
      });
    },
  };
}
