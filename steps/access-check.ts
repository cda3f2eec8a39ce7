/** access.check: warns of what this process cannot use, where it has no rights to change it. */
import { Problem } from '../src/errors/problem.ts';
import type { Facts } from '../src/step/facts.ts';
import { path, relativePaths } from '../src/step/fields.ts';
import { leftAlone, warning, whatIs } from '../src/step/notes.ts';
import { canonical, existingDirectory, lookBelow } from '../src/step/paths.ts';
import { mayUse, READ_AND_WRITE, WRITE_IN } from '../src/step/rights.ts';
import { defineStep, type Note, type StepContext } from '../src/step/step.ts';
import { reliesOn, withTrees } from '../src/step/touch.ts';
import { type Entry, isLinked, type Owner, showMode, showOwner } from '../src/system/entry.ts';
import { everythingTo } from '../src/system/owner-rule.ts';
import { join } from '../src/system/path.ts';
import { counted, listed } from '../src/text/phrases.ts';

/** The right to write. */
export const accessCheck = defineStep({
  uses: 'access.check',
  summary: 'Report which of some paths this process cannot write to; nothing is changed.',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['base'],
    properties: {
      base: path('A directory. It is there by then.'),
      paths: relativePaths(
        'Files and directories below it. Those that are missing are passed over.',
      ),
      trees: relativePaths(
        'Paths that are checked with what lies below them, as far as others own it.',
      ),
      top: {
        type: 'boolean',
        default: true,
        description: 'Whether the base itself is checked, too.',
      },
      required: {
        type: 'boolean',
        default: true,
        description: 'Whether a path that cannot be written to is a failure instead of a warning.',
      },
    },
  },
  async plan(context) {
    const { system, facts, with: options } = context;
    const stat = existingDirectory(context, 'base', options.base);
    const base = canonical(system, options.base);
    const notes: Note[] = [];
    const top = options.top === false ? [] : closedOf(context, base, { type: 'directory', stat });
    const closed = [...top];
    const { paths = [], trees = [] } = options;
    for (const below of [...trees, ...paths]) {
      const at = join(base, below);
      const entry = lookBelow(system, base, below);
      if (entry.type === 'missing') continue;
      if (isLinked(entry)) {
        notes.push(leftAlone(at, entry, 'whether it can be written to is not known'));
        continue;
      }
      closed.push(...closedOf(context, at, entry));
      if (entry.type === 'directory' && trees.includes(below)) {
        closed.push(...(await closedBelow(context, at)));
      }
    }
    if (closed.length > 0 && options.required !== false) throw refused(closed, facts);
    for (const { path: at, because } of closed) {
      notes.push(warning(`uid ${facts.uid} cannot write to ${at} (${because})`));
    }
    const all = closed.length > 0 ? 'cannot write to all' : 'can write to all';
    return { converged: `uid ${facts.uid} ${all} that is listed in ${base}`, notes };
  },
  touches: ({ base, top, paths = [], trees = [] }) => [
    ...reliesOn(top === false ? undefined : base),
    ...reliesOn(paths.map((below) => join(base, below))),
    ...withTrees(reliesOn(trees.map((below) => join(base, below)))),
  ],
});

/** How many paths are named one by one. */
const NAMED = 8;

/** Something that this process cannot write to. */
export interface Closed {
  readonly path: string;
  /** Why, as it stands in brackets behind the path: its mode and owner, or how it is mounted. */
  readonly because: string;
  /** Its owner, where another one could write to it. */
  readonly owner?: Owner;
  /** Whether it lies on a read-only mount. */
  readonly frozen?: true;
}

/** Whether one entry is closed to this process: none or one. */
export function closedOf(
  { system, facts }: StepContext<unknown>,
  at: string,
  entry: Entry,
): Closed[] {
  if (!('stat' in entry)) return [{ path: at, because: whatIs(entry) }];
  const mount = system.mountOf(at);
  if (mount?.readOnly === true) {
    return [{ path: at, because: `${mount.point} is read-only`, frozen: true }];
  }
  const bits = entry.type === 'directory' ? WRITE_IN : READ_AND_WRITE;
  if (mayUse(system, facts, at, bits)) return [];
  const { stat } = entry;
  return [{ path: at, because: `${showMode(stat.mode)} ${showOwner(stat)}`, owner: stat }];
}

/**
 * What below a directory is closed to this process. What is its own is taken for open; of what is
 * not, the first few are looked at, which are all of them where a `docker exec` has left some.
 */
export async function closedBelow(
  context: StepContext<unknown>,
  directory: string,
): Promise<Closed[]> {
  const { system, facts, signal } = context;
  const { uid, gid } = facts;
  const { sample, unreadable } = await system.scanOwners(
    directory,
    everythingTo({ uid, gid }),
    signal,
  );
  const closed = sample.flatMap(({ path }) => {
    const entry = system.look(path);
    const isOpen = path === directory || entry.type === 'link' || entry.type === 'missing';
    return isOpen ? [] : closedOf(context, path, entry);
  });
  const known = new Set([directory, ...closed.map(({ path }) => path)]);
  const unlisted = unreadable.filter((path) => !known.has(path));
  return [...closed, ...unlisted.map((path) => ({ path, because: 'it cannot be listed' }))];
}

/** The one refusal for all that is closed, with each path and how to open it. */
export function refused(closed: readonly Closed[], facts: Facts): Problem {
  const named = closed.slice(0, NAMED).map(({ path, because }) => `${path} (${because})`);
  const others = closed.length - named.length;
  const paths = listed(others > 0 ? [...named, counted(others, 'other')] : named);
  const groups = facts.groups.filter((group) => group !== facts.gid).map(String);
  const own =
    groups.length === 0 ? `gid ${facts.gid}` : `gids ${listed([`${facts.gid}`, ...groups])}`;
  return new Problem({
    code: 'not-permitted',
    found: `uid ${facts.uid} with ${own} cannot write to ${paths}`,
    mend: advice(closed, facts),
  });
}

function advice(closed: readonly Closed[], facts: Facts): string[] {
  const mounts = closed.some(({ frozen }) => frozen) ? ['mount writable what is read-only'] : [];
  if (closed.every(({ frozen }) => frozen)) return mounts;
  return [
    ...mounts,
    'give them to this user on the host, in the directory that is mounted here:',
    `  sudo chown -R ${facts.uid}:${facts.gid} DIRECTORY`,
    `  Kubernetes:  securityContext: { fsGroup: ${facts.gid} }`,
    ...startAsOwner(closed, facts),
  ];
}

function startAsOwner(closed: readonly Closed[], facts: Facts): string[] {
  const owners = closed.flatMap(({ owner }) => owner ?? []);
  const [first] = owners;
  if (first === undefined || first.uid === 0 || first.uid === facts.uid) return [];
  if (!owners.every(({ uid }) => uid === first.uid)) return [];
  return [`or start the container as their owner: --user ${showOwner(first)}`];
}
