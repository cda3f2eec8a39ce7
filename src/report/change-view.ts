import type { Change } from '../changes/change.ts';
import { describeChange, type Description } from '../changes/describe.ts';

/** A change as reports show it: plain text, no contents. */
export interface ChangeView extends Description {
  readonly kind: Change['kind'];
  readonly path: string;
  readonly why: string;
  /** How many entries get another owner, where that is a whole tree. */
  readonly entries?: number;
}

/** What a change looks like. */
export function viewChange(change: Change): ChangeView {
  const { kind, path, why } = change;
  const view = { kind, path, why, ...describeChange(change) };
  return change.kind === 'tree-owner' ? { ...view, entries: change.wrong } : view;
}
