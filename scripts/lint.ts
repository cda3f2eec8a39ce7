import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { ESLint } from 'eslint';
import { digestsOf } from './lint/digests.ts';

/*
 * Runs ESLint on the files that may have got a new result since they were last clean.
 *
 * ESLint's own cache looks at each file alone, but rules that know types see what the file imports,
 * too: a function that returns a promise now makes a fault in each file that calls it. Here a file is
 * left out only while it and all that it imports, near or far, are what they were.
 *
 *   --all  runs it on every file
 */

const ROOT = join(import.meta.dirname, '..');
const CACHE = join(ROOT, 'node_modules/.cache/hermes-boot/lint.json');

/** Decide about the result of every file: the rules, and the packages whose types they see. */
const OF_ALL = ['eslint.config.ts', 'tsconfig.json', 'package-lock.json', 'package.json'];

const NOT_OURS = new Set(['node_modules', 'dist', 'coverage', '.git']);

const eslint = new ESLint({ cwd: ROOT });
const files = await lintable();
const common = createHash('sha256').update(process.version);
for (const name of OF_ALL) common.update(readFileSync(join(ROOT, name)));
const digests = digestsOf(files, common.digest('hex'));
const clean = process.argv.includes('--all') ? {} : readClean();
const changed = files.filter((file) => clean[relative(ROOT, file)] !== digests.get(file));

const results = changed.length === 0 ? [] : await eslint.lintFiles(changed);
const faulty = new Set(
  results
    .filter(({ errorCount, warningCount }) => errorCount + warningCount > 0)
    .map(({ filePath }) => filePath),
);
process.stdout.write(await (await eslint.loadFormatter('stylish')).format(results));
process.stdout.write(`eslint: ${changed.length} of ${files.length} files checked\n`);
keep(files.filter((file) => !faulty.has(file)));
if (results.some(({ errorCount }) => errorCount > 0)) process.exitCode = 1;

/** Every file that `eslint .` would check. */
async function lintable(): Promise<string[]> {
  const found = readdirSync(ROOT, { withFileTypes: true }).flatMap((entry) => {
    if (NOT_OURS.has(entry.name)) return [];
    if (!entry.isDirectory()) return [entry.name];
    return readdirSync(join(ROOT, entry.name), { recursive: true, encoding: 'utf8' }).map((name) =>
      join(entry.name, name),
    );
  });
  const paths = found.filter((name) => /\.[cm]?[jt]s$/.test(name)).map((name) => join(ROOT, name));
  const ignored = await Promise.all(paths.map((path) => eslint.isPathIgnored(path)));
  return paths.filter((_, at) => ignored[at] === false).map((path) => resolve(path));
}

/** The digests of files that had no fault; none when there is no cache that can be read. */
function readClean(): Record<string, unknown> {
  try {
    const kept: unknown = JSON.parse(readFileSync(CACHE, 'utf8'));
    return typeof kept === 'object' && kept !== null ? { ...kept } : {};
  } catch {
    return {};
  }
}

function keep(paths: readonly string[]): void {
  mkdirSync(dirname(CACHE), { recursive: true });
  const entries = paths.map((path) => [relative(ROOT, path), digests.get(path)]);
  writeFileSync(CACHE, JSON.stringify(Object.fromEntries(entries)));
}
