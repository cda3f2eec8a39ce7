/**
 * Keeps plans that `validate` has read and checked beside the program, so that a boot of the same
 * texts takes them as they are: a plan with a fragment starts as fast as one that the build knows.
 *
 * What lies there is a cache and nothing else. It is used only where nobody but root can have written
 * it, and where it was made by this very program from these very texts; else the texts are read. The
 * plan stands in its file twice: equal copies are whole, and compared sooner than a digest is made.
 */
import { fileURLToPath } from 'node:url';
import { problemOf } from '../errors/look-failed.ts';
import { Problem } from '../errors/problem.ts';
import type { Library } from '../plan/open-layers.ts';
import type { Plan, PlanSource, Position } from '../plan/plan.ts';
import { Content, type Reader } from '../system/content.ts';
import { othersMayWrite, showMode, showOwner } from '../system/entry.ts';
import { join, parentOf } from '../system/path.ts';
import { RealSystem } from '../system/real/real.ts';
import { READ_LIMIT, type System } from '../system/system.ts';
import { text } from '../text/codec.ts';
import { printable } from '../text/printable.ts';
import { buildId } from './launch.ts';

const ROOT = { uid: 0, gid: 0 } as const;

/** In bytes, of a file name: 255 are allowed, and it is written under a longer one first. */
const LONGEST_NAME = 200;

/** All that a plan is read from. */
export interface PlanTexts {
  /** The path of the plan on this machine: there is one compiled plan for each. */
  readonly path: string;
  readonly source: PlanSource;
  readonly library: Library;
  /** The plans that it extends, directly and further down, by the names that it uses. */
  readonly bases: ReadonlyMap<string, PlanSource>;
}

/** The plan of these texts, if validate has left it; undefined where anything about it is off. */
export function compiledPlan(texts: PlanTexts): Plan | undefined {
  return compiledPlans()?.find(texts);
}

/**
 * Leaves a plan without mistakes for the boots to come, where this process is root.
 * @returns what became of it, for a person; undefined when run from the sources
 */
export function leaveCompiled(texts: PlanTexts, plan: Plan): string | undefined {
  const problem = compiledPlans()?.leave(texts, plan);
  if (problem === undefined) return undefined;
  return problem === null
    ? `Left compiled in ${compiledDirectory()}: a boot of the same files need not parse them.`
    : `Not left compiled, so that each boot parses it: ${printable(problem)}.`;
}

function compiledPlans(): CompiledPlans | undefined {
  const build = buildId();
  if (build === undefined) return undefined;
  return new CompiledPlans(new RealSystem('/'), compiledDirectory(), build);
}

/** Beside dist/. */
function compiledDirectory(): string {
  return fileURLToPath(new URL('../compiled', import.meta.url));
}

/** The compiled plans in a directory of root's. */
export class CompiledPlans {
  readonly #system: System;
  readonly #directory: string;
  readonly #build: string;

  /** @param build tells the program that reads and checks plans from every other one */
  constructor(system: System, directory: string, build: string) {
    this.#system = system;
    this.#directory = directory;
    this.#build = build;
  }

