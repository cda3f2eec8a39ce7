import type { Cause } from '../errors/problem.ts';
import type { BootStep } from '../plan/plan.ts';
import type { BootEvent, Listener } from './event.ts';
import type { StepReport } from './report.ts';
import type { Turn } from './turn.ts';

/**
 * Tells what steps do in the order of the plan, also where they do it at the same time: what a step
 * does is told at once when all before it have ended, and held back until then.
 */
export class Telling {
  readonly #turns: readonly Turn[];
  readonly #listener: Listener;
  readonly #held = new Map<number, BootEvent[]>();
  readonly #causes = new Set<string>();
  /** What became of the first steps of the plan: those that have ended with all before them. */
  readonly reports: StepReport[] = [];
  /** The failure that stops the boot. */
  stoppedBy: StepReport | undefined;

  constructor(turns: readonly Turn[], listener: Listener) {
    this.#turns = turns;
    this.#listener = listener;
  }

  /** Tells an event of a step. @param index its place in the plan */
  tell(index: number, event: BootEvent): void {
    const held = this.#held.get(index);
    if (index === this.reports.length) this.#now(event);
    else if (held !== undefined) held.push(event);
    else this.#held.set(index, [event]);
  }

  /**
   * Tells how steps have ended, as far as all before them have. Behind a failure that stops the
   * boot only those count that have changed something, as they may have when a signal stops it.
   */
  tellEnds(): void {
    for (const turn of this.#turns.slice(this.reports.length)) {
      const { stoppedBy } = this;
      const isReached = stoppedBy === undefined || turn.changes;
      const events = this.#held.get(turn.index) ?? [];
      this.#held.delete(turn.index);
      if (isReached) for (const event of events) this.#now(event);
      const report = isReached ? turn.report : notReached(turn.step, stoppedBy);
      if (report === undefined) return;
      this.#tellEnd(report);
      if (turn.stops) this.stoppedBy ??= report;
    }
  }

  /** Tells of changes that were made, in a boot that does not come to its end. */
  breakOff(): void {
    for (const [, events] of [...this.#held].sort(([a], [b]) => a - b)) {
      if (!events.some(({ type }) => type === 'change-made')) continue;
      for (const event of events) this.#listener(event);
    }
  }

  /** Passes an event on; what was reported before is not reported again. */
  #now(event: BootEvent): void {
    if (event.type !== 'note') {
      this.#listener(event);
      return;
    }
    const { cause, key } = event.note;
    if (cause !== undefined) this.#tellCause(event.step, cause);
    else if (key === undefined || !this.#causes.has(key)) this.#listener(event);
    if (key !== undefined) this.#causes.add(key);
  }

  #tellCause(step: BootStep, cause: Cause): void {
    if (this.#causes.has(cause.key)) return;
    this.#causes.add(cause.key);
    this.#listener({ type: 'cause-found', step, cause });
  }

  #tellEnd(report: StepReport): void {
    const cause = report.problem?.sharedCause;
    if (cause !== undefined) this.#tellCause(report.step, cause);
    this.#listener({ type: 'step-finished', report });
    this.reports.push(report);
  }
}

function notReached(step: BootStep, stoppedBy: StepReport): StepReport {
  const why = `not reached: ${stoppedBy.step.id} stops the boot`;
  return { step, status: 'blocked', why, changes: [], made: 0, notes: [], duration: 0 };
}
