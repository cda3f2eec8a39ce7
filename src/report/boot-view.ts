/** A boot or dry run as plain data, from which text, JSON, events and receipts are derived. */
import { isDeepStrictEqual } from 'node:util';
import type { BootResult, BootStatus } from '../engine/result.ts';
import type { Cause } from '../errors/problem.ts';
import type { BootPlan, Input, InputSource } from '../plan/plan.ts';
import { type Facts, hasEveryId, showIds } from '../step/facts.ts';
import { counted } from '../text/phrases.ts';
import { REDACTED, type Redactor } from './redact.ts';
import { tenths, viewStep, type StepView } from './step-view.ts';

/** A boot or dry run. */
export interface BootView {
  /** The name of the plan. */
  readonly plan: string;
  /** Its file. */
  readonly file: string;
  /** How the boot ended, or in a dry run would end. */
  readonly result: BootStatus;
  /** Whether no step would change anything and none failed. */
  readonly converged: boolean;
  /** The step that ended the boot; null where it ran to its end. */
  readonly stoppedBy: string | null;
  /** Refused inputs, failed steps and mounts that do not keep what steps wanted, if degraded. */
  readonly degradedBy: readonly string[];
  /** The inputs, and where their values come from. */
  readonly inputs: readonly InputView[];
  /** What blocks steps, each cause once. */
  readonly causes: readonly BlockingCause[];
  /** The steps, in the order of running. */
  readonly steps: readonly StepView[];
  /** How many changes were made. */
  readonly made: number;
  /** The step that took longest; null where there was none. */
  readonly slowest: TimedStep | null;
  /** How long the boot took, in milliseconds. */
  readonly duration: number;
}

/** A step and how long it took, in milliseconds. */
export interface TimedStep {
  /** The id of the step. */
  readonly step: string;
  /** How long it took, in milliseconds. */
  readonly duration: number;
}

/** A cause with everything that it blocks. */
export interface BlockingCause extends Cause {
  /** The blocked steps, in the order of the boot. */
  readonly steps: readonly string[];
  /** How many of their changes are not made. */
  readonly changes: number;
  /** Set where every change is made, but modes or owners differ from what was asked for. */
  readonly rights?: true;
  /** The mount point, for what a file system does not keep. */
  readonly mount?: string;
}

/** An input and where its value comes from. */
export interface InputView {
  /** Its name. */
  readonly name: string;
  /** Null when it is unset; `***` when it is secret. */
  readonly value: string | number | boolean | null;
  /** Where its value comes from. */
  readonly source: InputSource;
  /** The variables that would have come before the source, and are not set. */
  readonly unset: readonly string[];
  /** Why the value of a variable was not used; missing where none was refused. */
  readonly refused?: NonNullable<Input['refused']>;
}

/** A dry run, and the process that it is for. */
export interface PlanView extends BootView {
  /** See `Plan.tracker`; null where the plan names none. */
  readonly tracker: string | null;
  /** The process that the boot is planned for. */
  readonly process: ProcessView;
}

/** The ids that a user namespace maps. */
interface MappedIds {
  /** The user ids. */
  readonly users: string;
  /** The group ids. */
  readonly groups: string;
}

/** The process of a boot. */
export interface ProcessView {
  /** Its user id. */
  readonly uid: number;
  /** Its group id. */
  readonly gid: number;
  /** Its effective capabilities, without `CAP_`. */
  readonly capabilities: readonly string[];
  /** The ids that the user namespace maps, as text; null where it maps every id. */
  readonly ids: MappedIds | null;
  /** Whether these privileges are assumed, and not those of this process. */
  readonly assumed: boolean;
}

/** What a dry run is viewed from. */
interface DryRun {
  readonly plan: BootPlan;
  readonly report: BootResult;
  readonly facts: Facts;
}

/** Views a dry run, without secrets and without notes that repeat an earlier note or a cause. */
export function viewPlan({ plan, report, facts }: DryRun, redactor: Redactor): PlanView {
  const { uid, gid, ids, assumed } = facts;
  const view = viewBoot(plan, report);
  return redactor.document({
    ...view,
    tracker: plan.tracker ?? null,
    steps: withoutRepeatedNotes(view.steps),
    process: {
      uid,
      gid,
      capabilities: [...facts.capabilities].sort(),
      ids: hasEveryId(ids) ? null : { users: showIds(ids.users), groups: showIds(ids.groups) },
      assumed,
    },
  });
}

