/** Finds and reads the plans that a command line names, and reports their mistakes. */
import { isUtf8 } from 'node:buffer';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stepTypes } from '../../steps/index.ts';
import { errnoOf } from '../errors/problem.ts';
import type { Diagnostic, Loaded } from '../plan/diagnostic.ts';
import type { Library } from '../plan/open-layers.ts';
import { didYouMean } from '../plan/nearest.ts';
import type { Plan, PlanSource, Position } from '../plan/plan.ts';
import { writeLog } from '../report/boot-log.ts';
import { writeDocument } from '../report/documents.ts';
import { paintFor } from '../report/paint.ts';
import { validationOf, type ValidationDocument } from '../report/validation.ts';
import { isAbsence, lookProblem } from '../system/real/errno.ts';
import { printable } from '../text/printable.ts';
import type { Context } from './command-line.ts';
import { compiledPlan, type PlanTexts } from './compiled-plans.ts';
import { ExitError } from './exit.ts';
import { knownPlan } from './known-plans.ts';

/** In bytes. The longest plan that a person could want is a hundredth of it. */
const LARGEST_PLAN = 4 * 1024 * 1024;

/** A plan without mistakes. */
export interface ReadPlan {
  /** As on the command line. */
  readonly named: string;
  readonly plan: Plan;
  readonly warnings: readonly Diagnostic[];
  /** What it was read from; undefined where the build knows the plan. */
  readonly texts: PlanTexts | undefined;
}

/** What to read, and what to do with warnings. */
interface ReadOptions {
  /** As on the command line. */
  readonly named: readonly string[];
  /**
   * The fragments that apply, in their order.
   * @throws ExitError when one of them cannot be trusted
   */
  readonly fragments: () => readonly PlanSource[];
  /** Whether to read the plans of this package, too, that fragments change. */
  readonly also?: 'changed' | 'nothing';
  /** Whether to report mistakes; by default they are. */
  readonly mistakes?: 'show' | 'hide';
  /** A boot has a line for each: it is not the time to fix a plan. */
  readonly warnings: 'hide' | 'log' | 'show' | 'refuse';
}

/** The mistakes of one plan. */
export interface PlanMistakes {
  /** As on the command line. */
  readonly named: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** Ends a command since plans have mistakes, which are reported by then. */
export class MistakenPlans extends ExitError {
  readonly plans: readonly PlanMistakes[];
  override readonly document: ValidationDocument;

