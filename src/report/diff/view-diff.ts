/**
 * What the files of a world would become, as plain data without secrets: one entry for each path, with
 * what it is in the end, whichever steps and plans change it.
 */
import { Problem } from '../../errors/problem.ts';
import { sameOwner, showMode, showOwner, type Present } from '../../system/entry.ts';
import type { OverlayTree } from '../../system/overlay.ts';
import type { RawEntry } from '../../system/tree.ts';
import type { Redactor } from '../redact.ts';
import { linesOf, type ShownLines } from './file-lines.ts';
import { MaskedTexts } from './masked-texts.ts';
import type { Simulation } from './public-texts.ts';
import { sidesOf } from './sides.ts';
import { ToldChanges, type Told } from './told-changes.ts';
import { byComponents, WorldDifference, type ChangedPath } from './world-difference.ts';

/** What becomes of one path. */
export interface DiffEntry extends Told, ShownLines {}

/** What the files of a world would become. */
export interface DiffView {
  /** Sorted by path: a reader looks for a file, and several steps may change the same one. */
  readonly entries: readonly DiffEntry[];
  /** The commands that would be run; what they change is not known. */
  readonly commands: readonly string[];
}

/**
 * Views what dry runs would make of the files of a world.
 * @param simulations in their order, each in the world that the one before it leaves
 * @param full whether all lines are wanted, and all files of copied trees
 */
export function viewDiff(
  simulations: readonly Simulation[],
  redactor: Redactor,
  full: boolean,
): DiffView {
  const [first, ...others] = simulations.map(({ world }) => world.overlay);
  if (first === undefined) return { entries: [], commands: [] };
  const overlays: readonly [OverlayTree, ...OverlayTree[]] = [first, ...others];
  const worlds = new WorldDifference(overlays);
  const made = simulations.flatMap(({ report }) =>
    report.steps.flatMap((step) => step.changes.slice(0, step.made)),
  );
  const told = new ToldChanges(made, worlds);
  const changed = worlds.changed((path) => {
    const tree = told.treeAround(path);
    // What is moved stays the same, so that its files say nothing new.
    return !told.isTold(path) && (tree === undefined || (full && tree.verb !== 'moved'));
  });
  const found = changed.map((change) => ({ ...change, sides: sidesOf(change, worlds) }));
  const texts = new MaskedTexts(simulations, redactor);
  for (const { path, sides } of found) {
    for (const side of sides) if (side?.kind === 'text') texts.learn(path, side.text);
  }
  const files = found.map(({ sides, ...change }): DiffEntry => {
    const { path } = change;
    const record = told.records.get(path);
    const isMade = told.treeAround(path)?.isMade === true;
    const lines = linesOf({ path, sides, full, texts, record, isMade });
    const note = told.notes.get(path);
    const notes = note === undefined ? lines.notes : [...lines.notes, note];
    return { ...headOf(change), ...lines, notes };
  });
  const trees = [...told.trees, ...told.owners].map(({ path, verb, what }): DiffEntry => {
    return { path, verb, what, notes: [], hunks: [], left: 0 };
  });
  const entries = [...files, ...trees].sort((a, b) => byComponents(a.path, b.path));
  return redactor.document({ entries, commands: told.commands });
}

function headOf({ path, before, after }: ChangedPath): Told {
  if (before instanceof Problem) return { path, verb: 'changed', what: rightsOf(after) };
  if (before.type === 'missing') return { path, verb: 'new', what: showEntry(after) };
  if (after.type === 'missing') return { path, verb: 'removed', what: showEntry(before) };
  if (before.type !== after.type) {
    return { path, verb: 'changed', what: `${showEntry(before)} -> ${showEntry(after)}` };
  }
  const type = after.type === 'file' ? '' : `${after.type} `;
  return { path, verb: 'changed', what: `${type}${difference(before, after)}` };
}

/** Mode and owner of both sides, each once where it stays: `mode 0644 -> 0600, owner 1000:1000`. */
function difference(before: Present, after: Present): string {
  const mode = [before, after].map(({ stat }) => showMode(stat.mode));
  const owner = [before, after].map(({ stat }) => showOwner(stat));
  const isSameMode = mode[0] === mode[1] || after.type === 'link';
  if (isSameMode && sameOwner(before.stat, after.stat)) return rightsOf(after);
  const shown = (what: string, same: boolean, sides: readonly string[]): string =>
    same ? (sides[1] ?? '') : `${what} ${sides.join(' -> ')}`;
  const parts = [
    shown('mode', isSameMode, mode),
    shown('owner', sameOwner(before.stat, after.stat), owner),
  ];
  return parts.join(', ');
}

function showEntry(entry: RawEntry): string {
  if (entry.type === 'missing') return 'nothing';
  const to = entry.type === 'link' ? ` to ${entry.target}` : '';
  return `${entry.type}${to} ${rightsOf(entry)}`;
}

function rightsOf(entry: RawEntry): string {
  if (entry.type === 'missing') return '';
  const owner = showOwner(entry.stat);
  return entry.type === 'link' ? owner : `${showMode(entry.stat.mode)} ${owner}`;
}
