/** Draws boots as a timeline: one SVG that needs nothing else and can be read in light and dark. */
import { showDuration } from '../text/phrases.ts';
import { mapStrings, printable } from '../text/printable.ts';
import { PART_NAMES, type Analysis, type Bar, type StepBar } from './analysis.ts';

/** All in pixels, at a width of 900, which fits a page. */
const WIDTH = 900;
const LEFT = 206;
const RIGHT = 888;
const ROW = 22;
const BAR_HEIGHT = 14;
const TOP = 64;
const HEADING = 34;
const BOTTOM = 46;

/** A bar that would be narrower is drawn as wide as this, so that it can be seen. */
const NARROWEST = 2;

/** How wide a letter is at most, to tell on which side of its bar a text has room. */
const LETTER = 7;

/** In characters; the whole name is in the tooltip. */
const LONGEST_NAME = 27;
const LONGEST_PLAN = 60;

/** Into how many parts the time is cut at most. */
const MOST_TICKS = 8;

/** What a bar is, each with a colour of its own. */
const KINDS = {
  program: 'hermes-boot itself',
  step: 'step',
  changed: 'step with changes',
  failed: 'step that failed',
  lock: 'waiting for a lock',
} as const;

type Kind = keyof typeof KINDS;

/** A row of the drawing. */
interface Row extends Bar {
  readonly name: string;
  readonly kind: Kind;
  readonly critical: boolean;
  /** What the tooltip says besides times. */
  readonly more: string;
}

const STYLE = `
svg { --back: #ffffff; --text: #1f2328; --soft: #59636e; --line: #d1d9e0; --program: #8c959f;
  --step: #85b6f0; --changed: #0969da; --failed: #cf222e; --lock: #bf8700;
  font: 13px system-ui, sans-serif; }
@media (prefers-color-scheme: dark) {
  svg { --back: #0d1117; --text: #e6edf3; --soft: #9198a1; --line: #30363d; --program: #6e7681;
    --step: #2f6db5; --changed: #79c0ff; --failed: #f85149; --lock: #d29922; }
}
.back { fill: var(--back); }
text { fill: var(--text); paint-order: stroke; stroke: var(--back); stroke-width: 4px; }
.soft { fill: var(--soft); font-size: 12px; }
.head { font-weight: 600; font-size: 14px; }
.title { font-weight: 600; font-size: 17px; }
.grid { stroke: var(--line); }
.program { fill: var(--program); }
.step { fill: var(--step); }
.changed { fill: var(--changed); }
.failed { fill: var(--failed); }
.lock { fill: var(--lock); }
.critical { font-weight: 700; }
`;

/**
 * Draws boots below each other on one line of time. What the container did between two plans is
 * left out: it is not known.
 */
export function timelineSvg(analyses: readonly Analysis[]): string {
  const shown = analyses.map((one) => mapStrings(one, drawable));
  const total = shown.reduce((sum, { took }) => sum + extentOf(took), 0);
  const scale = (RIGHT - LEFT) / Math.max(total, 0.1);
  const x = (time: number): number => LEFT + time * scale;
  let y = TOP;
  let passed = 0;
  const drawn: string[] = [];
  for (const analysis of shown) {
    const { plan, result, took } = analysis;
    const head = `${cut(plan, LONGEST_PLAN)}: ${showDuration(took)}, ${result}`;
    drawn.push(text(12, y + 20, 'head', head));
    y += HEADING;
    for (const row of rowsOf(analysis)) {
      drawn.push(rowSvg(row, y, (time) => x(passed + Math.min(time, extentOf(took)))));
      y += ROW;
    }
    passed += extentOf(took);
  }
  const height = y + BOTTOM;
  const title = `Where the time of the boot went: ${showDuration(total)}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title desc">
<title id="title">${escaped(title)}</title>
<desc id="desc">${escaped(shown.map(describe).join(' '))}</desc>
<style>${STYLE}</style>
<rect class="back" width="${WIDTH}" height="${height}"/>
${text(12, 28, 'title', title)}
${ticks(total, y, x).join('\n')}
${drawn.join('\n')}
${legend(shown, y + 26).join('\n')}
</svg>
`;
}

/** The time that the drawing gives to a boot: never none, so that each has its place. */
function extentOf(took: number): number {
  return Math.max(took, 0.1);
}

function rowsOf({ parts, lock, steps }: Analysis): Row[] {
  const rows = parts.flatMap((part): Row[] => {
    const row = { ...part, name: PART_NAMES[part.part], kind: 'program', critical: false } as const;
    if (part.part !== 'steps') return [{ ...row, more: '' }];
    // Without the times of its steps all of it is one bar.
    return steps.length === 0 ? [{ ...row, kind: 'step', more: '' }] : steps.map(stepRow);
  });
  if (lock === null || lock.duration < 1) return rows;
  const waited: Row = { ...lock, name: PART_NAMES.lock, kind: 'lock', critical: false, more: '' };
  const at = rows.findIndex(({ began }) => began > lock.began);
  return rows.toSpliced(at === -1 ? rows.length : at, 0, waited);
}

