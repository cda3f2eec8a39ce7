/**
 * What is there before and after each change, as typed values: for programs, as the texts of kinds.ts
 * are for people. Contents never appear in it.
 */
import { type Owner, type Present, showMode } from '../system/entry.ts';
import type { HomeIds, RememberedId } from '../system/ids-record.ts';
import type { Change, RecordChange, RecordFields } from './change.ts';

/** Permission bits in octal, with a leading zero: `0640`. @pattern ^0[0-7]{3,4}$ */
type OctalMode = string;

/** A user id and a group id. */
interface Ids {
  /** The user id. */
  readonly uid: number;
  /** The group id. */
  readonly gid: number;
}

/** Owner and mode. */
interface Rights extends Ids {
  /** The permission bits. */
  readonly mode: OctalMode;
}

/** A record of an account database, or the fields of it that change. */
interface RecordState extends RecordFields {
  /** The name of the account or group. */
  readonly name: string;
}

/** An id that the account of a home has had. */
interface HomeId {
  /** The user or group id. */
  readonly id: number;
  /**
   * From when on what belongs to it is the account's, in milliseconds since the epoch; `now` for the
   * moment of the change, null where there is no limit.
   */
  readonly since: number | 'now' | null;
}

/** What a home remembers of the ids of its account. */
interface HomeState {
  /** The user ids that it has had. */
  readonly users: readonly HomeId[];
  /** The group ids that it has had. */
  readonly groups: readonly HomeId[];
  /** To whom everything of the account has been given; null until that has happened. */
  readonly settled: Ids | null;
}

/** The states before and after a change of one kind; null where there is nothing. */
interface States<K extends Change['kind'], Before, After> {
  /** The kind of the change, which decides what the states hold. */
  readonly kind: K;
  /** What is there before the change; null where there is nothing. */
  readonly before: Before;
  /** What is there after it; null where there is nothing. */
  readonly after: After;
}

/** A file, a link or something special. */
interface EntryState {
  /** What it is. */
  readonly type: Exclude<Present['type'], 'directory'>;
}

/** A file that is written; not even its size is told, since it may hold a secret. */
interface FileState {
  /** The permission bits; null where the file is changed in place, which keeps them. */
  readonly mode: OctalMode | null;
  /** The user id; null where the file is changed in place. */
  readonly uid: number | null;
  /** The group id; null where the file is changed in place. */
  readonly gid: number | null;
}

/** A tree before the owner of its entries changes. */
interface TreeBefore {
  /** The first of the owners that are replaced. */
  readonly owners: readonly Ids[];
  /** How many entries get another owner. */
  readonly wrong: number;
  /** How many entries there are. */
  readonly entries: number;
  /** Whether the look stopped early, so that both numbers are minimums. */
  readonly atLeast: boolean;
}

/** A tree after the owner of its entries has changed. */
interface TreeAfter {
  /** The user id. */
  readonly uid: number;
  /** The group id; null where groups stay. */
  readonly gid: number | null;
  /** Paths in the tree that stay as they are, with all below them. */
  readonly except: readonly string[];
}

/** A directory that appears with everything in it. */
interface WholeDirectory extends Rights {
  /** How many entries are in it. */
  readonly entries: number;
}

/** A directory that is a copy of another one. */
interface CopyState extends WholeDirectory {
  /** The directory that is copied. */
  readonly source: string;
}

/** The lines that a log gets. */
interface LogState {
  /** The lines, without the time that stands before each. */
  readonly lines: readonly string[];
}

/** A variable of the s6 environment directory. */
interface VariableState {
  /** Its name. */
  readonly name: string;
  /** Its value; `***` where it is secret. */
  readonly value: string;
}

/** A command that is run. What it does to the world is known after the run. */
interface CommandState {
  /** The program and its arguments. */
  readonly argv: readonly string[];
  /** The working directory. */
  readonly cwd: string;
  /** As whom it runs; null for the user of the boot. */
  readonly as: RunAs | null;
  /** Files that are put back as they were when it fails. */
  readonly restore: readonly string[];
  /** Whether nobody knows what else it changes. */
  readonly opaque: boolean;
}

/** As whom a command runs. */
interface RunAs extends Ids {
  /** The name of the account. */
  readonly name: string;
}

/** A fingerprint that is written down. */
interface StampState {
  /** The files that it is of. */
  readonly of: readonly string[];
}

/** A name in the file system. */
interface NameState {
  /** The path. */
  readonly path: string;
}

/** A directory. */
interface DirectoryState {
  /** What it is. */
  readonly type: 'directory';
}

/** A file that is replaced or changed in place. */
interface PlainFile {
  /** What it is. */
  readonly type: 'file';
}

/** A mode. */
interface ModeState {
  /** The permission bits. */
  readonly mode: OctalMode;
}

