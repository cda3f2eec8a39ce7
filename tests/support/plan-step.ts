import { makeChange } from '../../src/changes/kinds.ts';
import { type Facts, ALL_IDS } from '../../src/step/facts.ts';
import type { Converged, Found, Outcome, StepType } from '../../src/step/step.ts';
import type { System } from '../../src/system/system.ts';

const RIGHTS = new Set(['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID', 'SYS_CHROOT']);

/** The facts of a boot as root in a container under s6. */
export const ROOT_FACTS: Facts = {
  uid: 0,
  gid: 0,
  groups: [],
  capabilities: RIGHTS,
  bounding: RIGHTS,
  ids: ALL_IDS,
  assumed: false,
  readOnlyRoot: false,
  runNoexec: false,
  s6: true,
  mainProgram: [],
};

interface PlanOptions {
  readonly facts?: Facts;
  readonly as?: string;
  readonly origins?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
}

/** What one step finds in a world. */
export async function planStep<W>(
  type: StepType<W>,
  options: W,
  system: System,
  { facts = ROOT_FACTS, as, origins = {}, secrets = [] }: PlanOptions = {},
): Promise<Outcome> {
  return type.plan({
    with: options,
    system,
    facts,
    as,
    signal: new AbortController().signal,
    origin: (option) => origins[option],
    variable: (option) => origins[option],
    isSecret: (option) => secrets.includes(option),
  });
}

/** What one step found, where it does not skip: without changes it says why. */
export type Findings = Found & Partial<Converged>;

/** What one step finds, where it does not skip. */
export async function findingsOf<W>(
  type: StepType<W>,
  options: W,
  system: System,
  more: PlanOptions = {},
): Promise<Findings> {
  const outcome = await planStep(type, options, system, more);
  if ('skipped' in outcome) throw new Error(`skipped: ${outcome.skipped}`);
  return { changes: [], ...outcome };
}

/** Makes what a step finds, and returns what it finds then: nothing, if it converges. */
export async function converge<W>(
  type: StepType<W>,
  options: W,
  system: System,
  more: PlanOptions = {},
): Promise<Findings> {
  const { changes } = await findingsOf(type, options, system, more);
  for (const change of changes) {
    await makeChange(change, system, new AbortController());
  }
  return findingsOf(type, options, system, more);
}