  /** A plan that was left, with the names that its files have now. */
  find(texts: PlanTexts): Plan | undefined {
    try {
      const file = this.#fileOf(texts.path);
      if (file === undefined || this.#fault(this.#directory) !== undefined) return undefined;
      const lines = this.#system.readRoots(file, ofRoot)?.split('\n') ?? [];
      const [extending = '', key, body = '', again, rest] = lines;
      if (rest !== '' || lines.length !== 5 || again !== body) return undefined;
      const bases = basesOf(JSON.parse(extending), texts.library);
      if (bases === undefined || this.#keyOf({ ...texts, bases }) !== key) return undefined;
      const left: unknown = JSON.parse(body);
      if (!isLeft(left)) return undefined;
      return renamed(left.plan, left.files, filesOf({ ...texts, bases }));
    } catch (error) {
      // A plan is as good without; whatever else is wrong comes up where its texts are read.
      if (error instanceof SyntaxError || problemOf(error) !== undefined) return undefined;
      throw error;
    }
  }

  /** Leaves a plan. @returns why it could not be left; null where it was */
  leave(texts: PlanTexts, plan: Plan): string | null {
    if (process.geteuid?.() !== 0) return 'this process is not root';
    const file = this.#fileOf(texts.path);
    if (file === undefined) return 'the path of the plan is too long';
    const files = filesOf(texts);
    if (new Set(files).size < files.length) return 'a file takes part in it twice';
    const body = JSON.stringify({ files, plan });
    const extending = JSON.stringify([...texts.bases.keys()]);
    const lines = [extending, this.#keyOf(texts), body, body];
    const content = Content.ofText(`${lines.join('\n')}\n`);
    if (content.size > READ_LIMIT) return 'it is too large';
    try {
      const fault = this.#fault(parentOf(this.#directory));
      if (fault !== undefined) return fault;
      if (this.#system.look(this.#directory).type === 'missing')
        this.#system.createDirectory(this.#directory, 0o755, ROOT);
      const own = this.#fault(this.#directory);
      if (own !== undefined) return own;
      this.#system.writeFile(file, content, 0o644, ROOT);
      return null;
    } catch (error) {
      const problem = problemOf(error);
      if (problem === undefined) throw error;
      return problem.found;
    }
  }

  #fileOf(path: string): string | undefined {
    const name = `${encodeURIComponent(path)}.plan`;
    return name.length > LONGEST_NAME ? undefined : join(this.#directory, name);
  }

  /** Equal for equal texts alone. What a boot may change, such as variables, is no part of a plan. */
  #keyOf({ source, library, bases }: PlanTexts): string {
    return JSON.stringify({
      build: this.#build,
      plan: source.text,
      extends: [...bases].map(([name, base]) => [name, base.text]),
      fragments: library.fragments.map((fragment) => fragment.text),
      // A fragment for a plan that is nearly called like one of them is a mistake.
      names: library.names,
    });
  }

  /** Why somebody else than root may write what lies in a directory. */
  #fault(directory: string): string | undefined {
    const entry = this.#system.look(directory);
    if (entry.type !== 'directory') return `${directory} is not a directory`;
    const { stat } = entry;
    if (stat.uid !== 0) return `${directory} belongs to ${showOwner(stat)}`;
    if (othersMayWrite(stat))
      return `${directory} can be written by others (${showMode(stat.mode)})`;
    return directory === '/' ? undefined : this.#fault(parentOf(directory));
  }
}

const ofRoot: Reader<string> = {
  name: 'a compiled plan',
  codec: text,
  read: (content, exact) => {
    if (exact) return content;
    throw new Problem({ found: 'a compiled plan that is not UTF-8' });
  },
};

/** The plans with these names; undefined where one is missing. */
function basesOf(names: unknown, library: Library): Map<string, PlanSource> | undefined {
  if (!Array.isArray(names)) return undefined;
  const bases = new Map<string, PlanSource>();
  for (const name of names) {
    const base = typeof name === 'string' ? library.read(name) : undefined;
    if (typeof name !== 'string' || base === undefined) return undefined;
    bases.set(name, base);
  }
  return bases;
}

/** The files that take part, as messages name them, in an order of their own. */
function filesOf({ source, bases, library }: PlanTexts): string[] {
  return [source, ...bases.values(), ...library.fragments].map(({ file }) => file);
}

/** A plan, and the files that it was read from under the names of then. */
interface Left {
  readonly files: readonly string[];
  readonly plan: Plan;
}

/** What this very program has written, whole. */
function isLeft(value: unknown): value is Left {
  return typeof value === 'object' && value !== null && 'files' in value && 'plan' in value;
}

/** A plan whose files are called otherwise: names depend on the working directory. */
function renamed(plan: Plan, from: readonly string[], to: readonly string[]): Plan {
  const names = new Map(from.map((name, index) => [name, to[index] ?? name]));
  const nameOf = (file: string): string => names.get(file) ?? file;
  const place = (at: Position): Position => ({ ...at, file: nameOf(at.file) });
  return {
    ...plan,
    file: nameOf(plan.file),
    files: plan.files.map(nameOf),
    inputs: plan.inputs.map((input) => ({ ...input, at: place(input.at) })),
    steps: plan.steps.map((step) => ({
      ...step,
      at: place(step.at),
      entries: step.entries.map((entry) => ({ ...entry, at: place(entry.at) })),
      ...(step.off === undefined ? {} : { off: place(step.off) }),
    })),
  };
}
