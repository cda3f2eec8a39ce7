/** Finds and reads the plan that a command line names, and reports its mistakes. */
import { isUtf8 } from 'node:buffer';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stepTypes } from '../../steps/index.ts';
import { errnoOf } from '../errors/problem.ts';
import type { Diagnostic, Loaded } from '../plan/diagnostic.ts';
import type { Library } from '../plan/open-layers.ts';
import { didYouMean } from '../plan/nearest.ts';
import type { Plan, PlanSource } from '../plan/plan.ts';
import { paintFor, type Environment } from '../report/paint.ts';
import { isAbsence, lookProblem } from '../system/real/errno.ts';
import type { Context } from './command-line.ts';
import { compiledPlan, type PlanTexts } from './compiled-plans.ts';
import { ExitError } from './exit.ts';
import { knownPlan } from './known-plans.ts';

/** The plan when nobody names one. */
const DEFAULT_PLAN = 'stage2';

/** In bytes. The longest plan that a person could want is a hundredth of it. */
const LARGEST_PLAN = 4 * 1024 * 1024;

/** A plan without mistakes. */
interface ReadPlan {
  readonly plan: Plan;
  readonly warnings: readonly Diagnostic[];
  /** What it was read from; undefined where the build knows the plan. */
  readonly texts: PlanTexts | undefined;
}

/** What to read, and what to do with warnings. */
interface ReadOptions {
  /** As on the command line. */
  readonly named: string | undefined;
  /**
   * The fragments that apply, in their order.
   * @throws ExitError when one of them cannot be trusted
   */
  readonly fragments: () => readonly PlanSource[];
  /** A boot hides them: it is not the time to fix a plan. */
  readonly warnings: 'hide' | 'show' | 'refuse';
}

/**
 * Reads a plan with what it extends and its fragments, and reports its mistakes on stderr.
 * @throws ExitError when there is no such plan, it has mistakes, or a fragment cannot be trusted
 */
export async function readPlan(
  { io }: Context,
  { named, fragments, warnings }: ReadOptions,
): Promise<ReadPlan> {
  const path = pathOfPlan(namedPlan(named, io.env), io.cwd);
  const source = readSource(path, io.cwd);
  const bases = new Map<string, PlanSource>();
  const library: Library = {
    get names() {
      return namesIn(plansDirectory());
    },
    read: (name) => {
      const base = findPackagedPlan(name, io.cwd);
      if (base !== undefined) bases.set(name, base);
      return base;
    },
    fragments: fragments(),
  };
  const texts = { path, source, library, bases };
  const known = library.fragments.length === 0 ? asBuilt(source, library) : undefined;
  const loaded = known ?? left(texts, warnings) ?? (await load(source, library));
  const shown = loaded.ok && warnings !== 'hide' ? loaded.warnings : [];
  const diagnostics = loaded.ok ? shown : loaded.diagnostics;
  if (diagnostics.length > 0) {
    const { renderDiagnostics } = await import('../report/diagnostics.ts');
    const paint = await paintFor(io.stderr, io.env);
    io.stderr.write(renderDiagnostics(loaded.sources, diagnostics, paint));
  }
  if (!loaded.ok || (warnings === 'refuse' && shown.length > 0)) throw new ExitError('config');
  return {
    plan: loaded.value,
    warnings: loaded.warnings,
    texts: known === undefined ? texts : undefined,
  };
}

/** The plan that a command line and its environment name. */
export function namedPlan(operand: string | undefined, env: Environment): string {
  const own = env.HERMES_BOOT_PLAN ?? '';
  return operand ?? (own === '' ? DEFAULT_PLAN : own);
}

/** Whether a plan is named by its file, and not by its name. */
export function isPath(named: string): boolean {
  return named.includes('/') || /\.(ya?ml|json)$/.test(named);
}

/** A path, relative to `cwd` where it lies below it. */
export function shorten(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short;
}

async function load(source: PlanSource, library: Library): Promise<Loaded<Plan>> {
  const [{ loadPlan }, { validateShape }] = await Promise.all([
    import('../plan/load.ts'),
    import('../plan/schema-validator.ts'),
  ]);
  return loadPlan(source, { types: stepTypes, validate: validateShape }, library);
}

/** The plan as validate has left it. Who asks for warnings wants it read anew. */
function left(texts: PlanTexts, warnings: ReadOptions['warnings']): Loaded<Plan> | undefined {
  const plan = warnings === 'hide' ? compiledPlan(texts) : undefined;
  return plan && { ok: true, value: plan, warnings: [], sources: [texts.source] };
}

/** The plan as the build has read it, if neither it nor what it extends has been edited. */
function asBuilt({ file, text }: PlanSource, library: Library): Loaded<Plan> | undefined {
  const known = knownPlan(text)?.load();
  const isUnchanged = known?.extends.every((name) => {
    const base = library.read(name);
    return base !== undefined && knownPlan(base.text)?.name === name;
  });
  if (known === undefined || isUnchanged !== true) return undefined;
  const { plan, warnings } = known;
  return { ok: true, value: { ...plan, file }, warnings, sources: [{ file, text }] };
}

/** Finds a plan: a word is a plan of this package, anything with a slash or an ending is a path. */
function pathOfPlan(named: string, cwd: string): string {
  return isPath(named) ? resolve(cwd, named) : packagedPlan(named, cwd);
}

function readSource(path: string, cwd: string): PlanSource {
  const file = shorten(path, cwd);
  const bytes = readBytes(path, file);
  if (bytes.length > LARGEST_PLAN) throw new ExitError('config', `${file} is too large for a plan`);
  if (!isUtf8(bytes)) throw new ExitError('config', `${file} is not UTF-8 text`);
  // A byte order mark is not part of the text.
  return { file, text: bytes.toString('utf8').replace(/^\uFEFF/, '') };
}

function findPackagedPlan(name: string, cwd: string): PlanSource | undefined {
  const path = join(plansDirectory(), `${name}.yaml`);
  return exists(path) ? readSource(path, cwd) : undefined;
}

function packagedPlan(name: string, cwd: string): string {
  const directory = plansDirectory();
  const path = join(directory, `${name}.yaml`);
  if (exists(path)) return path;
  const names = namesIn(directory);
  const known = names.length === 0 ? 'there are none' : `known: ${names.join(', ')}`;
  const asFile = exists(resolve(cwd, name)) ? `for the file, write ./${name}` : undefined;
  const hint = asFile ?? didYouMean(name, names, known) ?? known;
  throw new ExitError('noInput', `no plan ${name} in ${shorten(directory, cwd)}; ${hint}`);
}

/** The plans of this package: beside dist/ when bundled, above src/cli/ otherwise. */
function plansDirectory(): string {
  const directories = ['../plans/', '../../plans/'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  return directories.find(exists) ?? directories[0] ?? '/';
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

/** @throws LookFailed when the look fails: a plan that cannot be reached is not "no plan" */
function exists(path: string): boolean {
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
    // A shell puts a pipe that somebody writes to in place of a file; any other pipe would keep a
    // boot waiting.
    if (!path.startsWith('/dev/') && statSync(path).isFIFO()) {
      throw new ExitError('noInput', `${file} is a pipe, not a plan file`);
    }
    return readFileSync(path);
  } catch (error) {
    const code = errnoOf(error);
    if (code === undefined) throw error;
    if (isAbsence(error)) throw new ExitError('noInput', `no plan file ${file}`);
    if (code !== 'EISDIR') throw lookProblem(error, file);
    throw new ExitError('noInput', `${file} is a directory, not a plan file`);
  }
}
