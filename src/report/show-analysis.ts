/** Where the time of the last boots went, for people: `hermes-boot analyze`. */
import { counted, showAgo, showDuration } from '../text/phrases.ts';
import { mapStrings, printable } from '../text/printable.ts';
import { PART_NAMES, type Analysis } from './analysis.ts';
import type { Paint } from './paint.ts';
import { pad, pageWidth, widthOf, wrap } from './wrap.ts';

/** The width of a duration: `59 min 59 s`. */
const TIME = 9;

/** The width of a share: ` 100%`. */
const SHARE = 5;

/** Bars narrower than this say nothing, wider ones nothing more. */
const BAR = { least: 10, most: 40 };

/** A step that takes less of the critical path is not named there. */
const NAMED_SHARE = 0.05;

/** Wider names push their own line aside, not the column. */
const WIDEST_NAME = 24;

/**
 * Shows where the time of boots went.
 * @param now in milliseconds since the epoch
 */
export function renderAnalyses(analyses: readonly Analysis[], now: number, paint: Paint): string {
  const texts = analyses.map((one) => renderAnalysis(mapStrings(one, printable), now, paint));
  if (analyses.length < 2) return texts.join('');
  const took = analyses.reduce((sum, one) => sum + one.took, 0);
  return [...texts, `${paint.strong(`${analyses.length} plans: ${showDuration(took)}`)}\n`].join(
    '\n',
  );
}

function renderAnalysis(analysis: Analysis, now: number, paint: Paint): string {
  const { plan, result, ended, changes, took } = analysis;
  const many =
    changes === null ? '' : `, ${changes === 0 ? 'no change' : counted(changes, 'change')}`;
  const head = `${plan}: ${showDuration(took)}${many}, ${result}, ${showAgo(ended, now)}`;
  const sections = [
    wrap('', head, 2).map(paint.strong),
    partLines(analysis, paint),
    pathLines(analysis, paint),
    slowLines(analysis, paint),
  ];
  const filled = sections.filter((lines) => lines.length > 0);
  return `${filled.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** The parts of a boot with their share of it, and what it waited within its steps. */
function partLines({ parts, lock, took }: Analysis, paint: Paint): string[] {
  // What was free at once is no wait.
  const waited = lock === null || lock.duration < 1 ? [] : [lock];
  const rows = parts.flatMap(({ part, duration }) => [
    { name: PART_NAMES[part], duration },
    ...(part === 'steps' ? waited : []).map((one) => {
      return { name: `  ${PART_NAMES.lock}`, duration: one.duration };
    }),
  ]);
  const names = Math.max(...rows.map(({ name }) => name.length));
  const room = pageWidth() - 2 - names - TIME - SHARE - 2;
  return rows.map(({ name, duration }) => {
    const share = took === 0 ? 0 : Math.min(1, duration / took);
    const width = room < BAR.least ? 0 : Math.round(share * Math.min(BAR.most, room));
    const bar = width === 0 ? '' : `  ${paint.change('#'.repeat(width))}`;
    const percent = `${Math.round(share * 100)}%`.padStart(SHARE);
    return `  ${pad(name, names)}${time(duration)}${percent}${bar}`;
  });
}

function pathLines({ criticalPath: { duration, steps } }: Analysis, paint: Paint): string[] {
  if (steps.length === 0) return [];
  const head = `critical path, ${showDuration(duration)}: each needs the one before it`;
  const named = steps.filter((one) => one.duration >= duration * NAMED_SHARE);
  const rest = duration - named.reduce((sum, one) => sum + one.duration, 0);
  const others = { step: counted(steps.length - named.length, 'other step'), duration: rest };
  const shown = named.length === steps.length ? named : [...named, others];
  const names = Math.max(...shown.map(({ step }) => Math.min(WIDEST_NAME, widthOf(step))));
  const rows = shown.map(({ step, duration: took }) => `  ${pad(step, names)}${time(took)}`);
  return [...wrap('', head, 2).map(paint.faint), ...rows];
}

/** The slowest steps, beside as many boots before as fit. */
function slowLines({ slowest, before }: Analysis, paint: Paint): string[] {
  if (slowest.length === 0) return [];
  const head = 'slowest steps';
  const longest = Math.max(...slowest.map(({ step }) => widthOf(step)));
  const names = Math.max(head.length - 2, Math.min(WIDEST_NAME, longest));
  const fits = Math.max(0, Math.floor((pageWidth() - 2 - names - TIME - 2) / TIME));
  const shown = Math.min(before.length, fits);
  const title = shown === 1 ? 'before' : `the ${shown} before`;
  const columns = `${pad(head, names + 2)}${'last'.padStart(TIME)}`;
  const heading = shown === 0 ? head : `${columns}    ${title}`;
  const rows = slowest.map(({ step, duration, before: all }) => {
    const others = all
      .slice(0, shown)
      .map((one) => (one === null ? '-'.padStart(TIME) : time(one)));
    return `  ${pad(step, names)}${time(duration)}${shown === 0 ? '' : `  ${others.join('')}`}`;
  });
  return [paint.faint(heading), ...rows.map((row) => row.trimEnd())];
}

/** A duration in a column of its own: in front of it are two spaces at least, if it is not long. */
function time(duration: number): string {
  return `  ${showDuration(duration)}`.padStart(TIME);
}
