import { unreachable } from '../errors/problem.ts';
import { plural, showDuration } from './format.ts';
import { showRefusal } from './input-view.ts';
import type { InputView } from './input-view.ts';
import { showCount } from '../text/count.ts';
import { printable } from '../text/printable.ts';
import type { BootFinished, CauseFound, RunEvent, StepFinished } from './run-event.ts';
import { problemLines, showCause } from './step-view.ts';
import { WIDTH, widthOf } from './wrap.ts';

/** How much a line of the log matters, in the words of s6. */
export type Level = 'info' | 'warn' | 'fatal';

/** A line of the log. */
export interface LogLine {
  readonly level: Level;
  readonly text: string;
}

/** How far a step is. */
type ProgressMade = Pick<Extract<RunEvent, { type: 'progress' }>, 'looked' | 'changed' | 'elapsed'>;

/** A step that takes at least this share of a boot is named in its last line. */
const TELLING_SHARE = 0.5;

/** In milliseconds; what is quicker needs no explanation. */
const TELLING_DURATION = 10;

/** A line as it is written, every character of it printable: `hermes-boot: info: identity: …`. */
export function showLine({ level, text }: LogLine): string {
  return `hermes-boot: ${level}: ${printable(text)}\n`;
}

/** What an event says in the log; nothing, most of the time. */
export function logLines(event: RunEvent): LogLine[] {
  switch (event.type) {
    case 'boot-started':
      return [
        { level: 'info', text: opening(event.plan, event.steps.length, event.inputs) },
        ...event.inputs.flatMap(({ name, refused }) =>
          refused ? [line('warn', name, showRefusal(refused))] : [],
        ),
      ];
    case 'lock':
      return [line(event.severity === 'warning' ? 'warn' : 'info', 'home', event.text)];
    case 'step-started':
      return [];
    case 'note':
      return event.severity === 'warning' ? [line('warn', event.step, event.text)] : [];
    case 'progress':
      return [line('info', event.step, showProgress(event))];
    case 'change-made':
      return [line('info', event.step, `${event.change.subject} ${event.change.effect}`)];
    case 'cause-found':
      return causeLines(event);
    case 'step-finished':
      return failure(event);
    case 'boot-finished':
      return [ending(event)];
    default:
      return unreachable(event);
  }
}

function line(level: Level, subject: string, text: string): LogLine {
  return { level, text: `${subject}: ${text}` };
}

/** What decides a boot, as far as it fits a line: where it happens, and what was asked for. */
function opening(plan: string, steps: number, inputs: readonly InputView[]): string {
  const [home, ...others] = inputs.flatMap((input) => (input.value === null ? [] : [input]));
  const decided = [
    // Where the boot happens is worth a word even when nobody chose it.
    ...(home === undefined ? [] : [`${home.name} ${String(home.value)}`]),
    ...others.flatMap(({ name, value, source }) =>
      'variable' in source ? [`${name} ${String(value)} from ${source.variable}`] : [],
    ),
  ];
  let text = `${plan}: ${plural(steps, 'step')}`;
  for (const part of decided) {
    if (widthOf(`hermes-boot: info: ${text}, ${part}`) <= WIDTH) text += `, ${part}`;
  }
  return text;
}

/** How far a step is: `41,200 entries looked at, 12,310 changed, 38 s`. */
export function showProgress({ looked, changed, elapsed }: ProgressMade): string {
  const parts = [`${showCount(looked)} entries looked at`];
  if (changed > 0) parts.push(`${showCount(changed)} changed`);
  return [...parts, showDuration(elapsed)].join(', ');
}

const FAILURE_LEVELS = { stop: 'fatal', degrade: 'warn', ignore: 'info' } as const;

function causeLines({ cause, onFailure }: CauseFound): LogLine[] {
  const [first = '', ...rest] = cause.mend;
  const lines = [showCause(cause), `Effect: ${cause.effect}`, `To mend: ${first}`, ...rest];
  return lines.map((text) => ({ level: FAILURE_LEVELS[onFailure], text }));
}

function failure({ step, status, why, problem, onFailure, ...counts }: StepFinished): LogLine[] {
  const level = FAILURE_LEVELS[onFailure];
  if (problem?.cause) {
    if (status === 'failed' && problem.found === showCause(problem.cause)) return [];
    const lost = `${plural(counts.changes, 'change')} not made: ${problem.cause.found}`;
    return [line(level, step, status === 'blocked' ? lost : problem.found)];
  }
  if (problem !== null) return problemLines(problem).map((text) => line(level, step, text));
  return status === 'failed' ? [line(level, step, why)] : [];
}

function ending(event: BootFinished): LogLine {
  const { plan, result, converged, steps, changes, duration } = event;
  const work = `${changes === 0 ? 'no change' : plural(changes, 'change')} in ${showDuration(duration)}`;
  switch (result) {
    case 'done':
      if (!converged) return line('info', plan, `done, ${work}${slowest(event)}`);
      return line(
        'info',
        plan,
        `nothing to do (${plural(steps, 'step')}, ${showDuration(duration)})`,
      );
    case 'degraded':
      return line(
        'warn',
        plan,
        `degraded by ${event.degradedBy.join(', ')}; ${work}${slowest(event)}`,
      );
    case 'stopped': {
      const at = event.stoppedBy === null ? '' : ` at ${event.stoppedBy}`;
      const rest = event.unreached === 0 ? '' : `; ${plural(event.unreached, 'step')} not reached`;
      return line('fatal', plan, `stopped${at}, ${work}${rest}`);
    }
    default:
      return unreachable(result);
  }
}

function slowest({ slowest: step, duration }: BootFinished): string {
  if (step === null || step.duration < TELLING_DURATION) return '';
  if (step.duration < duration * TELLING_SHARE) return '';
  return ` (${step.step} ${showDuration(step.duration)})`;
}
