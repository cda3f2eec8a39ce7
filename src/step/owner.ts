/** Who owns what a step makes. */
import type { StepContext } from './step.ts';
import type { Owner } from '../system/entry.ts';
import { hasOwner, type Facts } from './facts.ts';

/**
 * The owner of what a step makes: the one that an option names, else the step's `as`, else the
 * user of this process.
 * @throws Problem when an account or group of that name does not exist
 */
export function ownerOf(
  context: Pick<StepContext<unknown>, 'system' | 'facts' | 'as'>,
  text?: string,
): Owner {
  const name = text ?? context.as;
  if (name !== undefined) return context.system.accounts().owner(name);
  return { uid: context.facts.uid, gid: context.facts.gid };
}

/** Who the services of an account run as here. */
interface ServiceUser {
  readonly owner: Owner;
  /** The account that a service of root becomes; undefined where it stays who it is. */
  readonly account: string | undefined;
}

/**
 * Who the services of an account run as: the account, or the user of this process where it can become
 * nobody else: without root, and in a user namespace that lacks the ids of the account.
 * @throws Problem when there is no such account
 */
export function serviceUser(
  {
    system,
    facts,
  }: Pick<StepContext<unknown>, 'system'> & {
    readonly facts: Pick<Facts, 'uid' | 'gid' | 'ids'>;
  },
  account: string,
): ServiceUser {
  const named = system.accounts().owner(account);
  const isNamed = facts.uid === 0 ? hasOwner(facts.ids, named) : facts.uid === named.uid;
  if (isNamed) return { owner: named, account };
  return { owner: { uid: facts.uid, gid: facts.gid }, account: undefined };
}