/** Views a boot. Secrets are still in it. */
export function viewBoot(plan: BootPlan, report: BootResult): BootView {
  const steps = report.steps.map(viewStep);
  const inputs = plan.inputs.map(viewInput);
  const causes = [...blockingCauses(steps), ...shortcomings(report)];
  const slowest = steps.reduce<StepView | undefined>(
    (most, step) => (most !== undefined && most.duration >= step.duration ? most : step),
    undefined,
  );
  return {
    plan: plan.name,
    file: plan.file,
    result: report.status,
    converged: report.converged,
    stoppedBy: report.stoppedBy?.step.id ?? null,
    degradedBy: report.status === 'degraded' ? degradedBy(inputs, steps, causes) : [],
    inputs,
    causes,
    steps,
    made: steps.reduce((sum, { made }) => sum + made, 0),
    slowest: slowest === undefined ? null : { step: slowest.id, duration: slowest.duration },
    duration: tenths(report.duration),
  };
}

function degradedBy(
  inputs: readonly InputView[],
  steps: readonly StepView[],
  causes: readonly BlockingCause[],
): string[] {
  const failed = steps.filter(
    ({ onFailure, status, problem, unseen }) =>
      onFailure === 'degrade' &&
      unseen.length === 0 &&
      (status === 'failed' || (status === 'blocked' && problem)),
  );
  return [
    ...inputs.filter(({ refused }) => refused !== undefined).map(({ name }) => name),
    ...failed.map(({ id }) => id),
    ...new Set(causes.flatMap(({ mount }) => mount ?? [])),
  ];
}

function blockingCauses(steps: readonly StepView[]): BlockingCause[] {
  const found = new Map<string, BlockingCause>();
  for (const { id, notes, problem, changes, made } of steps) {
    const add = (cause: Cause, lost: number): void => {
      // The words of the step that meets the cause first are kept.
      const met = found.get(cause.key) ?? { ...cause, steps: [], changes: 0 };
      const all = met.steps.includes(id) ? met.steps : [...met.steps, id];
      found.set(cause.key, { ...met, steps: all, changes: met.changes + lost });
    };
    for (const { cause } of notes) if (cause !== undefined) add(cause, 0);
    if (problem?.cause) add(problem.cause, changes.length - made);
  }
  return [...found.values()];
}

function shortcomings(report: BootResult): BlockingCause[] {
  return report.shortcomings.map(({ cause, steps, changes, point }) => {
    const view = { ...cause, steps: steps.map(({ id }) => id), changes, mount: point };
    return changes > 0 ? view : { ...view, rights: true };
  });
}

function withoutRepeatedNotes(steps: readonly StepView[]): StepView[] {
  const shown = new Set<string>();
  return steps.map((step) => {
    const notes = step.notes.filter(({ key, cause }) => {
      if (cause !== undefined || (key !== undefined && shown.has(key))) return false;
      if (key !== undefined) shown.add(key);
      return true;
    });
    return {
      ...step,
      notes: notes.map(({ severity, text, accepted }) =>
        accepted === undefined ? { severity, text } : { severity, text, accepted },
      ),
    };
  });
}

/** Views an input; a secret one without its value. */
export function viewInput({ name, declaration, value, source, refused }: Input): InputView {
  const { env, secret } = declaration;
  const decided = 'variable' in source ? source.variable : refused?.variable;
  const end = decided === undefined ? -1 : env.indexOf(decided);
  const view = {
    name,
    value: secret && value !== undefined ? REDACTED : (value ?? null),
    source: { ...source },
    unset: end === -1 ? env : env.slice(0, end),
  };
  if (refused === undefined) return view;
  return { ...view, refused: { ...refused, found: secret ? REDACTED : refused.found } };
}

/** Why a value was not used: `PUID=abc refused, wanted a number from 1 to 65534; not applied`. */
export function showRefusal(refused: NonNullable<Input['refused']>): string {
  const { variable, found, wanted } = refused;
  return `${variable}=${found} refused, wanted ${wanted}; not applied`;
}

/** What a cause costs: `2 steps (a b) cannot make 14 changes.` */
export function showLoss({ steps, changes, rights }: BlockingCause): string {
  const who = `${counted(steps.length, 'step')} (${steps.join(' ')})`;
  if (changes > 0) return `${who} cannot make ${counted(changes, 'change')}.`;
  if (rights !== true) return `This affects ${who}.`;
  return `What ${who} ${steps.length === 1 ? 'makes' : 'make'} there gets other modes or owners.`;
}

/** Whether a step was not reached because an earlier step stopped the boot. */
export function isUnreached({ status, problem, changes }: StepView): boolean {
  return status === 'blocked' && problem === null && changes.length === 0;
}

/** Whether a dry run cannot tell what a step would do, since this process may not look. */
export function isUntold({ status, unseen }: StepView): boolean {
  return status === 'failed' && unseen.length > 0;
}

/** The ids of the steps that come out differently in two dry runs of one plan. */
export function differingSteps(one: BootView, other: BootView): string[] {
  const timeless = (step: StepView | undefined) =>
    step && { ...step, began: 0, ended: 0, duration: 0 };
  return one.steps
    .filter((step, index) => !isDeepStrictEqual(timeless(step), timeless(other.steps[index])))
    .map(({ id }) => id);
}