/** The typed states of every kind of change. */
export type ChangeStates =
  | States<'directory', null, Rights>
  | States<'file', PlainFile | null, FileState>
  | States<'mode', ModeState, ModeState>
  | States<'owner', Ids, Ids>
  | States<'tree-owner', TreeBefore, TreeAfter>
  | States<'removal', EntryState, null>
  | States<'tree-removal', DirectoryState, null>
  | States<'tree-copy', DirectoryState | null, CopyState>
  | States<'move', NameState, NameState>
  | States<'slot', null, WholeDirectory>
  | States<'log', null, LogState>
  | States<'account', RecordState | null, RecordState>
  | States<'group', RecordState | null, RecordState>
  | States<'envdir', VariableState | null, VariableState>
  | States<'command', null, CommandState>
  | States<'stamp', null, StampState>
  | States<'ids', HomeState | null, HomeState>;

type Kind = Change['kind'];

type Row<K extends Kind> = (
  change: Extract<Change, { readonly kind: K }>,
) => Extract<ChangeStates, { readonly kind: K }>;

const STATES: { readonly [K in Kind]: Row<K> } = {
  directory: ({ kind, mode, owner }) => ({ kind, before: null, after: rights(mode, owner) }),
  file: ({ kind, from, inPlace, mode, owner }) => ({
    kind,
    before: from === 'absent' ? null : { type: 'file' },
    after: inPlace ? { mode: null, uid: null, gid: null } : rights(mode, owner),
  }),
  mode: ({ kind, from, to }) => ({
    kind,
    before: { mode: showMode(from) },
    after: { mode: showMode(to) },
  }),
  owner: ({ kind, from, to }) => ({ kind, before: ids(from), after: ids(to) }),
  'tree-owner': ({ kind, owners, rule, wrong, entries, atLeast }) => ({
    kind,
    before: { owners: owners.map(ids), wrong, entries, atLeast: atLeast !== undefined },
    after: {
      uid: rule.to.uid,
      gid: rule.groups.length === 0 ? null : rule.to.gid,
      except: rule.except ?? [],
    },
  }),
  removal: ({ kind, was }) => ({ kind, before: { type: was }, after: null }),
  'tree-removal': ({ kind }) => ({ kind, before: { type: 'directory' }, after: null }),
  'tree-copy': ({ kind, copy: { from, owner, mode, entries, replaces } }) => ({
    kind,
    before: replaces ? { type: 'directory' } : null,
    after: { source: from, entries: entries.length, ...rights(mode, owner) },
  }),
  move: ({ kind, from, path }) => ({ kind, before: { path: from }, after: { path } }),
  slot: ({ kind, slot: { parts, mode, owner } }) => ({
    kind,
    before: null,
    after: { entries: parts.length, ...rights(mode, owner) },
  }),
  log: ({ kind, lines }) => ({ kind, before: null, after: { lines } }),
  account: (change) => ({ kind: 'account', ...recordStates(change) }),
  group: (change) => ({ kind: 'group', ...recordStates(change) }),
  envdir: ({ kind, name, from, to }) => ({
    kind,
    before: from === null ? null : { name, value: from },
    after: { name, value: to },
  }),
  command: ({ kind, command: { argv, cwd, identity }, restore, opaque }) => ({
    kind,
    before: null,
    after: {
      argv,
      cwd,
      as: identity === undefined ? null : { name: identity.name, ...ids(identity) },
      restore,
      opaque: opaque === true,
    },
  }),
  stamp: ({ kind, of }) => ({ kind, before: null, after: { of } }),
  ids: ({ kind, was, ids: now }) => ({
    kind,
    before: was === null ? null : homeState(was),
    after: homeState(now),
  }),
};

/** The typed states before and after a change. */
export function statesOf(change: Change): ChangeStates {
  return rowOf(change)(change);
}

function rowOf<K extends Kind>(change: { readonly kind: K }): Row<K> {
  return STATES[change.kind];
}

function ids({ uid, gid }: Owner): Ids {
  return { uid, gid };
}

function rights(mode: number, owner: Owner): Rights {
  return { mode: showMode(mode), ...ids(owner) };
}

function recordStates({ edit, was }: RecordChange): {
  readonly before: RecordState | null;
  readonly after: RecordState;
} {
  const { name } = edit;
  const known = was?.members ?? [];
  const after: RecordFields = {
    ...('uid' in edit ? { uid: edit.uid } : {}),
    ...('gid' in edit ? { gid: edit.gid } : {}),
    ...('member' in edit ? { members: [...known, edit.member] } : {}),
  };
  return { before: was === null ? null : { name, ...was }, after: { name, ...after } };
}

function homeState({ users, groups, settled }: HomeIds): HomeState {
  const each = (all: readonly RememberedId[]): HomeId[] =>
    all.map(({ id, since }) => ({ id, since: since ?? null }));
  return { users: each(users), groups: each(groups), settled: settled ? ids(settled) : null };
}
