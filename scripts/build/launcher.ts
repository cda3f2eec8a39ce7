import { createHash } from 'node:crypto';

/*
 * V8 looks at every function of a program before it runs the first, which takes longer than a
 * converged boot. The built file therefore carries the program as a comment, which is passed over
 * in no time, and compiles it with V8's code cache where one lies beside it. The cache is no more
 * than that: without it, or with one of another version of node, the boot takes 20 ms longer.
 */

/** Where the program starts in the built file. */
const MARK = '/*PROGRAM*/ /*';

/** What the end of a comment is in there; no source has this character. */
const COMMENT_END = '*\u0001/';

/** The parameters of the program, as node passes them to a module, and the URL of the file. */
const PARAMETERS = 'exports, require, module, __filename, __dirname, __url';

/** The name of the variable that `import.meta.url` becomes. */
export const URL_NAME = '__url';

/** A program that is ready to be launched. */
export interface Launchable {
  /** The file to run. */
  readonly file: string;
  /** What V8 compiles, as the launcher makes it. */
  readonly source: string;
  /** Ends a cache file, since V8 itself only compares the length of a source with its cache. */
  readonly id: string;
}

/** Wraps a CommonJS program in ASCII. */
export function launchable(program: string): Launchable {
  const source = `(function (${PARAMETERS}) {${program}\n})`;
  const id = createHash('sha256').update(source).digest('hex');
  const head = launcher(id);
  const packed = source.replaceAll('*/', COMMENT_END);
  return { file: `${head}${MARK}${packed}*/\n`, source, id };
}

function launcher(id: string): string {
  const lines = [
    '#!/usr/bin/env node',
    "'use strict';",
    "const { readFileSync } = require('node:fs');",
    "const { Script } = require('node:vm');",
    "const file = readFileSync(__filename, 'latin1');",
    `const start = file.indexOf('${MARK.slice(0, 4)}' + '${MARK.slice(4)}') + ${MARK.length};`,
    "const source = file.slice(start, -3).replaceAll('*\\u0001/', '*/');",
    'let cachedData;',
    'try {',
    "  const cache = readFileSync(__filename.replace(/cjs$/, 'cache'));",
    `  const fits = cache.subarray(-${id.length}).toString('latin1') === '${id}';`,
    `  if (fits) cachedData = cache.subarray(0, -${id.length});`,
    '} catch {}',
    'const lineOffset = LINES;',
    'const script = new Script(source, { filename: __filename, lineOffset, cachedData });',
    "const url = require('node:url').pathToFileURL(__filename).href;",
    'script.runInThisContext()(exports, require, module, __filename, __dirname, url);',
    '',
  ];
  // So that a stack names the line of the built file.
  return lines.join('\n').replace('LINES', String(lines.length - 1));
}
