import type { Change } from '../changes/change.ts';
import { makeChange } from '../changes/make.ts';
import { Problem } from '../errors/problem.ts';
import { Unanswered } from '../errors/unanswered.ts';
import type { BootPlan, BootStep } from '../plan/plan.ts';
import type { Facts } from '../step/facts.ts';
import type { Findings, Note } from '../step/step.ts';
import { HomeHeld } from '../system/home-lock.ts';
import type { HomeLock } from '../system/home-lock.ts';
import { behindLink } from '../system/links.ts';
import { SimulatedSystem } from '../system/simulated.ts';
import type { System } from '../system/system.ts';
import type { World } from '../system/world.ts';
import { now, TimeLimit } from './clock.ts';
import type { Listener } from './event.ts';
import { Gate, StaleWorld } from './gate.ts';
import type { BootReport, BootResult, StepReport } from './report.ts';
import { preflight } from './rights/preflight.ts';
import { Refusals } from './rights/refusals.ts';
import { SpaceForecast } from './space.ts';

/** How long a whole boot may take, in milliseconds. */
const BOOT_TIMEOUT = 30 * 60 * 1000;

/** What a boot is done with. */
export interface BootOptions {
  readonly facts: Facts;
  /** Takes events as they happen. */
  readonly listener: Listener;
  /** Stops the boot between two changes; its reason, a Problem, says why. */
  readonly signal: AbortSignal;
  /** Keeps other boots of the same home out; without it, none can get in the way. */
  readonly lock?: HomeLock;
}

/** What a boot is done to. */
export type Bootable = System & Pick<World, 'tree' | 'policy' | 'forgetAll'>;

/**
 * Does what a plan says. The world ends converged, or the report says why not. The lock is left to
 * the caller to release, who may have more to do in the home.
 * @throws HomeHeld when another boot of the same home does not end in time
 */
export function run(plan: BootPlan, system: Bootable, options: BootOptions): Promise<BootReport> {
  return boot(plan, system, false, options);
}

/** Says what `run` would do, by doing it to a simulated world. Writes nothing. */
export function dryRun(
  plan: BootPlan,
  system: Pick<World, 'tree' | 'policy'>,
  options: BootOptions,
): Promise<BootReport> {
  return boot(plan, new SimulatedSystem(system), true, options);
}

async function boot(
  plan: BootPlan,
  system: Bootable,
  dry: boolean,
  { facts, listener, signal: stop, lock }: BootOptions,
): Promise<BootReport> {
  const started = now();
  listener({ type: 'boot-started', plan, dry });
  const limit = new TimeLimit(BOOT_TIMEOUT, stop);
  const gate = new Gate(lock, listener);
  const { steps, stoppedBy } = await bootSteps(plan, {
    system,
    facts,
    gate,
    stop,
    limit,
    refusals: new Refusals(system, facts),
    space: dry ? new SpaceForecast(system) : undefined,
  });
  gate.flush();
  const report = {
    result: resultOf(plan, steps, stoppedBy),
    steps,
    converged: steps.every(({ status }) => status === 'converged' || status === 'skipped'),
    ...(stoppedBy === undefined ? {} : { stoppedBy }),
    duration: now() - started,
  };
  listener({ type: 'boot-finished', plan, report });
  return report;
}

/** What became of the steps of a boot. */
type Steps = Pick<BootReport, 'steps' | 'stoppedBy'>;

/** Boots all steps, once more where another boot has changed what was looked at. */
async function bootSteps(plan: BootPlan, boot: Boot): Promise<Steps> {
  for (;;) {
    boot.gate.begin();
    try {
      return await bootInOrder(plan, boot);
    } catch (error) {
      if (!(error instanceof StaleWorld)) throw error;
      boot.system.forgetAll();
    }
  }
}

async function bootInOrder(plan: BootPlan, boot: Boot): Promise<Steps> {
  const steps: StepReport[] = [];
  const told = new Set<string>();
  let stoppedBy: StepReport | undefined;
  for (const step of plan.steps) {
    const report =
      stoppedBy === undefined ? await bootStep(step, boot) : notReached(step, stoppedBy);
    steps.push(report);
    const cause = report.problem?.sharedCause;
    if (cause !== undefined && !told.has(cause.key)) {
      told.add(cause.key);
      boot.gate.tell({ type: 'cause-found', step, cause });
    }
    boot.gate.tell({ type: 'step-finished', report });
    const over = isOver(boot.limit, boot.stop);
    if (report.problem !== undefined && (step.onFailure === 'stop' || over)) stoppedBy ??= report;
  }
  return { steps, ...(stoppedBy === undefined ? {} : { stoppedBy }) };
}

