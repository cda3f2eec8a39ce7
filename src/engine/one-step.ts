import type { Change } from '../changes/change.ts';
import { makeChange, type Made } from '../changes/kinds.ts';
import { problemOf } from '../errors/look-failed.ts';
import { Unanswered } from '../errors/unanswered.ts';
import { counted } from '../step/phrases.ts';
import { scanNotes } from '../step/repair.ts';
import { inheriting } from '../step/shared-group.ts';
import type { Findings, Note } from '../step/step.ts';
import { HomeHeld } from '../system/home-lock.ts';
import { behindLink } from '../system/links.ts';
import type { Progress } from '../system/scan.ts';
import type { System } from '../system/system.ts';
import { now } from './clock.ts';
import { respectMounts } from './mounted.ts';
import type { StepReport } from './report.ts';
import type { Loss } from './permissions/keeping.ts';
import { preflight } from './permissions/preflight.ts';
import { checkStopped, limitOf } from './shared.ts';
import type { Boot } from './shared.ts';
import type { Turn } from './turn.ts';

/** How often a step says how far it is, in milliseconds. */
const PROGRESS_INTERVAL = 1000;

/**
 * Looks at the world as one step does, and makes the changes that it returns.
 * @throws GivenUp, StaleWorld or HomeHeld where the boot does not go on from here
 */
export async function bootStep(turn: Turn, boot: Boot): Promise<StepReport> {
  const { step } = turn;
  const started = now();
  let waited = 0;
  const report = (
    status: StepReport['status'],
    why: string,
    more: Partial<StepReport> = {},
  ): StepReport => ({
    step,
    status,
    why,
    changes: [],
    made: 0,
    notes: [],
    began: started - boot.started,
    duration: now() - started - waited,
    ...more,
  });
  if (step.skipped !== undefined) return report('skipped', step.skipped);
  turn.tell({ type: 'step-started', step });
  let changes: readonly Change[] = [];
  let losses: readonly Loss[] = [];
  let notes: readonly Note[] = [];
  let made = 0;
  let next = started + PROGRESS_INTERVAL;
  const progress = (done: Progress): void => {
    const at = now();
    if (at < next) return;
    next = at + PROGRESS_INTERVAL;
    turn.tell({ type: 'progress', step, progress: done, elapsed: at - started - waited });
  };
  try {
    let limit = turn.within(limitOf(step.timeout, boot));
    const planned = await step.type.plan({
      with: step.with,
      system: boot.system,
      facts: boot.facts,
      as: step.as,
      get signal() {
        return limit.signal;
      },
      progress,
      origin: (option) => step.origins[option],
      variable: (option) => step.variables[option],
      isSecret: (option) => step.secrets.includes(option),
    });
    if ('skipped' in planned) return report('skipped', planned.skipped);
    const named = inheriting(canonical(planned, boot.system), boot.system, boot.facts);
    const outcome = respectMounts({ ...planned, changes: named }, boot.system, boot.home);
    const wanted = outcome.changes;
    if (boot.space === undefined) {
      await boot.trials.run(wanted, async () => {
        await turn.toChange();
        checkStopped(boot);
      });
    }
    const judged = boot.keeping.judge(wanted);
    ({ changes, losses } = judged);
    const problem = await preflight(changes, boot, limit);
    notes = [...(outcome.notes ?? []), ...(problem === undefined ? forecast(changes, boot) : [])];
    for (const note of notes) turn.tell({ type: 'note', step, note });
    if (problem !== undefined) {
      return report('blocked', problem.message, { changes, notes, losses, problem });
    }
    for (const change of judged.changes) {
      const way = clearWay(turn, boot);
      if (way !== undefined) {
        const { left } = limit;
        const since = now();
        await way;
        waited += now() - since;
        limit = turn.within(limitOf(left, boot));
      }
      checkStopped(boot);
      turn.change();
      const { signal } = limit;
      const outcome = await boot.keeping.make(change, () =>
        makeChange(change, boot.system, { signal, progress }),
      );
      losses = [...losses, ...outcome.losses];
      const done = outcome.made;
      if (done === undefined) {
        changes = changes.toSpliced(made, 1);
        continue;
      }
      changes = changes.with(made, done.change);
      made += 1;
      turn.tell({ type: 'change-made', step, change: done.change });
      const found = notesOf(done, boot.system);
      notes = [...notes, ...found];
      for (const note of found) turn.tell({ type: 'note', step, note });
    }
    if (outcome.unfinished !== undefined) throw outcome.unfinished;
    if (changes.length === 0) {
      const why = wanted.length === 0 ? outcome.otherwise : notKept(wanted.length);
      return report('converged', why, { notes, losses });
    }
    return report('changes', step.why ?? step.type.summary, { changes, made, notes, losses });
  } catch (error) {
    const problem = error instanceof Unanswered ? error.problem : problemOf(error);
    if (problem === undefined || problem instanceof HomeHeld) throw error;
    return report('failed', problem.message, { changes, made, notes, losses, problem });
  }
}

/** What only the making of a change could know. */
function notesOf({ change, found }: Made, system: System): Note[] {
  if (found === undefined || change.kind !== 'tree-owner') return [];
  return scanNotes(system, found, change.rule.to);
}

/** Waits for other steps and other boots; undefined where none is in the way. */
function clearWay(turn: Turn, { gate, limit }: Boot): Promise<void> | undefined {
  const held = turn.toChange();
  return held === undefined ? gate.pass(limit) : held.then(() => gate.pass(limit));
}

/** What a dry run has to say of changes that a run may fail to make. */
function forecast(changes: readonly Change[], { space, keeping }: Boot): Note[] {
  return space === undefined ? [] : [...space.notes(changes), ...keeping.forecast(changes)];
}

function notKept(count: number): string {
  return `the file system does not keep what is wanted (${counted(count, 'change')})`;
}

/** Names what changes by the path where it lies: /run/x, where a plan may say /var/run/x. */
function canonical({ changes }: Findings, system: System): readonly Change[] {
  return changes.map((change) => {
    const resolution = system.resolve(change.path);
    if (resolution.kind === 'behind-link') throw behindLink(change.path, resolution);
    return resolution.path === change.path ? change : { ...change, path: resolution.path };
  });
}