function stepRow({ step, status, critical, ...bar }: StepBar): Row {
  const more = [status ?? [], critical ? 'on the critical path' : []].flat().join(', ');
  return { ...bar, name: step, kind: kindOf(status), critical, more };
}

function kindOf(status: string | null): Kind {
  if (status === 'failed' || status === 'blocked') return 'failed';
  return status === 'changes' ? 'changed' : 'step';
}

function rowSvg(row: Row, y: number, x: (time: number) => number): string {
  const { name, kind, critical, began, ended, duration, more } = row;
  const left = Math.min(x(began), RIGHT - NARROWEST);
  const right = Math.max(x(ended), left + NARROWEST);
  const label = showDuration(duration);
  const room = label.length * LETTER + 6;
  const beside =
    right + room <= RIGHT
      ? text(right + 6, y + 15, 'soft', label)
      : text(Math.max(left, LEFT + room) - 6, y + 15, 'soft', label, 'end');
  const times = `${name}: ${label}, from ${showDuration(began)} to ${showDuration(ended)}`;
  const rect = `<rect class="bar ${kind}" x="${px(left)}" y="${px(y + 4)}" width="${px(right - left)}" height="${BAR_HEIGHT}" rx="2"/>`;
  const tooltip = escaped(more === '' ? times : `${times}; ${more}`);
  const style = critical ? 'name critical' : 'name';
  return `<g><title>${tooltip}</title>${text(LEFT - 10, y + 15, style, cut(name, LONGEST_NAME), 'end')}${rect}${beside}</g>`;
}

/** Lines at round times. */
function ticks(total: number, bottom: number, x: (time: number) => number): string[] {
  const step = roundStep(Math.max(total, 0.1) / MOST_TICKS);
  const times: number[] = [];
  for (let time = 0; time <= total; time += step) times.push(time);
  return times.map((time) => {
    const at = px(x(time));
    const anchor = x(time) + 4 * LETTER > RIGHT ? 'end' : 'middle';
    const line = `<line class="grid" x1="${at}" y1="${TOP - 8}" x2="${at}" y2="${bottom}"/>`;
    return `${line}${text(x(time), TOP - 14, 'soft', time === 0 ? '0' : showDuration(time), anchor)}`;
  });
}

/** The next 1, 2 or 5 times a power of ten. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return ([1, 2, 5].find((one) => one * power >= least) ?? 10) * power;
}

/** What the colours mean that are in the drawing. */
function legend(analyses: readonly Analysis[], y: number): string[] {
  const rows = analyses.flatMap(rowsOf);
  const kinds = Object.entries(KINDS).filter(([kind]) => rows.some((row) => row.kind === kind));
  let x = 12;
  const drawn = kinds.map(([style, meaning]) => {
    const rect = `<rect class="${style}" x="${px(x)}" y="${px(y - 10)}" width="14" height="12" rx="2"/>`;
    const entry = rect + text(x + 20, y, 'soft', meaning);
    x += 20 + meaning.length * LETTER + 14;
    return entry;
  });
  if (!rows.some(({ critical }) => critical)) return drawn;
  return [...drawn, text(x, y, 'soft critical', 'bold: critical path')];
}

/** The same in words, for who cannot see it. */
function describe({ plan, result, took, parts, slowest }: Analysis): string {
  const shares = parts.map(({ part, duration }) => `${PART_NAMES[part]} ${showDuration(duration)}`);
  const slow = slowest.slice(0, 3).map(({ step, duration }) => `${step} ${showDuration(duration)}`);
  const end = slow.length === 0 ? '' : ` Slowest steps: ${slow.join(', ')}.`;
  return `${plan}: ${showDuration(took)}, ${result}: ${shares.join(', ')}.${end}`;
}

function text(x: number, y: number, style: string, content: string, anchor = 'start'): string {
  const at = anchor === 'start' ? '' : ` text-anchor="${anchor}"`;
  return `<text class="${style}" x="${px(x)}" y="${px(y)}"${at}>${escaped(content)}</text>`;
}

function cut(name: string, longest: number): string {
  // By characters: half of one cannot be written.
  const characters = Array.from(name);
  return characters.length > longest ? `${characters.slice(0, longest - 1).join('')}…` : name;
}

function px(value: number): string {
  return String(Number(value.toFixed(1)));
}

/** A text without what XML has no way to write. */
function drawable(content: string): string {
  return printable(content).replace(/[\uFFFE\uFFFF]/g, '?');
}

function escaped(content: string): string {
  return content
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
