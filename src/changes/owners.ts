import type { Owner } from '../system/entry.ts';
import type { OwnerScan } from '../system/tree.ts';
import type { OwnerReasons, TreeOwnerChange } from './change.ts';

/** Why something that belongs to one of these owners is given to another. */
export function whyOwner(found: readonly Owner[], to: Owner, reasons: OwnerReasons): string {
  return [...new Set(found.map((owner) => reasonFor(owner, to, reasons)))].join('; ');
}

/** A change of a tree whose look had stopped early, as it was made. */
export function asMade(
  change: TreeOwnerChange,
  { owners, clears, wrong, entries }: OwnerScan,
): TreeOwnerChange {
  const { atLeast, ...rest } = change;
  if (atLeast === undefined) return change;
  return {
    ...rest,
    owners,
    clears,
    wrong,
    entries,
    why: whyOwner(owners, change.rule.to, atLeast),
  };
}

function reasonFor(found: Owner, to: Owner, reasons: OwnerReasons): string {
  if (found.uid === 0 && to.uid !== 0) return reasons.byRoot;
  return found.uid === to.uid ? reasons.byGroup : reasons.byOther;
}
