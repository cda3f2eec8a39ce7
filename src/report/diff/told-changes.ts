/**
 * What changes say of paths that are not shown line by line: copied, moved and removed trees, owners of
 * trees, records of ours, and commands, of which nobody knows what they change.
 */
import type { Change, TreeOwnerChange } from '../../changes/change.ts';
import { describeChange } from '../../changes/kinds.ts';
import { showExtent } from '../../changes/tree-owner.ts';
import { showOwner } from '../../system/entry.ts';
import { showRule } from '../../system/owner-rule.ts';
import { isWithin, parentOf } from '../../system/path.ts';
import type { RawEntry } from '../../system/tree.ts';
import type { Unknown } from './world-difference.ts';

/** What becomes of a path, as the first word of its line. */
export type Verb = 'new' | 'changed' | 'removed' | 'moved' | 'owner';

/** A line about a path. */
export interface Told {
  readonly path: string;
  readonly verb: Verb;
  readonly what: string;
}

/** A line about a whole tree, and whether it stands for all that is in it. */
interface ToldTree extends Told {
  /** The number of the change that it tells of. */
  readonly at: number;
  /** Set where all that is in it comes from the image, or from us. */
  readonly isMade?: true;
  /** Another tree that is gone with it. */
  readonly gone?: string;
}

/** The world before and after. */
interface Worlds {
  before(path: string): RawEntry | Unknown;
  after(path: string): RawEntry;
}

/** Sorts changes that were made by how they are shown. */
export class ToldChanges {
  /** The lines about copied, moved and removed trees. */
  readonly trees: readonly ToldTree[];
  /** The lines about owners of trees. */
  readonly owners: readonly Told[];
  /** What is written into records, by path. */
  readonly records: ReadonlyMap<string, string>;
  /** What should be known of other paths. */
  readonly notes: ReadonlyMap<string, string>;
  /** The commands, each as a line. */
  readonly commands: readonly string[];
  /** Paths in trees that were changed after the tree was made. */
  readonly #exposed: ReadonlyMap<string, number>;

  /** @param changes those that were made, in order */
  constructor(changes: readonly Change[], worlds: Worlds) {
    this.trees = changes.flatMap((change, at) => treeOf(change, at, worlds));
    this.owners = changes.flatMap((change) =>
      change.kind === 'tree-owner' ? [ownerOf(change)] : [],
    );
    const records = new Map<string, string>();
    const exposed = new Map<string, number>();
    const notes = new Map<string, string>();
    for (const [at, change] of changes.entries()) {
      if (!WHOLE.has(change.kind)) exposed.set(change.path, at);
      if (isRecord(change)) records.set(change.path, recordOf(change));
      else records.delete(change.path);
      if (change.kind === 'log') notes.set(change.path, 'TIME stands for the time of the run');
      for (const path of change.kind === 'command' ? change.restore : []) {
        notes.set(path, 'a command may change it, too: see the end');
      }
    }
    this.records = records;
    this.notes = notes;
    this.#exposed = exposed;
    const commands = changes.flatMap((change) =>
      change.kind === 'command' ? [describeChange(change).effect] : [],
    );
    this.commands = [...new Set(commands)];
  }

  /** Whether a line about a tree stands at a path, in place of its own. */
  isTold(path: string): boolean {
    return this.trees.some((tree) => tree.path === path || tree.gone === path);
  }

  /** The tree whose line stands for what is at a path, unless it was changed by itself later. */
  treeAround(path: string): ToldTree | undefined {
    const at = this.#exposed.get(path) ?? -1;
    return this.trees.findLast(
      (tree) =>
        at < tree.at &&
        (isWithin(path, tree.path) || (tree.gone !== undefined && isWithin(path, tree.gone))),
    );
  }
}

/** Changes of whole trees, which say nothing of a single path in them. */
const WHOLE: ReadonlySet<Change['kind']> = new Set([
  'tree-copy',
  'tree-removal',
  'tree-owner',
  'move',
  'slot',
  'command',
]);

function treeOf(change: Change, at: number, worlds: Worlds): ToldTree[] {
  const { path } = change;
  const isThere = (): boolean => worlds.after(path).type !== 'missing';
  switch (change.kind) {
    case 'tree-copy': {
      const { copy, label } = change;
      const of = `copy of ${copy.from}: ${label}, ${showOwner(copy.owner)}`;
      const told = copy.replaces
        ? ({ isMade: true, verb: 'changed', what: `replaced by a ${of}` } as const)
        : ({ isMade: true, verb: 'new', what: of } as const);
      return isThere() ? [{ path, at, ...told }] : [];
    }
    case 'slot': {
      const before = worlds.before(path);
      const isNew = 'type' in before && before.type === 'missing' && isThere();
      const what = `service directory: ${change.label}`;
      return isNew ? [{ path, at, isMade: true, verb: 'new', what }] : [];
    }
    case 'move':
      return isThere()
        ? [{ path, at, verb: 'moved', what: `from ${change.from}`, gone: change.from }]
        : [];
    case 'tree-removal': {
      const what = `directory with everything in it (${change.from})`;
      return isThere() ? [] : [{ path, at, verb: 'removed', what }];
    }
    default:
      return [];
  }
}

function ownerOf(change: TreeOwnerChange): Told {
  const { path, owners, rule } = change;
  const which = (rule.except ?? []).length === 0 ? '' : ' unlisted';
  const from = owners.map(showOwner).join(', ');
  const what = `${showExtent(change)}${which} entries ${from} -> ${showRule(rule)}`;
  return { path, verb: 'owner', what };
}

function isRecord(change: Change): boolean {
  if (change.kind === 'file') return change.record === true;
  return change.kind === 'stamp' || change.kind === 'ids';
}

function recordOf(change: Change): string {
  if (change.kind === 'file') return `a record of hermes-boot: ${change.label}`;
  return `a record of hermes-boot: ${describeChange(change).effect}`;
}

/** The directories above a path, itself first. */
export function* upwards(path: string): Generator<string> {
  for (let at = path; ; at = parentOf(at)) {
    yield at;
    if (at === '/') return;
  }
}
