/** Runs one step: looks, checks what it may change, makes its changes, and reports the result. */
import type { Change } from '../changes/change.ts';
import { type Made, makeChange } from '../changes/kinds.ts';
import { type Boot, checkStopped } from './context.ts';
import { respectMounts } from './operator-mounts.ts';
import type { Loss } from './permissions/keeping.ts';
import { preflight } from './permissions/preflight.ts';
import { ProgressMeter } from './progress-meter.ts';
import type { StepResult } from './result.ts';
import type { StepRun } from './run-steps.ts';
import { now, TimeLimit } from './time-limit.ts';
import { LookFailed, problemOf } from '../errors/look-failed.ts';
import { Problem, Unanswered } from '../errors/problem.ts';
import type { BootStep } from '../plan/plan.ts';
import { scanNotes } from '../step/repair.ts';
import { inheriting } from '../step/shared-group.ts';
import type { Note } from '../step/step.ts';
import { HomeHeld } from '../system/home-lock.ts';
import type { System } from '../system/system.ts';
import { behindLink } from '../system/world.ts';
import { counted, showDuration } from '../text/phrases.ts';

/** A timer may fire a moment early, by the clock that is asked then; in milliseconds. */
const TIMER_SLACK = 5;

/**
 * Runs one step.
 * @throws StaleWorld or HomeHeld where the boot does not go on from here
 */
export async function runStep(one: StepRun, boot: Boot): Promise<StepResult> {
  const { step, emit } = one;
  const { system, facts, keeping } = boot;
  const started = now();
  /** For other boots, which takes nothing of the time of the step. */
  let waited = 0;
  let changes: readonly Change[] = [];
  let made = 0;
  const notes: Note[] = [];
  const losses: Loss[] = [];
  const report = (
    status: StepResult['status'],
    why: string,
    more: Pick<StepResult, 'problem'> = {},
  ): StepResult => {
    const began = started - boot.started;
    const ended = now() - boot.started;
    const duration = ended - began - waited;
    const times = { began, ended, duration };
    const result = { step, status, why, changes, made, notes, losses, ...times, ...more };
    return facts.assumed ? withUnseen(result) : result;
  };
  if (step.skipped !== undefined) return report('skipped', step.skipped);
  emit({ type: 'step-started', step });
  const meter = new ProgressMeter({
    elapsed: () => now() - started - waited,
    tell: (measured, elapsed) => {
      emit({ type: 'progress', step, ...measured, elapsed });
    },
  });
  const progress = meter.walked;
  const note = (all: readonly Note[]): void => {
    const found = all.map((each) => (isAccepted(each, step) ? accepted(each) : each));
    notes.push(...found);
    for (const each of found) emit({ type: 'note', step, note: each });
  };
  const print = (text: string): void => {
    note([{ severity: 'info', text, logged: 'printed' }]);
  };
  /** Copies that are made, and get their names together. */
  const staged: Made[] = [];
  const tell = (done: Made): void => {
    changes = changes.with(made, done.change);
    made += 1;
    emit({ type: 'change-made', step, change: done.change });
    note(notesOf(done, system));
  };
  const settle = async (during: { readonly signal: AbortSignal }): Promise<void> => {
    if (staged.length === 0) return;
    const copies = staged.map(({ change }) => {
      return { path: change.path, replaces: change.kind === 'tree-copy' && change.copy.replaces };
    });
    await system.settle(copies, during.signal);
    for (const done of staged.splice(0)) tell(done);
  };
  const check = (): void => {
    one.abort.throwIfAborted();
    checkStopped(boot);
  };
  const left = (): number => Math.min(step.timeout - (now() - started - waited), boot.limit.left);
  try {
    const look = new TimeLimit(left(), boot.stop, one.abort);
    const planned = await step.type.plan({
      with: step.with,
      system,
      facts,
      as: step.as,
      get signal() {
        return look.signal;
      },
      progress,
      origin: (option) => step.origins[option],
      variable: (option) => step.variables[option],
      isSecret: (option) => step.secrets.includes(option),
    });
    if ('skipped' in planned) return report('skipped', planned.skipped);
    const found = 'converged' in planned ? [] : planned.changes;
    const named = inheriting(canonical(found, system), system, facts);
    const wanted = respectMounts(named, system, boot.home);
    if (boot.space === undefined) boot.trials.run(wanted, check);
    const judged = keeping.judge(wanted);
    changes = judged.changes;
    losses.push(...judged.losses);
    const problem = await preflight(changes, boot, look);
    note(planned.notes ?? []);
    if (problem !== undefined) return report('blocked', problem.message, { problem });
    // What a run may fail to make.
    if (boot.space !== undefined)
      note([...boot.space.notes(changes), ...keeping.forecast(changes)]);
    let limit = new TimeLimit(left(), boot.stop);
    for (const change of judged.changes) {
      if (change.kind !== 'tree-copy') await settle(limit);
      const free = boot.gate.pass(boot.limit);
      if (free !== undefined) {
        const since = now();
        await free;
        waited += now() - since;
        limit = new TimeLimit(left(), boot.stop);
      }
      check();
      one.changesWorld = true;
      const { signal } = limit;
      meter.making(change);
      const outcome = await keeping.make(change, () =>
        makeChange(change, system, { signal, progress, print }),
      );
      losses.push(...outcome.losses);
      const done = outcome.made;
      if (done === undefined) changes = changes.toSpliced(made + staged.length, 1);
      else if (change.kind === 'tree-copy') staged.push(done);
      else tell(done);
    }
    await settle(limit);
    if ('unfinished' in planned && planned.unfinished !== undefined) throw planned.unfinished;
    if (changes.length > 0) return report('changes', step.why ?? step.type.summary);
    return report(
      'converged',
      'converged' in planned ? planned.converged : whyNothingIsLeft(named, wanted),
    );
  } catch (error) {
    await settle({ signal: boot.stop }).catch(() => {
      // What has failed first is reported. The next boot takes away what is half made.
    });
    const problem = error instanceof Unanswered ? error.problem : problemOf(error);
    if (problem === undefined || problem instanceof HomeHeld) throw error;
    const isLate =
      problem.code === 'timeout' && now() - started - waited >= step.timeout - TIMER_SLACK;
    const told = isLate ? lateProblem(problem, step) : problem;
    return report('failed', told.message, { problem: told });
  } finally {
    meter.end();
  }
}

