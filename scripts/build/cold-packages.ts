import { gzipSync } from 'node:zlib';
import { build, type Plugin } from 'esbuild';

/*
 * A boot that finds nothing to do calls no library, yet node reads and V8 walks over all that the
 * built file holds. So libraries are packed: each is bundled by itself, minified and compressed,
 * and unpacked at its first import.
 */

/** The libraries that only some commands load. None of them shares state with another. */
const PACKAGES = ['yaml', 'execa', 'commander', 'listr2', 'chalk'];

/** Packs libraries where our own sources import them. */
export function coldPackages(root: string): Plugin {
  return {
    name: 'cold-packages',
    setup(bundler) {
      const filter = new RegExp(`^(${PACKAGES.join('|')})$`);
      bundler.onResolve({ filter }, ({ path, importer, namespace }) => {
        const own = namespace === 'file' && !importer.includes('/node_modules/');
        return own ? { path, namespace: 'cold' } : undefined;
      });
      bundler.onLoad({ filter, namespace: 'cold' }, async ({ path }) => ({
        contents: unpacking(await bundled(root, `export * from '${path}';`, path)),
        loader: 'js',
      }));
    },
  };
}

/** The source of a CommonJS module that unpacks a program and is what it exports. */
export function unpacking(program: string): string {
  const packed = gzipSync(program, { level: 9 }).toString('base64');
  return `
const { gunzipSync } = require('node:zlib');
const program = gunzipSync(Buffer.from('${packed}', 'base64')).toString('utf8');
new Function('exports', 'require', 'module', program)(exports, require, module);
`;
}

/** Bundles a library, or a text that imports one, into one minified CommonJS program. */
export async function bundled(root: string, contents: string, name: string): Promise<string> {
  const result = await build({
    stdin: { contents, resolveDir: root, sourcefile: `${name}.js` },
    absWorkingDir: root,
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    minify: true,
    charset: 'ascii',
    legalComments: 'none',
    logLevel: 'error',
  });
  return result.outputFiles[0]?.text ?? '';
}
