import { Problem } from '../../src/errors/problem.ts';
import { mayUse, READ_AND_WRITE, WRITE_IN } from '../../src/step/access.ts';
import type { Facts } from '../../src/step/facts.ts';
import { counted, listed, whatIs } from '../../src/step/phrases.ts';
import type { StepContext } from '../../src/step/step.ts';
import { showMode, showOwner, type Entry, type Owner } from '../../src/system/entry.ts';
import { everythingTo } from '../../src/system/owner-rule.ts';

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