/** Whether the plan says that a warning of a step is meant to be. */
function isAccepted({ severity, warns }: Note, { accept = [] }: BootStep): boolean {
  if (warns === undefined || severity !== 'warning') return false;
  const { of, path } = warns;
  return accept.includes(of) || (path !== undefined && accept.includes(`${of}:${path}`));
}

/** Has no key: the same warning of a step that does not accept it is no repetition. */
function accepted({ text, warns }: Note): Note {
  return { severity: 'info', text, accepted: true, ...(warns === undefined ? {} : { warns }) };
}

/** What a step that took too long fails with: its limit, and the key that raises it. */
function lateProblem({ found, mend, errno }: Problem, { id, timeout, at }: BootStep): Problem {
  const place = `${at.file}:${at.line}`;
  return new Problem({
    code: 'timeout',
    found: `${found}: step ${id} may take ${showDuration(timeout)}`,
    mend: [
      ...mend,
      `a longer timeout: on step ${id} (${place}), there or in a fragment, raises that`,
    ],
    errno,
  });
}

/** The result of a step that was planned with more privileges than this process has. */
function withUnseen(result: StepResult): StepResult {
  const { notes, problem } = result;
  const denied = problem instanceof LookFailed && problem.code === 'not-permitted';
  const unread = notes.flatMap((note) => note.unread ?? []);
  const unseen = denied ? [...unread, problem.path] : unread;
  if (unseen.length === 0) return result;
  return { ...result, unseen, notes: notes.filter((note) => note.unread === undefined) };
}

/** What only the making of a change could know. */
function notesOf({ change, found }: Made, system: System): Note[] {
  if (found === undefined || change.kind !== 'tree-owner') return [];
  return scanNotes(system, found, change.rule.to);
}

/** Why nothing is left of changes that a step found. */
function whyNothingIsLeft(found: readonly Change[], wanted: readonly Change[]): string {
  return wanted.length === 0
    ? `${found[0]?.path ?? ''} is a mount of its own: left as the operator has it`
    : `the file system does not keep what is wanted (${counted(wanted.length, 'change')})`;
}

/** Names what changes by the path where it lies: /run/x, where a plan may say /var/run/x. */
function canonical(changes: readonly Change[], system: System): readonly Change[] {
  return changes.map((change) => {
    const resolution = system.resolve(change.path);
    if (resolution.kind === 'behind-link') throw behindLink(change.path, resolution);
    return resolution.path === change.path ? change : { ...change, path: resolution.path };
  });
}
