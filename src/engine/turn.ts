import type { BootStep } from '../plan/plan.ts';
import type { TimeLimit } from './clock.ts';
import type { BootEvent } from './event.ts';
import type { Ground } from './ground.ts';
import type { StepReport } from './report.ts';

/** Ends the work on a step whose result counts no more; no problem and no bug. */
export class GivenUp extends Error {}

/** What a turn asks of the boot that it is part of. */
export interface Course {
  tell(index: number, event: BootEvent): void;
  /** Lets a step make changes; undefined where it may at once. */
  letChange(turn: Turn): Promise<void> | undefined;
}

/** How far a step has come. `held`: it knows its changes, and may not make them yet. */
export type TurnState = 'waiting' | 'working' | 'held' | 'ended';

/** A step on its way through a boot. */
export class Turn {
  readonly step: BootStep;
  /** Its place in the plan. */
  readonly index: number;
  readonly #course: Course;
  state: TurnState = 'waiting';
  report: StepReport | undefined;
  /** Whether its failure ends the boot. */
  stops = false;
  /** A step before it that it has to wait for, although it does not need it. */
  behind: Turn | undefined;
  /** Worked out when somebody asks whether it can be done beside others. */
  ground: Ground | undefined;
  #limit: TimeLimit | undefined;
  #changes = false;
  #isGivenUp = false;
  #wake: (() => void) | undefined;

  constructor(step: BootStep, index: number, course: Course) {
    this.step = step;
    this.index = index;
    this.#course = course;
  }

  /** Whether it has begun to change the world. */
  get changes(): boolean {
    return this.#changes;
  }

  /** Whether its result counts no more. */
  get isGivenUp(): boolean {
    return this.#isGivenUp;
  }

  /** Ends it with this report. @param isOver whether any failure stops the boot */
  end(report: StepReport, isOver: boolean): void {
    this.state = 'ended';
    this.report = report;
    this.stops = report.problem !== undefined && (this.step.onFailure === 'stop' || isOver);
  }

  /** Tells what the step does. */
  tell(event: BootEvent): void {
    this.#course.tell(this.index, event);
  }

  /** What the step does from here on has to be done by then. */
  within(limit: TimeLimit): TimeLimit {
    this.#limit = limit;
    return limit;
  }

  /**
   * Asks to make changes; undefined where they can be made at once.
   * @throws GivenUp
   */
  toChange(): Promise<void> | undefined {
    this.#check();
    return this.#changes ? undefined : this.#course.letChange(this);
  }

  /**
   * Is about to make a change.
   * @throws GivenUp
   */
  change(): void {
    this.#check();
    this.#changes = true;
  }

  /** Waits until it is woken. */
  async hold(): Promise<void> {
    this.state = 'held';
    await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#check();
  }

  /** Lets it go on. */
  wake(): void {
    this.state = 'working';
    this.#wake?.();
  }

  /** Ends it where nothing is half done: a look at once, changes before the next one. */
  giveUp(): void {
    this.#isGivenUp = true;
    if (!this.#changes) this.#limit?.cut();
    if (this.state === 'held') this.wake();
  }

  #check(): void {
    if (this.#isGivenUp) throw new GivenUp();
  }
}
