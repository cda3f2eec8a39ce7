/**
 * Changes the owner of a tree after a look at it. Where very much is wrong the look stops early,
 * and the making finds the rest: only this file knows how such a change is planned, shown and made.
 */
import type { Owner } from '../system/entry.ts';
import type { OwnerRule } from '../system/owner-rule.ts';
import type { Progress, Time } from '../system/scan.ts';
import type { System } from '../system/system.ts';
import type { OwnerLook, OwnerScan } from '../system/tree.ts';
import { showCount } from '../text/phrases.ts';
import type { Change, OwnerReasons, TreeOwnerChange } from './change.ts';

/** Why something that belongs to one of these owners is given to another. */
export function whyOwner(found: readonly Owner[], to: Owner, reasons: OwnerReasons): string {
  return [...new Set(found.map((owner) => reasonFor(owner, to, reasons)))].join('; ');
}

/** What a look at a tree leads to. */
interface TreePlan {
  readonly changes: readonly Change[];
  /** What can be reported already; undefined where only the making will see all of the tree. */
  readonly seen: OwnerScan | undefined;
}

/** The changes that give everything wrong in a tree to its owner; few entries are named one by one. */
export function planTreeOwner(
  path: string,
  { complete, ...found }: OwnerLook,
  rule: OwnerRule,
  reasons: OwnerReasons,
): TreePlan {
  const { owners, wrong, entries, clears, sample } = found;
  const seen = complete ? found : undefined;
  if (wrong === 0) return { changes: [], seen };
  if (complete && wrong === sample.length) {
    // What holds the others comes before them. It is owned last, so that an interrupted repair is
    // seen again.
    const changes = sample.toReversed().map(({ path: below, owner: from, to, clears }): Change => {
      const why = whyOwner([from], to, reasons);
      return { kind: 'owner', path: below, from, to, clears, why };
    });
    return { changes, seen };
  }
  const why = whyOwner(owners, rule.to, reasons);
  const change = { kind: 'tree-owner', path, rule, owners, clears, wrong, entries, why } as const;
  return { changes: [complete ? change : { ...change, atLeast: reasons }], seen };
}

/** How much of a tree changes: `3 of 10`, `at least 1,000`. */
export function showExtent({ wrong, entries, atLeast }: TreeOwnerChange): string {
  if (atLeast !== undefined) return `at least ${showCount(wrong)}`;
  return `${showCount(wrong)} of ${showCount(entries)}`;
}

/**
 * Makes the change.
 * @returns where the look had stopped early, the change as it was made and what the making found
 */
export async function makeTreeOwner(
  change: TreeOwnerChange,
  system: System,
  time: Time,
): Promise<{ readonly change: TreeOwnerChange; readonly found?: OwnerScan }> {
  const { atLeast, ...rest } = change;
  const found = await system.setTreeOwner(change.path, change.rule, {
    // Read when it is needed only: it takes its own to make.
    get signal() {
      return time.signal;
    },
    progress: (done) => time.progress?.(of(change, done)),
  });
  if (found === undefined || atLeast === undefined) return { change };
  const { owners, clears, wrong, entries } = found;
  const why = whyOwner(owners, change.rule.to, atLeast);
  return { change: { ...rest, owners, clears, wrong, entries, why }, found };
}

/** How far a walk is, of what the look before it has counted to its end. */
function of({ entries, atLeast }: TreeOwnerChange, done: Progress): Progress {
  if (atLeast !== undefined || done.looked > entries) return done;
  if (done.total !== undefined && done.estimated !== true) return done;
  const { looked, changed } = done;
  return { looked, changed, total: entries };
}

function reasonFor(found: Owner, to: Owner, reasons: OwnerReasons): string {
  if (found.uid === 0 && to.uid !== 0) return reasons.byRoot;
  return found.uid === to.uid ? reasons.byGroup : reasons.byOther;
}
