/** The log of a boot: what each event says, on one line each, and when it is written. */
import { unreachable } from '../errors/problem.ts';
import { printable } from '../text/printable.ts';
import { counted, showDuration, timestampOf } from '../text/phrases.ts';
import { showRefusal, type InputView } from './boot-view.ts';
import type {
  BootFinished,
  CauseFound,
  EventView,
  Renderer,
  StepFinished,
  StepProgress,
} from './event-view.ts';
import { FAILURE_LEVELS, matters, PRINTED_LEVELS, type Level } from './level.ts';
import { plainPaint, type Output, type Paint } from './paint.ts';
import { nextDue, progressForms } from './show-progress.ts';
import { problemLines, showCause } from './step-view.ts';
import { WIDTH, widthOf } from './wrap.ts';

/** A line of the log. */
export interface LogLine {
  readonly level: Level;
  readonly text: string;
}

/** What is made anew at each start of a container: the directory does not outlive it. */
const ANEW = '/run/';

/** A step that takes at least this share of a boot is named in its last line. */
const NAMED_SHARE = 0.5;

/** In milliseconds; a shorter step is not named. */
const NAMED_DURATION = 10;

/** How a log is written. */
interface LogOptions {
  /** Lines that matter less are left out; `info` unless said. */
  readonly least?: Level;
  /** A line for each change, unless one for each step that has changed something is enough. */
  readonly steps?: 'brief';
  readonly paint?: Paint;
}

/**
 * Writes the log of a boot. The opening line waits until something else is written, so that a
 * boot with nothing to do is one line. What a step makes anew in /run, as at every start, is one
 * line.
 */
export function plainLog(output: Output, options: LogOptions = {}): Renderer {
  const { least = 'info', steps, paint } = options;
  let held: readonly LogLine[] = [];
  const due = new Map<string, number>();
  const anew = new Map<string, LogLine[]>();
  /** First after a while, and then at growing intervals, to keep the log short. */
  const isDue = ({ step, elapsed }: StepProgress): boolean => {
    if (elapsed < (due.get(step) ?? nextDue(0))) return false;
    due.set(step, nextDue(elapsed));
    return true;
  };
  const write = (lines: readonly LogLine[]): void => {
    for (const { level, text } of lines) {
      if (matters(level, least)) writeLog(output, level, text, paint);
    }
  };
  const linesOf = (event: EventView): readonly LogLine[] => {
    const lines = logLines(event);
    if (least === 'debug') return lines;
    if (event.type === 'change-made') {
      if (steps === 'brief') return [];
      if (!event.change.path.startsWith(ANEW)) return lines;
      anew.set(event.step, [...(anew.get(event.step) ?? []), ...lines]);
      return [];
    }
    if (event.type !== 'step-finished') return lines;
    if (steps === 'brief') return [...lines, ...brief(event)];
    const made = anew.get(event.step) ?? [];
    anew.delete(event.step);
    if (made.length < 2) return [...made, ...lines];
    const text = `${counted(made.length, 'change')} in /run, which is new at each start`;
    return [line('info', event.step, text), ...lines];
  };
  return {
    show(event) {
      if (event.type === 'progress' && !isDue(event)) return;
      const lines = linesOf(event);
      if (event.type === 'boot-started' && lines.length === 1) {
        held = lines;
        return;
      }
      if (lines.length === 0) return;
      const isQuiet = event.type === 'boot-finished' && event.converged && event.result === 'done';
      if (!isQuiet) write(held);
      held = [];
      write(lines);
    },
    finish: () => Promise.resolve(),
  };
}

/** The end of a step that has changed something, where the log does not name each change. */
function brief({ step, made, duration }: StepFinished): LogLine[] {
  if (made === 0) return [];
  return [line('info', step, `${counted(made, 'change')} in ${showDuration(duration)}`)];
}

/** A line of a log of JSON documents that belongs to no event. */
export interface LogDocument {
  /** The version of the document. */
  readonly version: 1;
  /** Which document it is. */
  readonly type: 'log';
  /** When it was written, in UTC. @format date-time */
  readonly time: string;
  /** How much it matters. */
  readonly level: Level;
  /** What it says. */
  readonly text: string;
}

