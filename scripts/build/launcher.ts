import { createHash } from 'node:crypto';

/*
 * V8 looks at every function of a program before it runs the first, which takes longer than a
 * converged boot. So node is given a few lines to run, which load the program with V8's code cache
 * where one lies beside it. The cache is no more than that: without it, or with one that another
 * build of node has made, the boot takes 20 ms longer. V8 itself compares no more than its own
 * version, and crashes on the cache of another build of the same one.
 */

/** The parameters of the program, as node passes them to a module, and the URL of the file. */
const PARAMETERS = 'exports, require, module, __filename, __dirname, __url';

/** The name of the variable that `import.meta.url` becomes. */
export const URL_NAME = '__url';

/** The file of the program, beside the one that is run. */
export const PROGRAM = 'program.cjs';

/** What the name of a file with a code cache ends with. */
export const CACHE = '.cache';

/**
 * What a cache file ends with, as an expression in a program: the digest of the source, since V8
 * compares no more than its length, and what tells one build of node from another.
 * @param source the digest, as an expression; `statSync` is in scope
 */
export function trailer(source: string): string {
  const binary = 'statSync(process.execPath)';
  const build = `process.version, process.versions.v8, process.arch, ${binary}.size`;
  // Whole seconds: no more of it comes through the layers of an image.
  return `[${source}, ${build}, Math.floor(${binary}.mtimeMs / 1000)].join(' ')`;
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
    'script.runInThisContext()(exports, require, module, __filename, __dirname, url);',
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

/** Tells a source from every other one. */
function idOf(source: string): string {
  return createHash('sha256').update(source).digest('hex');
}
