import type { Change } from '../changes/change.ts';
import type { Cause } from '../errors/problem.ts';
import type { BootPlan, BootStep } from '../plan/plan.ts';
import type { Note } from '../step/step.ts';
import type { Progress } from '../system/scan.ts';
import type { BootReport, StepReport } from './report.ts';
import type { Shortcoming } from './permissions/not-kept.ts';

/** Everything that happens in a boot, in order. Renderers see this and nothing else. */
export type BootEvent =
  | { readonly type: 'boot-started'; readonly plan: BootPlan; readonly dry: boolean }
  | { readonly type: 'lock'; readonly severity: 'info' | 'warning'; readonly text: string }
  | { readonly type: 'step-started'; readonly step: BootStep }
  | { readonly type: 'note'; readonly step: BootStep; readonly note: Note }
  /** At most once a second, while a step looks at much or changes much. */
  | {
      readonly type: 'progress';
      readonly step: BootStep;
      readonly progress: Progress;
      /** Since the step has begun, in milliseconds. */
      readonly elapsed: number;
    }
  | { readonly type: 'change-made'; readonly step: BootStep; readonly change: Change }
  /** Before the end of the first step that it hinders. */
  | { readonly type: 'cause-found'; readonly step: BootStep; readonly cause: Cause }
  | { readonly type: 'step-finished'; readonly report: StepReport }
  /** After all steps: what a file system does not keep of what they wanted. */
  | { readonly type: 'shortcoming-found'; readonly shortcoming: Shortcoming }
  | { readonly type: 'boot-finished'; readonly plan: BootPlan; readonly report: BootReport };

/** Takes events as they happen. */
export type Listener = (event: BootEvent) => void;
