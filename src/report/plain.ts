import { logLines, showLine } from './log-lines.ts';
import type { Level, LogLine } from './log-lines.ts';
import type { Output } from './output.ts';
import type { Renderer } from './renderer.ts';
import type { RunEvent } from './run-event.ts';

const RANK: Readonly<Record<Level, number>> = { info: 0, warn: 1, fatal: 2 };

/** After which a step says in the log how far it is, in milliseconds. */
const FIRST_PROGRESS = 10_000;

/**
 * The log of a boot: one line an event. The opening line waits until there is something else to
 * tell, so that a boot with nothing to do is one line.
 * @param least lines that matter less are left out
 */
export function plainLog(output: Output, least: Level = 'info'): Renderer {
  let held: readonly LogLine[] = [];
  const due = new Map<string, number>();
  /** First after a while, and then at growing distances: a log is read later, by somebody tired. */
  const isDue = ({
    step,
    elapsed,
  }: {
    readonly step: string;
    readonly elapsed: number;
  }): boolean => {
    const at = due.get(step) ?? FIRST_PROGRESS;
    if (elapsed < at) return false;
    due.set(step, at * 2);
    return true;
  };
  const write = (lines: readonly LogLine[]): void => {
    for (const line of lines) {
      if (RANK[line.level] >= RANK[least]) output.write(showLine(line));
    }
  };
  return {
    show(event) {
      if (event.type === 'progress' && !isDue(event)) return;
      const lines = logLines(event);
      if (event.type === 'boot-started' && lines.length === 1) {
        held = lines;
        return;
      }
      if (lines.length === 0) return;
      if (!saysItAll(event)) write(held);
      held = [];
      write(lines);
    },
    finish: () => Promise.resolve(),
  };
}

function saysItAll(event: RunEvent): boolean {
  return event.type === 'boot-finished' && event.converged && event.result === 'done';
}
