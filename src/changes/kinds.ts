/**
 * What each kind of change is: how it is described, how it is made and what it needs. A new kind is
 * a row here.
 */
import { Content } from '../system/content.ts';
import { showMode, showOwner, type Owner } from '../system/entry.ts';
import { IDS_MODE, homeIdsContent, type HomeIds } from '../system/ids-record.ts';
import { showRule } from '../system/owner-rule.ts';
import type { ReadSystem, System } from '../system/system.ts';
import type { OwnerScan } from '../system/tree.ts';
import type { Change, IdsChange, RecordChange } from './change.ts';
import type { Need } from './need.ts';
import { type Making, runWithRestore } from './run-with-restore.ts';
import { makeTreeOwner, showExtent } from './tree-owner.ts';

/** A change in short texts, the same in every output. Contents never appear in it. */
export interface Description {
  /** What was there; null where there was nothing. */
  readonly from: string | null;
  /** What will be there; null where there will be nothing. */
  readonly to: string | null;
  /** Whether it covers what lies below the path, too. */
  readonly recursive: boolean;
  /** What changes, for a person: a path, or `account hermes`. */
  readonly subject: string;
  /** How it changes, for a person: `mode 0644 -> 0600`. */
  readonly effect: string;
  /** How many entries get another owner, where that is a whole tree. */
  readonly entries?: number;
}

/** A change that was made. */
export interface Made {
  /** As it was made: what was not known before is known now. */
  readonly change: Change;
  /** What was found in a tree only while its owner changed, so that it is not reported yet. */
  readonly found?: OwnerScan;
}

/** What differs by kind; the path is the subject, and nothing is recursive, unless said. */
type Particulars = Pick<Description, 'from' | 'to' | 'effect'> & Partial<Description>;

type Kind = Change['kind'];

interface Row<C> {
  readonly describe: (change: C) => Particulars;
  /** @param learn takes the change as it was made, where that is known only then */
  readonly make: (
    change: C,
    system: System,
    time: Making,
    learn: (made: Made) => void,
  ) => void | Promise<void>;
  readonly needs: (change: C) => readonly Need[];
}

const ROOT: Owner = { uid: 0, gid: 0 };

const RECORD: Row<RecordChange> = {
  describe({ kind, edit, path, from, to }) {
    const where = path.endsWith('shadow') ? ` (${path})` : '';
    const effect = `${from ?? 'none'} -> ${to}${where}`;
    return { from, to, effect, subject: `${kind} ${edit.name}` };
  },
  make: ({ path, edit }, system) => system.editRecords(path, edit),
  needs: ({ path }) => [
    { need: 'replace', path },
    { need: 'give', path },
  ],
};

