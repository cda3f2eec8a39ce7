import type { BootEvent, BootResult, StepResult } from '../../src/engine/result.ts';
import type { Input } from '../../src/plan/plan.ts';
import { viewPlan, type PlanView } from '../../src/report/boot-view.ts';
import { renderPlan } from '../../src/report/show-plan.ts';
import type { Detail } from '../../src/report/show-short.ts';
import { receiptOf } from '../../src/report/make-receipt.ts';
import { type Output, plainPaint } from '../../src/report/paint.ts';
import type { Origin, Receipt } from '../../src/report/receipt.ts';
import { Redactor } from '../../src/report/redact.ts';
import { type Renderer, eventViewer } from '../../src/report/event-view.ts';
import { ROOT_FACTS } from '../support/plan-step.ts';
import { HEAD, planOf, reportOf } from './sample.ts';

/** A boot made by hand. */
interface Sample {
  readonly steps: readonly StepResult[];
  readonly inputs?: readonly Input[];
  readonly report?: Partial<BootResult>;
}

/** What a command knows of a boot when it reports on it. */
export function viewOf({ steps, inputs = [], report = {} }: Sample): PlanView {
  const redactor = new Redactor();
  redactor.learn(inputs);
  return viewPlan(
    {
      plan: planOf(steps, inputs),
      report: reportOf(steps, report),
      facts: ROOT_FACTS,
    },
    redactor,
  );
}

/** The receipt of it. */
export function receiptFor({ steps, inputs = [], report = {} }: Sample, origin: Origin): Receipt {
  const redactor = new Redactor();
  redactor.learn(inputs);
  const boot = {
    plan: planOf(steps, inputs),
    file: '/plans/stage2.yaml',
    report: reportOf(steps, report),
    facts: ROOT_FACTS,
    around: { start: 38, prepare: 6 },
    started: '2026-05-21T06:18:05.000Z',
    ended: '2026-05-21T06:18:06.000Z',
    origin,
  };
  return receiptOf(boot, redactor);
}

/** What `plan` prints of it. */
export function shownPlan(sample: Sample, detail: Detail): string {
  return renderPlan(viewOf(sample), { detail, paint: plainPaint });
}

/** What a renderer writes while it happens. */
export function shownRun(sample: Sample, renderer: (output: Output) => Renderer): string {
  const redactor = new Redactor();
  redactor.learn(sample.inputs ?? []);
  let text = '';
  const rendered = renderer({
    isTTY: false,
    write: (more) => {
      text += more;
    },
  });
  const view = eventViewer(HEAD.boot, redactor);
  for (const event of eventsOf(sample)) rendered.show({ ...view(event), time: HEAD.time });
  return text;
}

function eventsOf({ steps, inputs = [], report: more = {} }: Sample): BootEvent[] {
  const plan = planOf(steps, inputs);
  const report = reportOf(steps, more);
  const told = new Set<string>();
  return [
    { type: 'boot-started', plan, dry: false },
    ...steps.flatMap((of): BootEvent[] => [
      { type: 'step-started', step: of.step },
      ...of.notes.map((note): BootEvent => ({ type: 'note', step: of.step, note })),
      ...of.changes
        .slice(0, of.made)
        .map((change): BootEvent => ({ type: 'change-made', step: of.step, change })),
      ...causeOf(of, told),
      { type: 'step-finished', result: of },
    ]),
    { type: 'boot-finished', plan, result: report },
  ];
}

function causeOf({ step, problem }: StepResult, told: Set<string>): BootEvent[] {
  const cause = problem?.sharedCause;
  if (cause === undefined || told.has(cause.key)) return [];
  told.add(cause.key);
  return [{ type: 'cause-found', step, cause }];
}
