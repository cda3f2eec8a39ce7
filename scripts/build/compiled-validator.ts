import { Ajv } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import type { Plugin } from 'esbuild';
import { bundled, type Packed } from './cold-packages.ts';
import schema from '../../plans/plan.schema.json' with { type: 'json' };
import { AJV_OPTIONS } from '../../src/plan/schema.ts';

/**
 * Puts the compiled validator in the place of the compiler: at boot, compiling the plan schema
 * takes longer than everything else together (performance.md).
 */
export function compiledValidator(root: string, packed: Packed): Plugin {
  return {
    name: 'compiled-validator',
    setup(bundler) {
      bundler.onLoad({ filter: /\/src\/plan\/schema-validator\.ts$/ }, () => ({
        contents: `import validate from 'compiled:plan';
export const validateShape = (value) => (validate(value) ? [] : (validate.errors ?? []));`,
        resolveDir: root,
      }));
      bundler.onResolve({ filter: /^compiled:plan$/ }, ({ path }) => ({
        path,
        namespace: 'compiled',
      }));
      bundler.onLoad({ filter: /./, namespace: 'compiled' }, async () => {
        const ajv = new Ajv({ ...AJV_OPTIONS, code: { source: true } });
        const source = standalone.default(ajv, ajv.compile(schema));
        const program = await bundled(root, source, 'plan-schema');
        return { contents: packed.add('plan-schema', program), loader: 'js' };
      });
    },
  };
}
