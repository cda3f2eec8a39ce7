import { takeFacts, offlineBoot } from '../../src/engine/offline.ts';
import { factsDocument, type FactsDocument } from '../../src/engine/facts-document.ts';
import { dryRun } from '../../src/engine/boot.ts';
import type { Bootable } from '../../src/engine/context.ts';
import { bindPlan } from '../../src/plan/bind.ts';
import { resolveInputs, secretTexts } from '../../src/plan/inputs.ts';
import type { BootPlan } from '../../src/plan/plan.ts';
import { viewPlan, type PlanView } from '../../src/report/boot-view.ts';
import { Redactor } from '../../src/report/redact.ts';
import { writeFacts } from '../../src/report/show-facts.ts';
import type { Facts } from '../../src/step/facts.ts';
import { stepTypes } from '../../steps/index.ts';
import { loadedPlan } from './boot.ts';
import { ROOT_FACTS } from './plan-step.ts';

/** A world and what a boot of it is started with. */
export interface Site {
  readonly text: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly system: Pick<Bootable, 'tree' | 'policy'>;
  readonly facts?: Facts;
}

function inputsOf({ text, env = {} }: Site) {
  const plan = loadedPlan(text);
  const environment = { process: env, envdir: {} };
  const { inputs } = resolveInputs(plan.inputs, environment);
  return { plan, inputs, secrets: secretTexts(plan.inputs, environment) };
}

/** What `hermes-boot facts --json` prints there. */
export async function factsOf(site: Site): Promise<string> {
  const { facts = ROOT_FACTS, system } = site;
  const document = await takeFacts(
    { ...inputsOf(site), facts, system, types: stepTypes, fragments: [] },
    { by: '0', taken: new Date(0), signal: new AbortController().signal },
  );
  return writeFacts(factsDocument.encode(document));
}

/** What is planned there, without the durations. */
export async function planThere(site: Site): Promise<PlanView> {
  const { plan, inputs } = inputsOf(site);
  const { facts = ROOT_FACTS, system } = site;
  return viewOf(bindPlan(plan, inputs, facts, stepTypes), system, facts);
}

/** What is planned from facts, without the durations. */
export async function planFrom(json: string, text: string): Promise<PlanView> {
  const document: FactsDocument = factsDocument.decode(JSON.parse(json), '');
  const { plan, system } = offlineBoot(loadedPlan(text), document, document.facts, stepTypes);
  return viewOf(plan, system, document.facts);
}

async function viewOf(plan: BootPlan, system: Site['system'], facts: Facts): Promise<PlanView> {
  const redactor = new Redactor();
  redactor.learn(plan.inputs);
  const signal = new AbortController().signal;
  const report = await dryRun(plan, system, { facts, listener: () => undefined, signal });
  const view = viewPlan({ plan, report, facts }, redactor);
  const steps = view.steps.map((step) => ({ ...step, began: 0, ended: 0, duration: 0 }));
  return { ...view, duration: 0, slowest: null, steps };
}
