import { createHash } from 'node:crypto';

/*
 * V8 looks at every function of a program before it runs the first, which takes longer than a
 * converged boot. So node is given a few lines to run, which load the program with V8's code cache
 * where one lies beside it. The cache is no more than that: without it, or with one of another
 * version of node, the boot takes 20 ms longer.
 */

/** The parameters of the program, as node passes them to a module, and the URL of the file. */
const PARAMETERS = 'exports, require, module, __filename, __dirname, __url';

/** The name of the variable that `import.meta.url` becomes. */
export const URL_NAME = '__url';

/** The files beside the one that is run. */
export const FILES = { program: 'program.cjs', cache: 'program.cache' } as const;

/** A program that is ready to be launched. */
export interface Launchable {
  /** The text of the file to run. */
  readonly launcher: string;
  /** What V8 compiles: the text of the program's file. */
  readonly source: string;
  /** Ends a cache file, since V8 itself only compares the length of a source with its cache. */
  readonly id: string;
}

/** Wraps a CommonJS program in ASCII. */
export function launchable(program: string): Launchable {
  const source = `(function (${PARAMETERS}) {${program}\n})`;
  const id = createHash('sha256').update(source).digest('hex');
  return { launcher: launcher(id), source, id };
}

function launcher(id: string): string {
  const lines = [
    '#!/usr/bin/env node',
    "'use strict';",
    "const { readFileSync } = require('node:fs');",
    "const { Script } = require('node:vm');",
    `const filename = __dirname + '/${FILES.program}';`,
    'let cachedData;',
    'try {',
    `  const cache = readFileSync(__dirname + '/${FILES.cache}');`,
    `  const fits = cache.toString('latin1', cache.length - ${id.length}) === '${id}';`,
    `  if (fits) cachedData = cache.subarray(0, -${id.length});`,
    '} catch {}',
    "const script = new Script(readFileSync(filename, 'latin1'), { filename, cachedData });",
    "const url = require('node:url').pathToFileURL(__filename).href;",
    'script.runInThisContext()(exports, require, module, __filename, __dirname, url);',
    '',
  ];
  return lines.join('\n');
}
