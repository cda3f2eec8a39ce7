/** What validate has found, for programs: the one document of mistakes, whatever command meets them. */
import type { Diagnostic } from '../plan/diagnostic.ts';
import type { Plan, Span } from '../plan/plan.ts';

/** What `validate` has found; under `--json` what every command prints that meets a mistake. */
export interface ValidationDocument {
  /** The version of the document. */
  readonly version: 1;
  /** Which document it is. */
  readonly type: 'validation';
  /** Whether the plans can be booted; with `--strict` only where there is no warning either. */
  readonly ok: boolean;
  /** The plans that were read. */
  readonly plans: readonly ValidatedPlan[];
  /** Every mistake and warning, in the order of the files. */
  readonly mistakes: readonly Mistake[];
  /** Fragments of this machine that change no plan. */
  readonly unused: readonly string[];
}

/** A plan that was read. */
export interface ValidatedPlan {
  /** As the command line or the image names it. */
  readonly named: string;
  /** Its file. */
  readonly file: string;
  /** Its own name; null where it has mistakes. */
  readonly plan: string | null;
  /** How many steps it has; null where it has mistakes. */
  readonly steps: number | null;
  /** How many inputs it has; null where it has mistakes. */
  readonly inputs: number | null;
  /** The fragments of this machine that change it. */
  readonly fragments: readonly string[];
}

/** A mistake or a warning. */
export interface Mistake {
  /** Whether the plan cannot be booted, or only should be looked at. */
  readonly severity: Diagnostic['severity'];
  /** What was found. */
  readonly message: string;
  /** What was wanted, or how to fix it; null where the message says all. */
  readonly hint: string | null;
  /** The id of the step that it is in; null where it is in none. */
  readonly step: string | null;
  /** Where it stands. */
  readonly at: Span;
  /** Other places that take part, such as the other edges of a cycle of needs. */
  readonly related: readonly RelatedPlace[];
}

/** A place that takes part in a mistake. */
interface RelatedPlace {
  /** Where it stands. */
  readonly at: Span;
  /** What it has to do with it. */
  readonly message: string;
}

/** A plan as it was read. */
export interface PlanRead extends Pick<ValidatedPlan, 'named' | 'file'> {
  /** Undefined where it has mistakes. */
  readonly plan: Plan | undefined;
}

/** What was found, besides the plans. */
interface Found extends Pick<ValidationDocument, 'ok' | 'unused'> {
  readonly diagnostics: readonly Diagnostic[];
  /** The files of all fragments of this machine. */
  readonly fragments: readonly string[];
}

/** The document of what was found. */
export function validationOf(plans: readonly PlanRead[], found: Found): ValidationDocument {
  const { ok, unused, diagnostics, fragments } = found;
  return {
    version: 1,
    type: 'validation',
    ok,
    plans: plans.map(({ named, file, plan }) => ({
      named,
      file,
      plan: plan?.name ?? null,
      steps: plan?.steps.length ?? null,
      inputs: plan?.inputs.length ?? null,
      fragments: fragments.filter((fragment) => plan?.files.includes(fragment) === true),
    })),
    mistakes: diagnostics.map(({ severity, message, hint, step, at, related = [] }) => ({
      severity,
      message,
      hint: hint ?? null,
      step: step ?? null,
      at: place(at),
      related: related.map((other) => ({ at: place(other.at), message: other.message })),
    })),
    unused,
  };
}

function place({ file, line, column, length }: Span): Span {
  return { file, line, column, length };
}