const KINDS: { readonly [K in Kind]: Row<Extract<Change, { kind: K }>> } = {
  directory: {
    describe: ({ mode, owner }) => made('new', `directory ${rights(mode, owner)}`),
    make: ({ path, mode, owner }, system) => system.createDirectory(path, mode, owner),
    needs: ({ path, owner }) => anew(path, owner),
  },
  file: {
    describe({ from, inPlace, label, mode, owner }) {
      const to = `${label}, ${rights(mode, owner)}`;
      const effect = inPlace
        ? `changed in place (it is a mount of its own): ${label}`
        : `${from === 'absent' ? 'new' : 'replaced'}: ${to}`;
      return { from: from === 'absent' ? null : 'file', to, effect };
    },
    make: ({ path, content, mode, owner, again }, system) =>
      system.writeFile(path, content, mode, owner, again === true ? 'content' : 'name'),
    // The copy that is kept meanwhile lies in the home, which is not less open than what is in it.
    needs: ({ path, inPlace, owner, content }) => [
      { need: 'space', bytes: content.size },
      ...(inPlace ? [{ need: 'write', path } as const] : anew(path, owner)),
    ],
  },
  mode: {
    describe: ({ from, to }) => arrow('mode', showMode(from), showMode(to)),
    make: ({ path, to }, system) => system.setMode(path, to),
    needs: ({ path }) => [{ need: 'set-mode', path }],
  },
  owner: {
    describe: ({ from, to }) => arrow('owner', showOwner(from), showOwner(to)),
    make: ({ path, to }, system) => system.setOwner(path, to),
    needs: ({ path, from, to, clears }) => [
      { need: 'set-owner', path, from, to, isTree: false },
      ...(clears === 0 ? [] : [{ need: 'clear-bits', path, from: [from] } as const]),
    ],
  },
  'tree-owner': {
    describe(change) {
      const { owners, rule, wrong } = change;
      const to = showRule(rule);
      const which = (rule.except ?? []).length === 0 ? '' : ' unlisted';
      const effect = `owner of ${showExtent(change)}${which} entries -> ${to}`;
      const from = owners.map(showOwner).join(', ');
      return { from, to, effect, recursive: true, entries: wrong };
    },
    async make(change, system, time, learn) {
      learn(await makeTreeOwner(change, system, time));
    },
    needs: ({ path, owners, rule, clears }) => [
      ...owners.map((from): Need => {
        return { need: 'set-owner', path, from, to: rule.to, isTree: true };
      }),
      ...(clears ? [{ need: 'clear-bits', path, from: owners } as const] : []),
    ],
  },
  removal: {
    describe: ({ from }) => ({ from, to: null, effect: `removed (${from})` }),
    make: ({ path }, system) => system.remove(path),
    needs: ({ path }) => [{ need: 'replace', path }],
  },
  'tree-removal': {
    describe({ from }) {
      return { from, to: null, effect: `removed with everything in it (${from})`, recursive: true };
    },
    make: ({ path }, system) => system.removeTree(path),
    needs: ({ path }) => [
      { need: 'replace', path },
      { need: 'empty', path },
    ],
  },
  'tree-copy': {
    describe({ copy: { from, owner, replaces }, label }) {
      const to = `copy of ${from}, ${label}, ${showOwner(owner)}`;
      const effect = `${replaces ? 'replaced' : 'new'}: ${to}`;
      return { from: replaces ? 'directory' : null, to, effect, recursive: true };
    },
    make: ({ path, copy }, system, { signal }) => system.copyTree(path, copy, signal),
    needs: ({ path, copy: { owner, replaces } }) => [
      { need: 'replace', path },
      ...(replaces ? [{ need: 'empty', path } as const] : []),
      { need: 'give', path, owner },
    ],
  },
  move: {
    describe: ({ from, path }) => ({
      from,
      to: path,
      effect: `moved from ${from}`,
      recursive: true,
    }),
    make: ({ path, from }, system) => system.moveDirectory(from, path),
    // Its entry for the directory above is written, too.
    needs: ({ path, from }) => [
      { need: 'replace', path: from },
      { need: 'replace', path },
      { need: 'empty', path: from },
    ],
  },
  slot: {
    describe: ({ label }) => ({ ...made('new:', label), recursive: true }),
    make: ({ path, slot }, system) => system.publish(path, slot),
    needs: ({ path, slot }) => [
      ...anew(path, slot.owner),
      ...slot.parts.flatMap(({ owner }) =>
        owner === undefined ? [] : [{ need: 'give', path, owner } as const],
      ),
      { need: 'execute', path },
    ],
  },
  log: {
    describe: ({ lines }) => made('+', lines.join('; ')),
    make: ({ path, lines, owner }, system) => system.appendLines(path, lines, owner),
    needs: ({ path, owner }) => [{ need: 'append', path, owner }],
  },
  account: RECORD,
  group: RECORD,
  envdir: {
    describe: ({ name, from, to }) => ({
      ...(from === null ? made('exported as', to) : arrow('', from, to)),
      subject: `variable ${name}`,
    }),
    make: ({ path, to, owner }, system) => system.writeFile(path, Content.ofText(to), 0o644, owner),
    needs: ({ path, owner }) => anew(path, owner),
  },
  command: {
    describe({ command: { argv, identity }, restore, opaque }) {
      const as = identity === undefined ? '' : ` as ${identity.name}`;
      const risk = showRisk(restore, opaque === true);
      const effect = `${argv.map(quote).join(' ')}${as}${risk}`;
      return { from: null, to: `known after the run${risk}`, effect, subject: 'command' };
    },
    make: (change, system, making) => runWithRestore(change, system, making),
    needs: ({ command: { identity, argv } }) =>
      identity === undefined ? [] : [{ need: 'run-as', identity, program: argv[0] }],
  },
  stamp: {
    describe({ of }) {
      const to = 'fingerprint, known after the run';
      return { from: null, to, effect: `remembers ${of.join(', ')}` };
    },
    make({ path, of, owner }, system) {
      const text = `${fingerprint(system, of)}\n`;
      system.writeFile(path, Content.ofText(text), 0o644, owner);
    },
    needs: ({ path, owner }) => anew(path, owner),
  },
  ids: {
    describe(change) {
      const to = showIds(change);
      const from = change.was === null ? null : showSettled(change.was);
      return { from, to, effect: `remembers ${to}` };
    },
    make: ({ path, ids }, system) =>
      system.writeFile(path, (now) => homeIdsContent(ids, now), IDS_MODE, ROOT),
    needs: ({ path }) => anew(path, ROOT),
  },
};

