import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { writeCodeCache } from './build/code-cache.ts';
import { coldPackages } from './build/cold-packages.ts';
import { compiledValidator } from './build/compiled-validator.ts';
import { knownPlans } from './build/known-plans.ts';
import { URL_NAME, launchable } from './build/launcher.ts';
import { lazyBuiltins } from './build/lazy-builtins.ts';

/*
 * Makes dist/hermes-boot.cjs: the whole program in one file that needs node and nothing else, and
 * beside it a code cache that it can do without. With --sizes, says what takes the room.
 */

const root = join(import.meta.dirname, '..');
const target = join(root, 'dist', 'hermes-boot.cjs');

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
  define: { 'import.meta.url': URL_NAME },
  plugins: [compiledValidator(root), coldPackages(root), knownPlans(root), lazyBuiltins()],
  metafile: true,
  logLevel: 'warning',
});
const built = launchable(result.outputFiles[0]?.text ?? '');
await rm(dirname(target), { recursive: true, force: true });
await mkdir(dirname(target));
await writeFile(target, built.file, { encoding: 'latin1', mode: 0o755 });
await writeCodeCache(target, built);

process.stdout.write(`dist/hermes-boot.cjs: ${Math.round(built.file.length / 1024)} KiB\n`);
if (process.argv.includes('--sizes')) process.stdout.write(sizes(result.metafile.outputs));

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
