/** The plan output at its shortest, a letter and a path a line; and what letters, marks and numbers mean. */
import type { PlanView } from './boot-view.ts';
import type { Paint } from './paint.ts';
import type { ChangeView, StepView } from './step-view.ts';
import { pageWidth, widthOf, wrap } from './wrap.ts';

/**
 * How much of a plan is shown: a letter and a path a line, the changes, the reasons too, or one step
 * in full.
 */
export type Detail = 'short' | 'changes' | 'reasons' | { readonly step: string };

// eslint-disable-next-line no-control-regex -- what colours are made of
const COLOURS = /\u001b\[\d+m/g;

/** What a letter says, in the order of the legend. */
const LETTERS = {
  A: 'new',
  M: 'changed',
  D: 'removed',
  V: 'moved',
  O: 'owner',
  P: 'mode',
  X: 'runs',
} as const;

type Letter = keyof typeof LETTERS;

/** The letter of each kind of change; of the kinds without one, whether something was there decides. */
const LETTER_OF: Readonly<Record<ChangeView['kind'], Letter | 'A or M'>> = {
  directory: 'A',
  file: 'A or M',
  mode: 'P',
  owner: 'O',
  'tree-owner': 'O',
  removal: 'D',
  'tree-removal': 'D',
  'tree-copy': 'A or M',
  move: 'V',
  slot: 'A',
  log: 'M',
  account: 'A or M',
  group: 'A or M',
  envdir: 'A or M',
  command: 'X',
  stamp: 'A or M',
  ids: 'A or M',
};

function letterOf({ kind, from }: ChangeView): Letter {
  const letter = LETTER_OF[kind];
  if (letter !== 'A or M') return letter;
  return from === null ? 'A' : 'M';
}

/** What changes, a letter and a path a line. */
export function changedPaths(steps: readonly StepView[], paint: Paint): string[] {
  const lines = steps
    .filter(({ status }) => status === 'changes')
    .flatMap(({ changes }) => changes)
    .map((change) => `${letterOf(change)} ${nameOf(change)}`);
  return [...new Set(lines)].map((line) => paint.change(line));
}

function nameOf({ kind, path, subject, effect, recursive }: ChangeView): string {
  if (kind === 'command') return effect;
  const name = kind === 'account' || kind === 'group' ? `${path} ${subject}` : path;
  return recursive ? `${name}/` : name;
}

/** What a mark at the beginning of a line says, in the order of the legend. */
const MEANINGS = {
  '~': 'would change something',
  x: 'fails',
  '!': 'warning, or blocked',
  '?': 'cannot be told',
  '-': 'skipped, switched off or accepted',
  '=': 'nothing to do',
} as const;

/** A mark that the legend explains. */
export type Mark = keyof typeof MEANINGS;

/** The meaning of the marks or letters of a text, and of the numbers of incidents in it. */
export function legendOf(views: readonly PlanView[], text: string, detail: Detail): string[] {
  const signs = Object.entries(detail === 'short' ? { ...LETTERS, ...MEANINGS } : MEANINGS);
  const plain = text.replace(COLOURS, '');
  const used = signs.filter(([sign]) => isUsed(sign, plain));
  // Lines that begin with these say in words what they are.
  const isPlain = used.every(([sign]) => sign === '=' || sign === '-');
  return [
    ...(isPlain || typeof detail === 'object' ? [] : asLines(used)),
    ...trackers(views, plain),
  ];
}

function isUsed(sign: string, text: string): boolean {
  return text
    .split('\n')
    .some((line) => line.startsWith(`${sign} `) || line.startsWith(`  ${sign} `));
}

/** Signs with their meanings, as many in a line as fit. */
function asLines(entries: readonly (readonly [string, string])[]): string[] {
  const lines: string[] = [];
  for (const [sign, meaning] of entries) {
    const entry = `${sign} ${meaning}`;
    const last = lines.pop();
    if (last === undefined) lines.push(entry);
    else if (widthOf(last) + 3 + widthOf(entry) <= pageWidth()) lines.push(`${last}   ${entry}`);
    else lines.push(last, entry);
  }
  return lines;
}

/** Where the numbers of incidents lead, with the first of them as the example. */
function trackers(views: readonly PlanView[], text: string): string[] {
  const [, number] = /(?<![\w/])#(\d+)/.exec(text) ?? [];
  if (number === undefined) return [];
  const addresses = new Set(views.flatMap(({ tracker }) => tracker ?? []));
  return [...addresses].flatMap((address) => wrap('', `#${number} is ${address}/${number}`, 2));
}
