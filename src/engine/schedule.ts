import type { BootStep } from '../plan/plan.ts';
import type { ReadSystem } from '../system/system.ts';
import type { BootEvent, Listener } from './event.ts';
import { mayChange, waitsForOther } from './precedence.ts';
import type { BootReport, StepReport } from './report.ts';
import { Telling } from './telling.ts';
import { Turn } from './turn.ts';
import type { Course } from './turn.ts';

/** What the steps of a boot are done with. */
interface ScheduleOptions {
  readonly system: ReadSystem;
  readonly tell: Listener;
  /** How many steps are at work at the same time. */
  readonly atOnce: number;
  /** Does one step. */
  readonly work: (turn: Turn) => Promise<StepReport>;
  /** Whether any failure stops the boot by now. */
  readonly isOver: () => boolean;
}

/**
 * Who works when. A step begins when all that it needs has ended: next in the order of the plan, or
 * past steps that are still at work where it does not meet them. All else is as if they were done
 * one after the other: what they do is told in that order; nothing behind a step that can stop the
 * boot changes anything before that has ended well; and what a failure stops counts as not
 * reached, although it may have looked.
 */
export class Schedule implements Course {
  readonly #options: ScheduleOptions;
  readonly #turns: readonly Turn[];
  readonly #telling: Telling;
  readonly #ended = new Set<string>();
  /** The first place in the plan where no step begins any more. */
  #end: number;
  /** How many steps have begun and not ended. */
  #begun = 0;
  #willLookPast = false;
  /** What ended the boot that is no failure of a step. */
  #broken: { readonly error: unknown } | undefined;
  #settle: () => void = () => undefined;

  constructor(steps: readonly BootStep[], options: ScheduleOptions) {
    this.#options = options;
    this.#turns = steps.map((step, index) => new Turn(step, index, this));
    this.#telling = new Telling(this.#turns, options.tell);
    this.#end = steps.length;
  }

  /**
   * Does the steps.
   * @throws what `work` throws, once nothing is at work any more
   */
  async run(): Promise<Pick<BootReport, 'steps' | 'stoppedBy'>> {
    await new Promise<void>((resolve) => {
      this.#settle = resolve;
      this.#goOn();
    });
    if (this.#broken !== undefined) {
      this.#telling.breakOff();
      throw this.#broken.error;
    }
    const { reports: steps, stoppedBy } = this.#telling;
    return { steps, ...(stoppedBy === undefined ? {} : { stoppedBy }) };
  }

  tell(index: number, event: BootEvent): void {
    this.#telling.tell(index, event);
  }

  letChange(turn: Turn): Promise<void> | undefined {
    if (mayChange(turn, this.#turns)) return undefined;
    const held = turn.hold();
    this.#goOn();
    return held;
  }

  /** The place of the first step that has not ended. */
  get #first(): number {
    return this.#telling.reports.length;
  }

  #goOn(past = false): void {
    try {
      const turns = this.#turns.slice(this.#first, this.#end);
      let free = this.#options.atOnce - turns.filter(({ state }) => state === 'working').length;
      for (const turn of turns) {
        if (free <= 0) break;
        if (turn.state === 'held' && mayChange(turn, this.#turns)) turn.wake();
        else if (turn.state === 'waiting' && this.#mayBegin(turn, past)) void this.#begin(turn);
        else continue;
        free -= 1;
      }
    } catch (error) {
      this.#break(error);
    }
    if (this.#begun === 0) this.#settle();
    else if (!past) this.#lookPastLater();
  }

  /**
   * What ends before anything else can happen is not worth a look past it: a boot that finds
   * nothing to do goes from one step to the next.
   */
  #lookPastLater(): void {
    if (this.#willLookPast || this.#options.atOnce === 1) return;
    this.#willLookPast = true;
    setImmediate(() => {
      this.#willLookPast = false;
      this.#goOn(true);
    });
  }

  #mayBegin(turn: Turn, past: boolean): boolean {
    if (turn.index === this.#first) return true;
    if (!past || !turn.step.needs.every((id) => this.#ended.has(id))) return false;
    return !waitsForOther(turn, this.#turns, this.#options.system);
  }

  async #begin(turn: Turn): Promise<void> {
    turn.state = 'working';
    this.#begun += 1;
    try {
      turn.end(await this.#options.work(turn), this.#options.isOver());
      this.#ended.add(turn.step.id);
      if (turn.stops) this.#endAt(turn.index + 1);
      if (this.#broken === undefined) this.#telling.tellEnds();
    } catch (error) {
      turn.state = 'ended';
      if (!turn.isGivenUp) this.#break(error);
    }
    this.#begun -= 1;
    this.#goOn();
  }

  #endAt(index: number): void {
    this.#end = Math.min(this.#end, index);
    for (const turn of this.#turns.slice(index)) if (!turn.changes) turn.giveUp();
  }

  #break(error: unknown): void {
    this.#broken ??= { error };
    this.#end = 0;
    for (const turn of this.#turns) turn.giveUp();
  }
}