/** Writes a line, every character of it printable: `hermes-boot: info: identity: ...`. */
export function writeLog(output: Output, level: Level, text: string, paint = plainPaint): void {
  if (output.lines === 'json') {
    const time = timestampOf(new Date());
    const document: LogDocument = { version: 1, type: 'log', time, level, text };
    output.write(`${JSON.stringify(document)}\n`);
    return;
  }
  const shown = `hermes-boot: ${PRINTED_LEVELS[level]}: ${printable(text)}`;
  output.write(`${BRUSHES[level](shown, paint)}\n`);
}

const BRUSHES: Readonly<Record<Level, (text: string, paint: Paint) => string>> = {
  debug: (text, paint) => paint.faint(text),
  info: (text) => text,
  warn: (text, paint) => paint.warning(text),
  error: (text, paint) => paint.error(text),
};

/** What an event says in the log; nothing, most of the time. */
export function logLines(event: EventView): LogLine[] {
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
      if (event.logged !== undefined) {
        const mark = event.logged === 'printed' ? '| ' : '';
        return [line('info', event.step, `${mark}${event.text}`)];
      }
      return event.severity === 'warning' ? [line('warn', event.step, event.text)] : [];
    case 'progress':
      return [line('info', event.step, progressForms(event)[0])];
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

/** The home and the inputs that somebody has set, as far as they fit on a line. */
function opening(plan: string, steps: number, inputs: readonly InputView[]): string {
  const [home, ...others] = inputs.filter(({ value }) => value !== null);
  const decided = [
    // The home is shown even if nobody has set it.
    ...(home === undefined ? [] : [`${home.name} ${String(home.value)}`]),
    ...others.flatMap(({ name, value, source }) =>
      'variable' in source ? [`${name} ${String(value)} from ${source.variable}`] : [],
    ),
  ];
  let text = `${plan}: ${counted(steps, 'step')}`;
  for (const part of decided) {
    if (widthOf(`hermes-boot: info: ${text}, ${part}`) <= WIDTH) text += `, ${part}`;
  }
  return text;
}

function causeLines({ cause, onFailure }: CauseFound): LogLine[] {
  const [first = '', ...rest] = cause.mend;
  const lines = [showCause(cause), `Effect: ${cause.effect}`, `Fix: ${first}`, ...rest];
  return lines.map((text) => ({ level: FAILURE_LEVELS[onFailure], text }));
}

function failure({ step, status, why, problem, onFailure, changes }: StepFinished): LogLine[] {
  const level = FAILURE_LEVELS[onFailure];
  if (problem?.cause) {
    if (status === 'failed' && problem.found === showCause(problem.cause)) return [];
    const lost = `${counted(changes, 'change')} not made: ${problem.cause.found}`;
    return [line(level, step, status === 'blocked' ? lost : problem.found)];
  }
  if (problem !== null) return problemLines(problem).map((text) => line(level, step, text));
  return status === 'failed' ? [line(level, step, why)] : [];
}

function ending(event: BootFinished): LogLine {
  const { plan, result, converged, degradedBy, stoppedBy, unreached } = event;
  const took = showDuration(event.duration);
  const work = `${event.changes === 0 ? 'no change' : counted(event.changes, 'change')} in ${took}`;
  switch (result) {
    case 'done': {
      const nothing = `nothing to do (${counted(event.steps, 'step')}, ${took})`;
      return line('info', plan, converged ? nothing : `done, ${work}${slowest(event)}`);
    }
    case 'degraded':
      return line('warn', plan, `degraded by ${degradedBy.join(', ')}; ${work}${slowest(event)}`);
    case 'interrupted':
    case 'stopped': {
      const at = stoppedBy === null ? '' : ` at ${stoppedBy}`;
      const rest = unreached === 0 ? '' : `; ${counted(unreached, 'step')} not reached`;
      return line('error', plan, `${result}${at}, ${work}${rest}`);
    }
    default:
      return unreachable(result);
  }
}

function slowest({ slowest: step, duration }: BootFinished): string {
  if (step === null || step.duration < NAMED_DURATION) return '';
  if (step.duration < duration * NAMED_SHARE) return '';
  return ` (${step.step} ${showDuration(step.duration)})`;
}
