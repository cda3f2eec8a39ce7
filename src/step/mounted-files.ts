/** Files that are mounts of their own: whether the account can use them, and what to say where it cannot. */
import type { Cause } from '../errors/problem.ts';
import { warning } from './notes.ts';
import type { Note } from './step.ts';
import { type Owner, showMode, showOwner, type Stat } from '../system/entry.ts';
import type { ReadSystem } from '../system/system.ts';

/** Who has to read a file: the owner that the plan wants, and his groups where he is an account. */
export interface Account extends Owner {
  readonly name: string;
  readonly groups: readonly number[];
}

/** The account that a plan names as an owner. */
export function accountOf(system: ReadSystem, name: string, owner: Owner): Account {
  const [user = ''] = name.split(':');
  const isKnown = system.accounts().findUser(user) !== undefined;
  const groups = isKnown ? system.accounts().identity(user).groups : [];
  return { ...owner, name: user, groups: [...groups, owner.gid] };
}

/** Equal for equal causes: a mounted file that an account cannot read. */
export function closedMountKey(path: string): string {
  return `closed-mount:${path}`;
}

/** Why an account cannot read a mounted file; undefined where it can, as far as the mode tells. */
export function closedMount(path: string, stat: Stat, account: Account): Cause | undefined {
  if (reads(stat, account)) return undefined;
  const { name, uid, gid } = account;
  return {
    key: closedMountKey(path),
    denies: `${name} cannot read ${path}`,
    found: `it is a mount of its own, ${showMode(stat.mode)} ${showOwner(stat)}`,
    effect: `Owner and mode of a mounted file are left to the operator. The agent runs as ${uid}:${gid}, without what is in it.`,
    mend: [
      `on the host, give it to the account: chown ${uid}:${gid} FILE`,
      ...(stat.uid === 0
        ? []
        : [`or start the container with its owner: PUID=${stat.uid} PGID=${stat.gid}`]),
    ],
  };
}

/** A note where others can read a mounted file that holds secrets; none where they cannot. */
export function openMount(path: string, stat: Stat, account: Account | undefined): Note[] {
  if ((stat.mode & 0o044) === 0) return [];
  const give =
    account === undefined || account.uid === stat.uid
      ? ''
      : `chown ${account.uid}:${account.gid} FILE and `;
  const text =
    `${path} holds secrets, and others can read it (${showMode(stat.mode)} ${showOwner(stat)}); ` +
    `it is a mount of its own and left as it is. Fix on the host: ${give}chmod 600 FILE`;
  return [warning(text)];
}

/** By mode and groups alone: access lists and the way to the file are another matter. */
function reads({ uid, gid, mode }: Stat, account: Account): boolean {
  if (account.uid === 0) return true;
  const shift = account.uid === uid ? 6 : account.groups.includes(gid) ? 3 : 0;
  return ((mode >> shift) & 0o4) !== 0;
}
