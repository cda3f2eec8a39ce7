/**
 * Boots a plan: runs its steps, for real or in a simulated world, and sums up what came of them.
 */
import type { BootPlan } from '../plan/plan.ts';
import type { Facts } from '../step/facts.ts';
import type { HomeLock } from '../system/home-lock.ts';
import { SimulatedSystem } from '../system/simulated.ts';
import type { World } from '../system/world.ts';
import { BOOT_TIMEOUT, isOver, type Boot, type Bootable } from './context.ts';
import type { BootResult, BootStatus, Listener, StepResult } from './result.ts';
import { LockGate, StaleWorld } from './lock-gate.ts';
import { finishWrites } from './operator-mounts.ts';
import { Keeping } from './permissions/keeping.ts';
import { MountKnowledge } from './permissions/mount-knowledge.ts';
import { shortcomingsOf, type Shortcoming } from './permissions/not-kept.ts';
import { Trials } from './permissions/trials.ts';
import { runStep } from './run-step.ts';
import { runSteps } from './run-steps.ts';
import { SpaceForecast } from './space-forecast.ts';
import { now, TimeLimit } from './time-limit.ts';

/** How many steps run at the same time: each keeps a processor busy, or a disk. */
const CONCURRENCY = 4;

export interface BootOptions {
  readonly facts: Facts;
  /** Receives events as they happen. */
  readonly listener: Listener;
  /** Stops the boot between two changes; its reason, a Problem, says why. */
  readonly signal: AbortSignal;
  /** Keeps other boots of the same home out; none where there can be none. */
  readonly lock?: HomeLock;
}

/**
 * Does what a plan says. The world ends converged, or the result says why not. The caller releases
 * the lock, since it may have more to do in the home.
 * @throws HomeHeld when another boot of the same home does not end in time
 */
export function run(plan: BootPlan, system: Bootable, options: BootOptions): Promise<BootResult> {
  return boot(plan, system, false, options);
}

/** What a boot would do, and the world that it would leave. */
interface Simulated {
  readonly result: BootResult;
  readonly world: SimulatedSystem;
}

/** Shows what `run` would do, by doing it to a simulated world. Writes nothing. */
export async function simulate(
  plan: BootPlan,
  system: Pick<World, 'tree' | 'policy'>,
  options: BootOptions,
): Promise<Simulated> {
  const world = new SimulatedSystem(system);
  return { result: await boot(plan, world, true, options), world };
}

/** What `run` would do; see simulate. */
export async function dryRun(...args: Parameters<typeof simulate>): Promise<BootResult> {
  return (await simulate(...args)).result;
}

async function boot(
  plan: BootPlan,
  system: Bootable,
  dry: boolean,
  { facts, listener, signal: stop, lock }: BootOptions,
): Promise<BootResult> {
  const started = now();
  listener({ type: 'boot-started', plan, dry });
  const limit = new TimeLimit(BOOT_TIMEOUT, stop);
  const gate = new LockGate(lock, listener);
  const knowledge = new MountKnowledge(system, facts, plan.home);
  const keeping = new Keeping(system, facts, knowledge);
  const { steps, stoppedBy, finished } = await bootSteps(plan, dry ? 1 : CONCURRENCY, knowledge, {
    system,
    home: plan.home,
    listener,
    facts,
    started,
    gate,
    stop,
    limit,
    keeping,
    trials: new Trials(system, facts, knowledge, keeping),
    space: dry ? new SpaceForecast(system) : undefined,
  });
  gate.flush();
  if (!dry) knowledge.save(system);
  const shortcomings = shortcomingsOf(steps);
  for (const shortcoming of shortcomings) listener({ type: 'shortcoming-found', shortcoming });
  const waited = gate.waited(started);
  const result = {
    status: statusOf(plan, steps, shortcomings, stoppedBy, stop),
    steps,
    shortcomings,
    converged:
      finished === 0 &&
      steps.every(
        ({ status, unseen }) =>
          unseen === undefined && (status === 'converged' || status === 'skipped'),
      ),
    ...(stoppedBy === undefined ? {} : { stoppedBy }),
    ...(waited === undefined ? {} : { lock: waited }),
    duration: now() - started,
  };
  listener({ type: 'boot-finished', plan, result });
  return result;
}

/** Runs all steps, and again where another boot has changed what they looked at. */
async function bootSteps(
  plan: BootPlan,
  concurrency: number,
  knowledge: MountKnowledge,
  boot: Boot,
): Promise<Pick<BootResult, 'steps' | 'stoppedBy'> & { readonly finished: number }> {
  const { system, gate } = boot;
  let finished = 0;
  for (;;) {
    gate.begin();
    try {
      finished += await finishWrites(boot);
      const done = await runSteps(plan.steps, {
        system,
        concurrency,
        listener: gate.emit,
        run: (one) => runStep(one, boot),
        isOver: () => isOver(boot),
      });
      return { ...done, finished };
    } catch (error) {
      if (!(error instanceof StaleWorld)) throw error;
      system.forgetAll();
      knowledge.forgetAll();
    }
  }
}

function statusOf(
  plan: BootPlan,
  steps: readonly StepResult[],
  shortcomings: readonly Shortcoming[],
  stoppedBy: StepResult | undefined,
  stop: AbortSignal,
): BootStatus {
  if (stoppedBy !== undefined) return stop.aborted ? 'interrupted' : 'stopped';
  const refused = plan.inputs.some((input) => input.refused !== undefined);
  const failed = steps.some(
    ({ problem, step, unseen }) =>
      problem !== undefined && unseen === undefined && step.onFailure === 'degrade',
  );
  const short = shortcomings.some((one) =>
    one.steps.some(({ onFailure }) => onFailure !== 'ignore'),
  );
  return refused || failed || short ? 'degraded' : 'done';
}
