/** The log of a boot on a terminal, with the steps that last below it, drawn anew as they go on. */
import { every } from '../engine/progress-meter.ts';
import { printable } from '../text/printable.ts';
import { plainLog } from './boot-log.ts';
import type { EventView, Renderer, StepProgress } from './event-view.ts';
import type { Level } from './level.ts';
import type { Paint } from './paint.ts';
import { progressForms, showElapsed } from './show-progress.ts';
import { widthOf } from './wrap.ts';

/** A step is drawn once it has lasted so long, in milliseconds. */
const LASTS = 300;

/** How often what is drawn may change, in milliseconds. */
const INTERVAL = 100;

/** More steps than these are not drawn: what is drawn must never fill the screen. */
const MOST = 8;

const STATE = 'running';

/** A terminal. */
interface Screen {
  write(text: string): void;
  /** How wide it is now. */
  readonly columns: number;
}

/** What tells the time. */
export interface Clock {
  /** In milliseconds since some moment. */
  now(): number;
  /** Acts again and again until the function that it returns is called. */
  every(interval: number, act: () => void): () => void;
}

/** The clock of this process. */
export const realClock: Clock = { now: () => Date.now(), every };

interface LiveOptions {
  readonly least: Level;
  readonly paint: Paint;
  readonly clock?: Clock;
}

/** A step that runs. */
interface RunningStep {
  readonly began: number;
  progress?: StepProgress;
}

/**
 * Logs a boot on a terminal: a line for each step that has changed something, warnings, and the
 * end. Those are written once. Only the steps that run are drawn anew, below, and only where they
 * last. The cursor stays as it is, whatever ends this process.
 */
export function liveLog(
  screen: Screen,
  { least, paint, clock = realClock }: LiveOptions,
): Renderer {
  const running = new Map<string, RunningStep>();
  let drawn: readonly string[] = [];
  let stop: (() => void) | undefined;

  const erasing = (): string => (drawn.length === 0 ? '' : `\u001b[${drawn.length}A\r\u001b[J`);

  const log = plainLog(
    {
      isTTY: true,
      write(text) {
        const erase = erasing();
        drawn = [];
        screen.write(erase + text);
      },
    },
    { least, steps: 'brief', paint },
  );

  const draw = (): void => {
    const now = clock.now();
    const columns = Math.max(1, screen.columns - 1);
    const lines = [...running]
      .filter(([, { began }]) => now - began >= LASTS)
      .slice(0, MOST)
      .map(([id, step]) => lineOf(id, step, now, columns));
    if (lines.length === drawn.length && lines.every((line, at) => line === drawn[at])) return;
    const erase = erasing();
    drawn = lines;
    screen.write(erase + lines.map((line) => `${painted(line, paint)}\n`).join(''));
  };

  const end = (): void => {
    running.clear();
    draw();
    stop?.();
    stop = undefined;
  };

  return {
    show(event: EventView) {
      if (event.type === 'boot-started') stop = clock.every(INTERVAL, draw);
      if (event.type === 'step-started') running.set(event.step, { began: clock.now() });
      if (event.type === 'progress') {
        // Of a step beside the first one, nothing else is told before the first has ended.
        const step = running.get(event.step) ?? { began: clock.now() - event.elapsed };
        step.progress = event;
        running.set(event.step, step);
        draw();
        return;
      }
      if (event.type === 'step-finished') running.delete(event.step);
      if (event.type === 'boot-finished') end();
      log.show(event);
      draw();
    },
    async finish() {
      end();
      await log.finish();
    },
  };
}

function lineOf(
  id: string,
  { began, progress }: RunningStep,
  now: number,
  columns: number,
): string {
  const elapsed = now - began;
  const time = showElapsed(elapsed);
  const forms = progress === undefined ? [time] : progressForms({ ...progress, elapsed });
  const start = printable(`${STATE}  ${id}  `);
  const lines = forms.map((form) => start + printable(form));
  return lines.find((line) => widthOf(line) <= columns) ?? lines.at(-1)?.slice(0, columns) ?? '';
}

function painted(line: string, paint: Paint): string {
  return paint.change(line.slice(0, STATE.length)) + line.slice(STATE.length);
}