  constructor(plans: readonly PlanMistakes[], document: ValidationDocument) {
    super('config');
    this.plans = plans;
    this.document = document;
  }
}

/**
 * Reads plans, each with what it extends and its fragments, and reports the mistakes of all of them
 * on stderr.
 * @throws ExitError when there is no such plan, one has mistakes, or a fragment cannot be trusted
 */
export async function readPlans(
  { io }: Context,
  { named: first, fragments: readFragments, also, warnings, mistakes = 'show' }: ReadOptions,
): Promise<readonly ReadPlan[]> {
  const open = (name: string): Opened => {
    const path = pathOfPlan(name, io.cwd);
    return { named: name, path, source: readSource(path, io.cwd) };
  };
  const asked = first.map(open);
  const fragments = readFragments();
  const more = also === 'changed' ? await changedBy(fragments) : [];
  const others = [...new Set(more)].filter((name) => !first.includes(name)).map(open);
  const all: LoadedPlan[] = [];
  for (const opened of [...asked, ...others]) {
    all.push(await loadOpened(opened, fragments, warnings, io.cwd));
  }
  const found = all.map(({ loaded }) => {
    if (!loaded.ok) return loaded.diagnostics;
    return warnings === 'hide' || warnings === 'log' ? [] : loaded.warnings;
  });
  const shown = uniqueDiagnostics(found.flat());
  const document = (): ValidationDocument =>
    validationOf(
      all.map(({ named, file, loaded }) => ({
        named,
        file,
        plan: loaded.ok ? loaded.value : undefined,
      })),
      { ok: false, diagnostics: shown, fragments: fragments.map(({ file }) => file), unused: [] },
    );
  if (shown.length > 0 && mistakes === 'show' && io.stderr.lines === 'json') {
    writeDocument(io.stderr, document());
  } else if (shown.length > 0 && mistakes === 'show') {
    const { renderDiagnostics } = await import('../report/diagnostics.ts');
    const paint = await paintFor(io.stderr, io.env);
    const sources = unique(
      all.flatMap(({ loaded }) => loaded.sources),
      ({ file }) => file,
    );
    io.stderr.write(renderDiagnostics(sources, shown, paint));
  }
  const read = all.flatMap(({ named, loaded, texts }) =>
    loaded.ok ? { named, plan: loaded.value, warnings: loaded.warnings, texts } : [],
  );
  if (warnings === 'log') {
    const logged = read.flatMap((plan) => plan.warnings);
    for (const { at, message } of unique(logged, ({ at }) => placeOf(at))) {
      writeLog(io.stderr, 'warn', printable(`${at.file}:${at.line}: ${message}`));
    }
  }
  if (read.length === all.length && (warnings !== 'refuse' || shown.length === 0)) return read;
  throw new MistakenPlans(
    all.flatMap(({ named }, index) => {
      const diagnostics = found[index] ?? [];
      return diagnostics.length === 0 ? [] : { named, diagnostics };
    }),
    document(),
  );
}

/** The text of a plan. */
interface Opened {
  /** As on the command line. */
  readonly named: string;
  readonly path: string;
  readonly source: PlanSource;
}

interface LoadedPlan extends Pick<ReadPlan, 'texts' | 'named'> {
  readonly file: string;
  readonly loaded: Loaded<Plan>;
}

async function loadOpened(
  { named, path, source }: Opened,
  fragments: readonly PlanSource[],
  warnings: ReadOptions['warnings'],
  cwd: string,
): Promise<LoadedPlan> {
  const bases = new Map<string, PlanSource>();
  const library: Library = {
    get names() {
      return namesIn(plansDirectory());
    },
    read: (name) => {
      const base = findPackagedPlan(name, cwd);
      if (base !== undefined) bases.set(name, base);
      return base;
    },
    fragments,
  };
  const texts = { path, source, library, bases };
  const known = fragments.length === 0 ? asBuilt(source, library) : undefined;
  const loaded = known ?? left(texts, warnings) ?? (await load(source, library));
  return { named, file: source.file, loaded, texts: known === undefined ? texts : undefined };
}

/** The plans of this package that fragments change. */
async function changedBy(fragments: readonly PlanSource[]): Promise<readonly string[]> {
  if (fragments.length === 0) return [];
  const { targetOf } = await import('../plan/open-layers.ts');
  const known = namesIn(plansDirectory());
  return fragments.flatMap((fragment) => {
    const target = targetOf(fragment);
    return target !== undefined && known.includes(target) ? [target] : [];
  });
}

/** Reads one plan; see readPlans. */
export async function readPlan(
  context: Context,
  options: Omit<ReadOptions, 'named'> & { readonly named: string },
): Promise<ReadPlan> {
  const [read] = await readPlans(context, { ...options, named: [options.named] });
  if (read === undefined) throw new Error('every plan that is named was read');
  return read;
}

/** Each mistake once: several plans share fragments, and what they extend. */
export function uniqueDiagnostics(all: readonly Diagnostic[]): readonly Diagnostic[] {
  return unique(all, ({ at, message }) => `${placeOf(at)} ${message}`);
}

function unique<T>(all: readonly T[], keyOf: (one: T) => string): readonly T[] {
  return [...new Map(all.map((one) => [keyOf(one), one])).values()];
}

/** A place in a plan, as messages name it: `50-site.yaml:4:11`. */
export function placeOf({ file, line, column }: Position): string {
  return `${file}:${line}:${column}`;
}

/** Whether a plan is named by its file, and not by its name. */
export function isPath(named: string): boolean {
  return named.includes('/') || /\.(ya?ml|json)$/.test(named);
}

/** A path, relative to `cwd` where it lies below it. */
export function shorten(path: string, cwd: string): string {
  // There a path that loses its slash is the same file, and reads as another.
  if (cwd === '/') return path;
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
  // Only plans without a warning are left.
  const isBoot = warnings === 'hide' || warnings === 'log';
  const plan = isBoot ? compiledPlan(texts) : undefined;
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
