import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { build, type Plugin } from 'esbuild';
import { writeCodeCaches } from './build/code-cache.ts';
import { coldPackages, Packed } from './build/cold-packages.ts';
import { compiledValidator } from './build/compiled-validator.ts';
import { knownPlans } from './build/known-plans.ts';
import { BUILD_NAME, CACHED_NAME, launchable, PROGRAM, URL_NAME } from './build/launcher.ts';
import { lazyBuiltins } from './build/lazy-builtins.ts';

/*
 * Makes dist: the whole program bundled into one file that needs node and nothing else, and what
 * starts it. Beside it are the libraries that few boots load, and a code cache that it can do
 * without, with what makes that anew for another Node.
 *
 *   --node PROGRAM  the Node that will run it, which makes the code cache; this one by default
 *   --sizes         says what takes the room
 */

const { values } = parseArgs({
  options: { node: { type: 'string' }, sizes: { type: 'boolean', default: false } },
});

const root = join(import.meta.dirname, '..');
const target = join(root, 'dist', 'hermes-boot.cjs');

const packed = new Packed();
const result = await build({
  absWorkingDir: root,
  entryPoints: ['src/cli/bin.ts'],
  bundle: true,
  write: false,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  charset: 'ascii',
  minifyWhitespace: true,
  minifySyntax: true,
  // Names stay, and lines are short, so that the stack of a bug can be read.
  minifyIdentifiers: false,
  lineLimit: 160,
  legalComments: 'none',
  // publint knows CommonJS by such a line; without it, the places of line breaks decided.
  banner: { js: ';module.exports={};' },
  define: { 'import.meta.url': URL_NAME },
  plugins: [
    compiledValidator(root, packed),
    coldPackages(root, packed),
    knownPlans(root),
    lazyBuiltins(),
    launch(),
  ],
  metafile: true,
  logLevel: 'warning',
});
const built = launchable(result.outputFiles[0]?.text ?? '');
const dist = dirname(target);
await rm(dist, { recursive: true, force: true });
await mkdir(join(dist, Packed.DIRECTORY), { recursive: true });
await writeFile(target, built.launcher, { mode: 0o755 });
await writeFile(join(dist, PROGRAM), built.source, 'latin1');
for (const [file, content] of packed.files) {
  await writeFile(join(dist, Packed.DIRECTORY, file), content, 'latin1');
}
await build({
  absWorkingDir: root,
  entryPoints: ['scripts/build/remake-code-cache.ts'],
  outfile: join(dist, 'code-cache.cjs'),
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  charset: 'ascii',
  logLevel: 'warning',
});
await writeCodeCaches(target, values.node);

process.stdout.write(`dist/${PROGRAM}: ${Math.round(built.source.length / 1024)} KiB\n`);
if (values.sizes) process.stdout.write(sizes(result.metafile.outputs));

/** Tells the program what its launcher has seen. */
function launch(): Plugin {
  return {
    name: 'launch',
    setup(bundler) {
      bundler.onLoad({ filter: /\/src\/cli\/launch\.ts$/ }, () => ({
        contents: `export const codeCacheFits = () => ${CACHED_NAME};
export const buildId = () => ${BUILD_NAME};`,
        loader: 'js',
      }));
    },
  };
}

/** What each package adds to the bundle, in bytes. */
function sizes(outputs: (typeof result)['metafile']['outputs']): string {
  const totals = new Map<string, number>();
  for (const { inputs } of Object.values(outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const name = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? 'hermes-boot';
      totals.set(name, (totals.get(name) ?? 0) + bytesInOutput);
    }
  }
  const sorted = [...totals].sort(([, a], [, b]) => b - a);
  return sorted.map(([name, bytes]) => `${String(bytes).padStart(8)}  ${name}\n`).join('');
}
