import type { Change } from '../changes/change.ts';
import { describeChange, type Description } from '../changes/kinds.ts';

/** A change as reports show it: plain text, no contents. */
export interface ChangeView extends Description {
  readonly kind: Change['kind'];
  readonly path: string;
  readonly why: string;
}

/** What a change looks like. */
export function viewChange(change: Change): ChangeView {
  const { kind, path, why } = change;
  return { kind, path, why, ...describeChange(change) };
}
