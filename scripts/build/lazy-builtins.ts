import { createRequire } from 'node:module';
import type { Plugin } from 'esbuild';

/** Modules of node that take time to load, and that a converged boot needs not. */
const HEAVY = /^node:(child_process|crypto|os|timers\/promises|tty)$/;

/**
 * Loads heavy modules of node at the first call of one of their functions. Our own sources only:
 * a library may do more with a module than call it.
 */
export function lazyBuiltins(): Plugin {
  const require = createRequire(import.meta.url);
  return {
    name: 'lazy-builtins',
    setup(bundler) {
      bundler.onResolve({ filter: HEAVY }, ({ path, importer, kind }) => {
        const own = kind === 'import-statement' && !importer.includes('/node_modules/');
        return own ? { path, namespace: 'lazy-builtin', sideEffects: false } : undefined;
      });
      bundler.onLoad({ filter: HEAVY, namespace: 'lazy-builtin' }, ({ path }) => {
        const builtin: unknown = require(path);
        const names = Object.entries(builtin ?? {}).flatMap(([name, value]) =>
          typeof value === 'function' && /^[a-z]\w*$/.test(name) ? [name] : [],
        );
        const forward = (name: string): string =>
          `export const ${name} = (...args) => require('${path}').${name}(...args);`;
        return { contents: names.map(forward).join('\n'), loader: 'js' };
      });
    },
  };
}
