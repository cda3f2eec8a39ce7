import { createHash } from 'node:crypto';

/*
 * Makes the few lines that node is given to run, and what loads the program with V8's code cache.
 *
 * V8 looks at every function of a program before it runs the first, which takes longer than a
 * converged boot; with a code cache it need not. V8 compares a cache only with its own version
 * number, its flags and the length of the source, and it crashes on a cache that another build of
 * the same version has made: Node 20.19.2 and 20.20.2 have the same V8. So a cache ends with what it
 * was made from and by, and is used only where all of that is the same. Everywhere else the program
 * runs without it: the boot takes 20 ms longer.
 */

/** The name of the variable that says whether the program came with a code cache that fits. */
export const CACHED_NAME = '__cached';

/** The name of the variable that holds the digest of the program, and so of all that is packed. */
export const BUILD_NAME = '__build';

/** The parameters of the program: those of a module of node, the URL of the file, and these. */
const PARAMETERS = `exports, require, module, __filename, __dirname, __url, ${CACHED_NAME}, ${BUILD_NAME}`;

/** The name of the variable that `import.meta.url` becomes. */
export const URL_NAME = '__url';

/** The file of the program, beside the one that is run. */
export const PROGRAM = 'program.cjs';

/** What the name of a file with a code cache ends with. */
export const CACHE = '.cache';

/**
 * What a cache file ends with, as an expression in a program: the digest of the source and what
 * tells one build of node from another. Time and size alone would not: where images are made
 * reproducible every file has the same time, so the releases of all libraries in node are there, too.
 * @param source the digest, as an expression; `statSync` is in scope
 */
export function trailer(source: string): string {
  const build = 'process.version, process.arch, process.versions';
  // Whole seconds: no more of a time comes through the layers of an image.
  const binary = '[stat.size, Math.floor(stat.mtimeMs / 1000)]';
  return `((stat) => JSON.stringify([${source}, ${build}, ${binary}]))(statSync(process.execPath))`;
}

/** The same, of a digest that is known and the file of the Node that runs. */
export function madeOf(source: string, { size, mtimeMs }: Binary): string {
  const { version, arch, versions } = process;
  return JSON.stringify([source, version, arch, versions, [size, Math.floor(mtimeMs / 1000)]]);
}

/** What tells the file of one Node from another's. */
interface Binary {
  readonly size: number;
  readonly mtimeMs: number;
}

/** A program that is ready to be launched. */
export interface Launchable {
  /** The text of the file to run. */
  readonly launcher: string;
  /** What V8 compiles: the text of the program's file. */
  readonly source: string;
}

/** Wraps a CommonJS program in ASCII. */
export function launchable(program: string): Launchable {
  const source = `(function (${PARAMETERS}) {${program}\n})`;
  const lines = [
    '#!/usr/bin/env node',
    "'use strict';",
    compiling(PROGRAM, source),
    "const url = require('node:url').pathToFileURL(__filename).href;",
    'const cached = script.cachedDataRejected === false;',
    `const build = '${idOf(source)}';`,
    'script.runInThisContext()(exports, require, module, __filename, __dirname, url, cached, build);',
    '',
  ];
  return { launcher: lines.join('\n'), source };
}

/**
 * The source of what compiles a file beside the one that does so, as `script`.
 * @param source what the file holds, in ASCII
 */
export function compiling(file: string, source: string): string {
  const id = idOf(source);
  return [
    "const { readFileSync, statSync } = require('node:fs');",
    "const { Script } = require('node:vm');",
    `const filename = __dirname + '/${file}';`,
    'let cachedData;',
    'try {',
    `  const cache = readFileSync(filename + '${CACHE}');`,
    `  const made = ${trailer(`'${id}'`)};`,
    "  const fits = cache.toString('latin1', cache.length - made.length) === made;",
    '  if (fits) cachedData = cache.subarray(0, -made.length);',
    '} catch {}',
    "const script = new Script(readFileSync(filename, 'latin1'), { filename, cachedData });",
  ].join('\n');
}

/** The digest of a source, which tells it from every other one. */
function idOf(source: string): string {
  return createHash('sha256').update(source).digest('hex');
}
