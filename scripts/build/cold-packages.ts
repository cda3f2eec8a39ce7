import { build, type Plugin } from 'esbuild';
import { compiling } from './launcher.ts';

/*
 * A boot that finds nothing to do calls no library, yet node reads all that the program holds. So
 * libraries are packed: each is bundled by itself, minified, into a file of its own, and loaded at
 * its first import.
 */

/** The directory of packed programs, beside the program, and what each of its files holds. */
export class Packed {
  static readonly DIRECTORY = 'packed';
  readonly files = new Map<string, string>();

  /** Packs a CommonJS program; returns the source of a module that is what it exports. */
  add(name: string, program: string): string {
    const source = `(function (exports, require, module) {${program}\n})`;
    this.files.set(`${name}.cjs`, source);
    return `
${compiling(`${Packed.DIRECTORY}/${name}.cjs`, source)}
script.runInThisContext()(exports, require, module);
`;
  }
}

/** The libraries that only some commands load. None of them shares state with another. */
const PACKAGES = ['yaml', 'execa', 'commander', 'chalk', 'diff'];

/** Packs libraries where our own sources import them. */
export function coldPackages(root: string, packed: Packed): Plugin {
  return {
    name: 'cold-packages',
    setup(bundler) {
      const filter = new RegExp(`^(${PACKAGES.join('|')})$`);
      bundler.onResolve({ filter }, ({ path, importer, namespace }) => {
        const own = namespace === 'file' && !importer.includes('/node_modules/');
        return own ? { path, namespace: 'cold' } : undefined;
      });
      bundler.onLoad({ filter, namespace: 'cold' }, async ({ path }) => ({
        contents: packed.add(path, await bundled(root, `export * from '${path}';`, path)),
        loader: 'js',
      }));
    },
  };
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
