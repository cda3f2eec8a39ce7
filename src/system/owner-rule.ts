/**
 * Decides which entries of a tree get another owner. User and group are judged separately: a file of
 * the account that a share gave to another group keeps that group.
 */
import { showOwner, type Owner, type Stat } from './entry.ts';

/** An id that an account has had. */
export interface FormerId {
  readonly id: number;
  /**
   * What has not changed since before this moment was somebody else's with the same id, and stays
   * so. In milliseconds, by the clock of the file system (st_ctime).
   */
  readonly since?: number | undefined;
}

/** The ids that are replaced: those of everybody, or of a few. */
export type Replaced = 'any' | readonly FormerId[];

/** Which entries belong to whom when a walk has ended. */
export interface OwnerRule {
  readonly to: Owner;
  readonly users: Replaced;
  readonly groups: Replaced;
  /** Canonical paths in the tree that the rule is not about, with all below them. */
  readonly except?: readonly string[] | undefined;
  /** Whether the top of the tree tells later looks that all is done: then it waits for all else. */
  readonly topProves?: boolean | undefined;
}

/**
 * Who owns a directory while its entries change: nobody has this id, so that nobody but root can
 * change names in it. A walk that was killed leaves one such directory, and the next walk knows it
 * for what it is. It is below the largest ids, some of which have a meaning of their own.
 */
export const CLOSING_ID = 4_294_901_761;

/** The rule that everything belongs to one owner, whoever had it. */
export function everythingTo(to: Owner): OwnerRule {
  return { to, users: 'any', groups: 'any' };
}

/** The rule that what belongs to a few ids goes to an owner, and all else stays as it is. */
export function replacing(
  to: Owner,
  users: readonly FormerId[],
  groups: readonly FormerId[],
  except: readonly string[] = [],
): OwnerRule {
  const others = (ids: readonly FormerId[], own: number): readonly FormerId[] => [
    ...ids.filter(({ id }) => id !== own),
    { id: CLOSING_ID },
  ];
  return { to, users: others(users, to.uid), groups: others(groups, to.gid), except };
}

/** Who owns an entry once a rule is kept. Of what has no time, it is taken for new. */
export function ownerBy(rule: OwnerRule, stat: Owner & Pick<Stat, 'changedAt'>): Owner {
  const { to, users, groups } = rule;
  return {
    uid: isReplaced(users, stat.uid, stat.changedAt) ? to.uid : stat.uid,
    gid: isReplaced(groups, stat.gid, stat.changedAt) ? to.gid : stat.gid,
  };
}

/** Whether an entry already belongs to whom a rule gives it. */
export function keepsRule(rule: OwnerRule, stat: Owner & Pick<Stat, 'changedAt'>): boolean {
  const { to, users, groups } = rule;
  if (stat.uid !== to.uid && isReplaced(users, stat.uid, stat.changedAt)) return false;
  return stat.gid === to.gid || !isReplaced(groups, stat.gid, stat.changedAt);
}

/** Whether an entry has neither ids of the rule's owner nor ids that it replaces. */
export function isForeign(rule: OwnerRule, stat: Owner & Pick<Stat, 'changedAt'>): boolean {
  return stat.uid !== rule.to.uid && keepsRule(rule, stat);
}

/** Whether what belongs to a user is given away by a rule, whenever it has changed. */
export function replacesUser({ users }: OwnerRule, uid: number): boolean {
  return users === 'any' || users.some(({ id, since }) => id === uid && since === undefined);
}

/** To whom a rule gives entries, as people write it: `1000:100`, or `1000` where groups stay. */
export function showRule({ to, groups }: OwnerRule): string {
  return groups.length === 0 ? `${to.uid}` : showOwner(to);
}

/** Equal for equal rules. */
export function ruleKey({ to, users, groups, except = [] }: OwnerRule): string {
  const but = except.length === 0 ? '' : ` but ${except.join(' ')}`;
  return `${to.uid}:${to.gid} from ${idsKey(users)}:${idsKey(groups)}${but}`;
}

/** Whether an id of an entry is one of some former ones, as far as they go back. */
export function isReplacedBy(
  former: readonly FormerId[],
  id: number,
  changedAt: number | undefined,
): boolean {
  return former.some(
    (one) =>
      one.id === id &&
      (one.since === undefined || changedAt === undefined || changedAt >= one.since),
  );
}

function isReplaced(replaced: Replaced, id: number, changedAt: number | undefined): boolean {
  return replaced === 'any' || isReplacedBy(replaced, id, changedAt);
}

function idsKey(replaced: Replaced): string {
  if (replaced === 'any') return 'any';
  return replaced
    .map(({ id, since }) => (since === undefined ? `${id}` : `${id}@${since}`))
    .join(',');
}
