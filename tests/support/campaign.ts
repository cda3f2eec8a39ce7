/**
 * A campaign of failed looks: a sample of all the system calls by which boots look at the world,
 * each made to fail once, and what became of the home by the next boot.
 */
import { differences } from './boot.ts';
import {
  boot,
  disturbed,
  freshRoot,
  injections,
  phases,
  remove,
  worldOf,
  type Ended,
  type Injection,
  type Phase,
} from './inject.ts';

/** How many boots are disturbed at a time. */
const AT_ONCE = 2;

/** What came of one injection. */
export interface Outcome {
  readonly injection: Injection;
  readonly ended: Ended;
  /** What the failed call looked at; undefined where it was one that Node made for itself. */
  readonly hit: string | undefined;
  /** Everything that is wrong with it, for a person; nothing when all is well. */
  readonly faults: readonly string[];
}

/**
 * Disturbs boots, as many as are wanted, evenly spread over all looks of all phases.
 * @param directory an empty one, for the roots
 * @param share which of several campaigns of that size this is, from 0 up to but not 1
 */
export async function campaign(
  directory: string,
  wanted: number,
  share = 0,
): Promise<readonly Outcome[]> {
  const all: Injection[] = [];
  const ends = new Map<Phase, ReadonlyMap<string, string>>();
  for (const phase of await phases(directory)) {
    ends.set(phase, await undisturbed(phase));
    all.push(...(await injections(phase)));
  }
  const step = all.length / wanted;
  const waiting = Array.from(
    { length: wanted },
    (_, index) => all[Math.floor((index + share) * step)],
  );
  const outcomes: Outcome[] = [];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      outcomes.push(await outcomeOf(next, ends.get(next.phase) ?? new Map<string, string>()));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return outcomes;
}

/** The world after a boot that nothing disturbs. */
async function undisturbed(phase: Phase): Promise<ReadonlyMap<string, string>> {
  const root = freshRoot(phase);
  const { code, stderr } = await boot(phase, root);
  if (code !== 0) throw new Error(`${phase.name} ends with ${String(code)}:\n${stderr}`);
  const world = worldOf(root);
  remove(root);
  return world;
}

async function outcomeOf(
  injection: Injection,
  wanted: ReadonlyMap<string, string>,
): Promise<Outcome> {
  const root = freshRoot(injection.phase);
  const { hit, ...ended } = await disturbed(injection, root);
  const again = await boot(injection.phase, root);
  const world = worldOf(root);
  remove(root);
  const faults = differences(new Map(wanted), world).map(
    (path) =>
      `${path} is ${world.get(path) ?? 'missing'}\n  and not ${wanted.get(path) ?? 'missing'}`,
  );
  if (again.code !== 0) faults.push(`the next boot ends with ${String(again.code)}`);
  // The end of a process that Node itself could not go on with is not ours.
  if (hit !== undefined && !hasEndedWell(ended)) {
    faults.push(`it ends with ${String(ended.code ?? ended.signal)}`);
  }
  if (faults.length > 0) faults.push(ended.stderr, `then:\n${again.stderr}`);
  return { injection, ended, hit, faults };
}

/** Whatever the kernel answers: no signal, no bug of ours, no stack. */
function hasEndedWell({ code, stderr }: Ended): boolean {
  const isKnown = code !== null && [0, 1, 66, 74, 75, 77].includes(code);
  return isKnown && !/bug of hermes-boot|\n\s+at /.test(stderr);
}

/** The outcomes that are not as they must be, in words. */
export function faultsIn(outcomes: readonly Outcome[]): string[] {
  return outcomes
    .filter(({ faults }) => faults.length > 0)
    .map(({ injection, faults }) => {
      const { phase, call, when, errno, path } = injection;
      return `${phase.name}, ${errno} of ${call} ${when} at ${path}:\n${faults.join('\n')}`;
    });
}

/** How many were hit, by phase, call and error, and how their boots ended; a line each. */
export function summaryOf(outcomes: readonly Outcome[]): string[] {
  const hits = outcomes.filter(({ hit }) => hit !== undefined);
  const count = (name: string, of: (outcome: Outcome) => string): string => {
    const counts = new Map<string, number>();
    for (const hit of hits) counts.set(of(hit), (counts.get(of(hit)) ?? 0) + 1);
    return `${name}: ${[...counts].map(([what, many]) => `${what} ${many}`).join(', ')}`;
  };
  return [
    `${hits.length} of ${outcomes.length} looks failed as they were told to`,
    count('phase', ({ injection }) => injection.phase.name),
    count('call', ({ injection }) => injection.call),
    count('error', ({ injection }) => injection.errno),
    count('exit code', ({ ended }) => String(ended.code ?? ended.signal)),
    `homes that lost something: ${outcomes.filter(({ faults }) => faults.length > 0).length}`,
  ];
}
