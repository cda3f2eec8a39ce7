import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  FACTS_VERSION,
  factsDocument,
  versionOf,
  type FactsDocument,
} from '../engine/facts-document.ts';
import { errnoOf } from '../errors/problem.ts';
import { isAbsence, lookProblem } from '../system/real/errno.ts';
import { Malformed } from '../text/codec.ts';
import { printable } from '../text/printable.ts';
import { EarlyEnd } from './end.ts';

const STDIN = 0;

/**
 * Reads what `hermes-boot facts --json` has written.
 * @param named a path, or - for stdin
 * @throws EarlyEnd when there is no such file, or something else in it
 */
export function readFacts(named: string, cwd: string): FactsDocument {
  const shown = printable(named === '-' ? 'stdin' : named);
  const json = parse(readWhole(named, cwd, shown), shown);
  const version = versionOf(json);
  if (version === undefined) {
    throw new EarlyEnd('config', `${shown} is no facts document`, WANTED);
  }
  if (version !== FACTS_VERSION) {
    const ours = `this release reads version ${FACTS_VERSION}`;
    throw new EarlyEnd('config', `${shown} has facts of version ${version}; ${ours}`);
  }
  try {
    return factsDocument.decode(json, '');
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new EarlyEnd('config', `${shown} is no whole facts document: ${error.message}`, WANTED);
  }
}

const WANTED = 'hermes-boot facts --json writes one';

function parse(text: string, shown: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new EarlyEnd('config', `${shown} is no JSON`, WANTED);
  }
}

function readWhole(named: string, cwd: string, shown: string): string {
  try {
    return readFileSync(named === '-' ? STDIN : resolve(cwd, named), 'utf8');
  } catch (error) {
    const code = errnoOf(error);
    if (code === undefined) throw error;
    if (isAbsence(error)) throw new EarlyEnd('noInput', `no facts file ${shown}`);
    if (code === 'EISDIR') throw new EarlyEnd('noInput', `${shown} is a directory`);
    throw lookProblem(error, shown);
  }
}