/** What the steps of one boot share. */
interface Boot {
  readonly system: Bootable;
  readonly facts: Facts;
  readonly gate: Gate;
  readonly stop: AbortSignal;
  readonly limit: TimeLimit;
  readonly refusals: Refusals;
  /** Of a dry run. */
  readonly space: SpaceForecast | undefined;
}

async function bootStep(step: BootStep, boot: Boot): Promise<StepReport> {
  const started = now();
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
    duration: now() - started,
    ...more,
  });
  if (step.skipped !== undefined) return report('skipped', step.skipped);
  boot.gate.tell({ type: 'step-started', step });
  let changes: readonly Change[] = [];
  let notes: readonly Note[] = [];
  let made = 0;
  try {
    const limit = new TimeLimit(Math.min(step.timeout, boot.limit.left), boot.stop);
    const outcome = await step.type.plan({
      with: step.with,
      system: boot.system,
      facts: boot.facts,
      as: step.as,
      get signal() {
        return limit.signal;
      },
      origin: (option) => step.origins[option],
      variable: (option) => step.variables[option],
      isSecret: (option) => step.secrets.includes(option),
    });
    if ('skipped' in outcome) return report('skipped', outcome.skipped);
    changes = canonical(outcome, boot.system);
    const problem = await preflight(changes, boot, limit);
    notes = [...(outcome.notes ?? []), ...(problem === undefined ? forecast(changes, boot) : [])];
    for (const note of notes) boot.gate.tell({ type: 'note', step, note });
    if (problem !== undefined) {
      return report('blocked', problem.message, { changes, notes, problem });
    }
    for (const change of changes) {
      checkStopped(boot);
      await boot.gate.pass(boot.limit.signal);
      await boot.refusals.watch(change, () => makeChange(change, boot.system, limit.signal));
      made += 1;
      boot.gate.tell({ type: 'change-made', step, change });
    }
    if (changes.length === 0) return report('converged', outcome.otherwise, { notes });
    return report('changes', step.why ?? step.type.summary, { changes, made, notes });
  } catch (error) {
    const problem = error instanceof Unanswered ? error.problem : error;
    if (!(problem instanceof Problem) || problem instanceof HomeHeld) throw error;
    return report('failed', problem.message, { changes, made, notes, problem });
  }
}

/** What a dry run has to say of changes that a run may fail to make. */
function forecast(changes: readonly Change[], { space, refusals }: Boot): Note[] {
  return space === undefined ? [] : [...space.notes(changes), ...refusals.forecast(changes)];
}

/** Names what changes by the path where it lies: /run/x, where a plan may say /var/run/x. */
function canonical({ changes }: Findings, system: System): readonly Change[] {
  return changes.map((change) => {
    const resolution = system.resolve(change.path);
    if (resolution.kind === 'behind-link') throw behindLink(change.path, resolution);
    return resolution.path === change.path ? change : { ...change, path: resolution.path };
  });
}

function isOver(limit: TimeLimit, stop: AbortSignal): boolean {
  return stop.aborted || limit.left === 0;
}

function checkStopped({ stop, limit }: Boot): void {
  if (!isOver(limit, stop)) return;
  if (stop.reason instanceof Problem) throw stop.reason;
  throw new Problem({
    code: 'timeout',
    found: `the boot took longer than ${BOOT_TIMEOUT / 60_000} minutes`,
  });
}

function notReached(step: BootStep, stoppedBy: StepReport): StepReport {
  const why = `not reached: ${stoppedBy.step.id} stops the boot`;
  return { step, status: 'blocked', why, changes: [], made: 0, notes: [], duration: 0 };
}

function resultOf(
  plan: BootPlan,
  steps: readonly StepReport[],
  stoppedBy: StepReport | undefined,
): BootResult {
  if (stoppedBy !== undefined) return 'stopped';
  const refused = plan.inputs.some((input) => input.refused !== undefined);
  const failed = steps.some(
    ({ problem, step }) => problem !== undefined && step.onFailure === 'degrade',
  );
  return refused || failed ? 'degraded' : 'done';
}
