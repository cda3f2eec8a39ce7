import { unreachable } from '../errors/problem.ts';
import { showMode, showOwner } from '../system/entry.ts';
import { showRule } from '../system/owner-rule.ts';
import { showCount } from '../text/phrases.ts';
import type { HomeIds } from '../system/home-ids.ts';
import type { Change, IdsChange, TreeOwnerChange } from './change.ts';

/** A change in short texts, the same in every output. Contents never appear in it. */
export interface Description {
  /** What was there; null where there was nothing. */
  readonly from: string | null;
  /** What will be there; null where there will be nothing. */
  readonly to: string | null;
  /** Whether it covers what lies below the path, too. */
  readonly recursive: boolean;
  /** What it happens to, for a person: a path, or `account hermes`. */
  readonly subject: string;
  /** What happens to it, for a person: `mode 0644 -> 0600`. */
  readonly effect: string;
}

const RECURSIVE: ReadonlySet<Change['kind']> = new Set([
  'tree-owner',
  'tree-removal',
  'tree-copy',
  'move',
  'slot',
]);

/** Describes a change. */
export function describeChange(change: Change): Description {
  const { from, to } = valuesOf(change);
  return {
    from,
    to,
    recursive: RECURSIVE.has(change.kind),
    subject: subjectOf(change),
    effect: effectOf(change, from ?? 'none', to ?? 'none'),
  };
}

/** A change in one line, without its reason: `/opt/data/.env mode 0644 -> 0600`. */
export function showChange(change: Change): string {
  const { subject, effect } = describeChange(change);
  return `${subject} ${effect}`;
}

function valuesOf(change: Change): Pick<Description, 'from' | 'to'> {
  switch (change.kind) {
    case 'directory':
      return { from: null, to: `directory ${showMode(change.mode)} ${showOwner(change.owner)}` };
    case 'file': {
      const to = `${change.label}, ${showMode(change.mode)} ${showOwner(change.owner)}`;
      return { from: change.from === 'absent' ? null : 'file', to };
    }
    case 'mode':
      return { from: showMode(change.from), to: showMode(change.to) };
    case 'owner':
      return { from: showOwner(change.from), to: showOwner(change.to) };
    case 'tree-owner':
      return { from: change.owners.map(showOwner).join(', '), to: showRule(change.rule) };
    case 'removal':
    case 'tree-removal':
      return { from: change.from, to: null };
    case 'tree-copy': {
      const { copy, label } = change;
      const to = `copy of ${copy.from}, ${label}, ${showOwner(copy.owner)}`;
      return { from: copy.replaces ? 'directory' : null, to };
    }
    case 'move':
      return { from: change.from, to: change.path };
    case 'slot':
      return { from: null, to: change.label };
    case 'log':
      return { from: null, to: change.lines.join('; ') };
    case 'account':
    case 'group':
    case 'envdir':
      return { from: change.from, to: change.to };
    case 'command':
      return { from: null, to: `known after the run${mayChange(change.restore)}` };
    case 'stamp':
      return { from: null, to: 'fingerprint, known after the run' };
    case 'ids':
      return { from: change.from, to: showIds(change) };
    default:
      return unreachable(change);
  }
}

function mayChange(paths: readonly string[]): string {
  return paths.length === 0 ? '' : `; may change ${paths.join(', ')}`;
}

function subjectOf(change: Change): string {
  switch (change.kind) {
    case 'account':
    case 'group':
      return `${change.kind} ${change.edit.name}`;
    case 'envdir':
      return `variable ${change.name}`;
    case 'command':
      return 'command';
    case 'directory':
    case 'file':
    case 'mode':
    case 'owner':
    case 'tree-owner':
    case 'removal':
    case 'tree-removal':
    case 'tree-copy':
    case 'move':
    case 'slot':
    case 'log':
    case 'stamp':
    case 'ids':
      return change.path;
    default:
      return unreachable(change);
  }
}

function effectOf(change: Change, from: string, to: string): string {
  switch (change.kind) {
    case 'directory':
      return `new ${to}`;
    case 'file':
      if (change.inPlace) return `changed in place (it is a mount of its own): ${change.label}`;
      return `${change.from === 'absent' ? 'new' : 'replaced'}: ${to}`;
    case 'mode':
    case 'owner':
      return `${change.kind} ${from} -> ${to}`;
    case 'tree-owner':
      return `owner of ${howMany(change)} entries${beyondLists(change)} -> ${to}`;
    case 'removal':
      return `removed (${from})`;
    case 'tree-removal':
      return `removed with everything in it (${from})`;
    case 'tree-copy':
      return `${change.copy.replaces ? 'replaced' : 'new'}: ${to}`;
    case 'move':
      return `moved from ${from}`;
    case 'slot':
      return `new: ${to}`;
    case 'log':
      return `+ ${to}`;
    case 'account':
    case 'group':
      return `${from} -> ${to}${change.path.endsWith('shadow') ? ` (${change.path})` : ''}`;
    case 'envdir':
      return change.from === null ? `exported as ${to}` : `${from} -> ${to}`;
    case 'command': {
      const user = change.command.identity?.name;
      const as = user === undefined ? '' : ` as ${user}`;
      return `${change.command.argv.map(quote).join(' ')}${as}${mayChange(change.restore)}`;
    }
    case 'stamp':
      return `remembers ${change.of.join(', ')}`;
    case 'ids':
      return `remembers ${to}`;
    default:
      return unreachable(change);
  }
}

function showIds({ account, ids: { users, groups, settled } }: IdsChange): string {
  const isNew = (ids: HomeIds['users'], own: number): boolean =>
    ids.some(({ id, since }) => since === 'now' && id !== own);
  if (settled !== undefined && !isNew(users, settled.uid) && !isNew(groups, settled.gid)) {
    return `that the home belongs to ${account}, ${showOwner(settled)}`;
  }
  const list = (ids: readonly { readonly id: number }[]): string =>
    ids.map(({ id }) => id).join(', ');
  return `the ids of ${account}: users ${list(users)}; groups ${list(groups)}`;
}

function beyondLists({ rule: { except = [] } }: TreeOwnerChange): string {
  return except.length === 0 ? '' : ' on no list';
}

function howMany({ wrong, entries, atLeast }: TreeOwnerChange): string {
  if (atLeast !== undefined) return `at least ${showCount(wrong)}`;
  return `${showCount(wrong)} of ${showCount(entries)}`;
}

function quote(argument: string): string {
  return /^[^\s'"\\]+$/.test(argument) ? argument : JSON.stringify(argument);
}