/** Describes a change. */
export function describeChange(change: Change): Description {
  const { from, to, effect, ...more } = rowOf(change).describe(change);
  return { from, to, recursive: false, subject: change.path, effect, ...more };
}

/** A change in one line, without its reason: `/opt/data/.env mode 0644 -> 0600`. */
export function showChange(change: Change): string {
  const { subject, effect } = describeChange(change);
  return `${subject} ${effect}`;
}

/**
 * Makes one change. The same function serves the real and the simulated world, so that a dry run
 * cannot differ from a run.
 * @throws Problem when the world does not let it happen
 */
export async function makeChange(change: Change, system: System, time: Making): Promise<Made> {
  let result: Made = { change };
  await rowOf(change).make(change, system, time, (made) => (result = made));
  return result;
}

/** The permissions and the space that a change needs, in the order in which it needs them. */
export function needsOf(change: Change): readonly Need[] {
  return rowOf(change).needs(change);
}

/** Who owns what a change makes or gives away; undefined where no owner is given. */
export function ownerOf(change: Change): Owner | undefined {
  for (const need of needsOf(change)) {
    if (need.need === 'set-owner') return need.to;
    if (need.need === 'give' || need.need === 'append') return need.owner;
  }
  return undefined;
}

function rowOf<K extends Kind>(change: { readonly kind: K }): Row<Extract<Change, { kind: K }>> {
  return KINDS[change.kind];
}

/** What it takes to make something and give it to its owner. */
function anew(path: string, owner: Owner): readonly Need[] {
  return [
    { need: 'replace', path },
    { need: 'give', path, owner },
  ];
}

function made(verb: string, to: string): Particulars {
  return { from: null, to, effect: `${verb} ${to}` };
}

function arrow(what: string, from: string | null, to: string): Particulars {
  return { from, to, effect: `${what} ${from ?? 'none'} -> ${to}`.trimStart() };
}

function rights(mode: number, owner: Owner): string {
  return `${showMode(mode)} ${showOwner(owner)}`;
}

function quote(argument: string): string {
  return /^[^\s'"\\]+$/.test(argument) ? argument : JSON.stringify(argument);
}

/** To whom a home was given last. */
function showSettled({ settled }: HomeIds): string {
  return settled === undefined ? 'not settled' : showOwner(settled);
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

/**
 * The digests of the content of files, a line each as sha256sum(1) writes it, a missing file
 * included: equal as long as none of them changes.
 */
export function fingerprint(system: ReadSystem, paths: readonly string[]): string {
  const lines = paths.map((path) => {
    const { type } = system.look(path);
    return `${type === 'file' ? system.read(path).digest() : type}  ${path}`;
  });
  return lines.join('\n');
}

function showRisk(restore: readonly string[], opaque: boolean): string {
  if (!opaque) return restore.length === 0 ? '' : `; may change ${restore.join(', ')}`;
  if (restore.length === 0) return '; what it changes is known after the run';
  return `; may change ${restore.join(', ')}, and whatever else it does`;
}
