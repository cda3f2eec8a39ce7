import { isUtf8 } from 'node:buffer';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errnoOf } from '../errors/problem.ts';
import { didYouMean } from '../plan/nearest.ts';
import type { PlanSource } from '../plan/source.ts';
import type { Environment } from '../report/paint.ts';
import { isAbsence, lookProblem } from '../system/real/errno.ts';
import { EarlyEnd } from './end.ts';

/** The plan that is meant when nobody names one. */
const DEFAULT_PLAN = 'stage2';

/** The plan that a command line and its environment name. */
export function namedPlan(operand: string | undefined, env: Environment): string {
  const own = env.HERMES_BOOT_PLAN ?? '';
  return operand ?? (own === '' ? DEFAULT_PLAN : own);
}

/** In bytes. The longest plan that a person could want is a hundredth of it. */
const LARGEST_PLAN = 4 * 1024 * 1024;

/**
 * Reads the plan that a command line names. A word is a plan of ours, anything with a slash or an
 * ending is a path.
 * @param cwd where relative paths start
 * @throws EarlyEnd when there is none, or it is no text
 */
export function readPlanFile(named: string, cwd: string): PlanSource {
  const path = isPath(named) ? resolve(cwd, named) : packagedPlan(named, cwd);
  return readSource(path, cwd);
}

/** The plans of this package, by their names. */
export function packagedPlans(): string[] {
  return namesIn(plansDirectory());
}

/** A plan of this package; undefined where there is none of that name. */
export function findPackagedPlan(name: string, cwd: string): PlanSource | undefined {
  const path = join(plansDirectory(), `${name}.yaml`);
  return isThere(path) ? readSource(path, cwd) : undefined;
}

function readSource(path: string, cwd: string): PlanSource {
  const file = shorten(path, cwd);
  const bytes = readBytes(path, file);
  if (bytes.length > LARGEST_PLAN) throw new EarlyEnd('config', `${file} is too large for a plan`);
  if (!isUtf8(bytes)) throw new EarlyEnd('config', `${file} is not UTF-8 text`);
  // A byte order mark is not part of the text.
  return { file, text: bytes.toString('utf8').replace(/^\uFEFF/, '') };
}

/** Whether a plan is named by its file, and not by its name. */
export function isPath(named: string): boolean {
  return named.includes('/') || /\.(ya?ml|json)$/.test(named);
}

function packagedPlan(name: string, cwd: string): string {
  const directory = plansDirectory();
  const path = join(directory, `${name}.yaml`);
  if (isThere(path)) return path;
  const names = namesIn(directory);
  const known = names.length === 0 ? 'there are none' : `known: ${names.join(', ')}`;
  const asFile = isThere(resolve(cwd, name)) ? `for the file, write ./${name}` : undefined;
  const hint = asFile ?? didYouMean(name, names, known) ?? known;
  throw new EarlyEnd('noInput', `no plan ${name} in ${shorten(directory, cwd)}; ${hint}`);
}

/** The plans of this package: beside dist/ when bundled, above src/cli/ otherwise. */
function plansDirectory(): string {
  const places = ['../plans/', '../../plans/'].map((place) =>
    fileURLToPath(new URL(place, import.meta.url)),
  );
  return places.find((place) => isThere(place)) ?? places[0] ?? '/';
}

function namesIn(directory: string): string[] {
  try {
    const files = readdirSync(directory).filter((name) => name.endsWith('.yaml'));
    return files.map((name) => name.slice(0, -'.yaml'.length)).sort();
  } catch (error) {
    if (isAbsence(error)) return [];
    throw lookProblem(error, directory);
  }
}

/** @throws LookFailed where nobody can tell: a plan that cannot be reached is not "no plan" */
function isThere(path: string): boolean {
  try {
    statSync(path);
    return true;
  } catch (error) {
    if (isAbsence(error)) return false;
    throw lookProblem(error, path);
  }
}

function readBytes(path: string, file: string): Buffer {
  try {
    // What a shell puts in the place of a file is a pipe that somebody writes to; any other would
    // keep a boot waiting.
    if (!path.startsWith('/dev/') && statSync(path).isFIFO()) {
      throw new EarlyEnd('noInput', `${file} is a pipe, not a plan file`);
    }
    return readFileSync(path);
  } catch (error) {
    const code = errnoOf(error);
    if (code === undefined) throw error;
    const reason = REASONS[code]?.(file);
    throw reason === undefined ? lookProblem(error, file) : new EarlyEnd('noInput', reason);
  }
}

const REASONS: Readonly<Record<string, (file: string) => string>> = {
  ENOENT: (file) => `no plan file ${file}`,
  ENOTDIR: (file) => `no plan file ${file}`,
  EISDIR: (file) => `${file} is a directory, not a plan file`,
};

/** A path as short as it can be said. */
export function shorten(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short;
}
