/** What the files of a world would become, as a document for programs: what `diff --json` prints. */
import type { PlanView } from '../boot-view.ts';
import type { Hunk } from './hunks.ts';
import type { Verb } from './told-changes.ts';
import type { DiffView } from './view-diff.ts';

/** What files would become. Secrets are `***` in it. */
export interface DiffDocument {
  /** The version of the document. */
  readonly version: 1;
  /** Which document it is. */
  readonly type: 'diff';
  /** The plans that would be booted, in their order. */
  readonly plans: readonly Pick<PlanView, 'plan' | 'converged' | 'result' | 'stoppedBy'>[];
  /** The plans that are not booted since one before them stops. */
  readonly unreached: readonly string[];
  /** What becomes of each path in the end, sorted by path. */
  readonly entries: readonly DiffPath[];
  /** The commands that would be run; what they change is not known. */
  readonly commands: readonly string[];
}

/** What becomes of one path. */
interface DiffPath {
  /** The path in the world. */
  readonly path: string;
  /** What happens to it. */
  readonly verb: Verb;
  /** What it is then, or what changes: `mode 0644 -> 0600, owner 1000:1000`. */
  readonly what: string;
  /** What should be known of it, a line each. */
  readonly notes: readonly string[];
  /** The name of the side before; null where no lines are shown, `/dev/null` where there was none. */
  readonly before: string | null;
  /** The name of the side after; null where no lines are shown, `/dev/null` where there is none. */
  readonly after: string | null;
  /** The parts in which its lines differ. */
  readonly hunks: readonly Hunk[];
  /** How many lines are left out; `--full` shows them. */
  readonly left: number;
}

/** The document of a difference; it is without secrets already. */
export function diffDocument(
  views: readonly PlanView[],
  unreached: readonly string[],
  { entries, commands }: DiffView,
): DiffDocument {
  return {
    version: 1,
    type: 'diff',
    plans: views.map(({ plan, converged, result, stoppedBy }) => {
      return { plan, converged, result, stoppedBy };
    }),
    unreached,
    entries: entries.map(({ path, verb, what, notes, names, hunks, left }) => {
      const [before = null, after = null] = names ?? [];
      return { path, verb, what, notes, before, after, hunks, left };
    }),
    commands,
  };
}
