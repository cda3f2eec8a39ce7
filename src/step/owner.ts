/** Who owns what a step makes. */
import type { StepContext } from './step.ts';
import type { Owner } from '../system/entry.ts';

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
