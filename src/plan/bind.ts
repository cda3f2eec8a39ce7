import { basename } from 'node:path';
import { Problem } from '../errors/problem.ts';
import { factValues } from '../step/facts.ts';
import type { Facts } from '../step/facts.ts';
import type { AnyStepType, JsonObject } from '../step/step.ts';
import { fillOptions } from './fill.ts';
import type { Lookup } from './fill.ts';
import { unfitOption } from './fit.ts';
import { textsOf } from './json.ts';
import { PLAN_KEYS } from './keys.ts';
import { orderSteps } from './order.ts';
import type { BootPlan, BootStep, Input, Plan, PlanStep } from './plan.ts';
import { hasTemplate, parseTemplate, referencesOf, wholeReference } from './template.ts';
import { either } from './text.ts';
import { evaluate } from './when/evaluate.ts';
import type { Scope } from './when/evaluate.ts';
import { explainFalse } from './when/explain.ts';

/**
 * Makes a plan ready to boot: fills in inputs and facts, leaves out steps whose `when` does not
 * hold, puts the steps in order. The options of a step that is left out may lack unset inputs.
 * @throws Problem when an input's value does not fit the option that it fills in
 */
export function bindPlan(
  plan: Plan,
  inputs: readonly Input[],
  facts: Facts,
  types: readonly AnyStepType[],
): BootPlan {
  const scope: Scope = {
    inputs: new Map(inputs.map((input) => [input.name, input])),
    facts: factValues(facts),
  };
  const byName = new Map(types.map((type) => [type.uses, type]));
  const steps = orderSteps(plan.steps).map((step) => {
    const type = byName.get(step.uses);
    if (type === undefined) throw new Error(`no step type ${step.uses}`);
    return bindStep(step, type, scope);
  });
  const { name, description, file, digest, lockTimeout } = plan;
  const home = homeOf(plan, scope);
  return { name, description, file, digest, lockTimeout, inputs, steps, ...home };
}

/** The home, filled in; none where it is an input that is unset. */
function homeOf({ home: written }: Plan, scope: Scope): Pick<BootPlan, 'home'> {
  if (written === undefined) return {};
  const { home } = fillOptions({ home: written }, PLAN_KEYS, lookupIn(scope));
  const unfit = unfitOption({ ...(home === undefined ? {} : { home }) }, PLAN_KEYS);
  if (unfit !== undefined) {
    const { found, wanted } = unfit;
    throw new Problem({ code: 'invalid', found: `the home of the plan is ${found}`, wanted });
  }
  return typeof home === 'string' ? { home } : {};
}

function bindStep(step: PlanStep, type: AnyStepType, scope: Scope): BootStep {
  const { id, needs, why, as, onFailure, timeout, at } = step;
  const skipped = skippedBy(step, scope);
  const options = fillOptions(step.with, type.schema, lookupIn(scope));
  const origins = variablesBy(step, scope, decidedBy);
  const variables = variablesBy(
    step,
    scope,
    (input) => decidedBy(input) ?? input.declaration.env[0],
  );
  if (skipped === undefined) refuseUnfit(step, type, options, scope);
  return {
    id,
    type,
    with: options,
    needs,
    onFailure,
    timeout,
    at,
    origins,
    variables,
    secrets: secretOptions(step, scope),
    ...(skipped === undefined ? {} : { skipped }),
    ...(step.off === undefined ? {} : { off: step.off }),
    ...(why === undefined ? {} : { why }),
    ...(as === undefined ? {} : { as }),
  };
}

function skippedBy({ off, when }: PlanStep, scope: Scope): string | undefined {
  if (off !== undefined) return `switched off in ${basename(off.file)}:${off.line}`;
  return when === undefined || evaluate(when, scope) ? undefined : explainFalse(when, scope);
}

/** Only what was filled in can be unfit: the rest is as it was when the plan was validated. */
function refuseUnfit(
  { id, with: written }: PlanStep,
  { schema }: AnyStepType,
  options: JsonObject,
  { inputs }: Scope,
): void {
  const templates = [...textsOf(written)].filter(({ text }) => hasTemplate(text));
  const unfit = templates.length === 0 ? undefined : unfitOption(options, schema);
  if (unfit === undefined) return;
  const filled = templates
    .flatMap(({ text }) => referencesOf(parseTemplate(text)))
    .flatMap(({ kind, name }) => (kind === 'input' ? (inputs.get(name) ?? []) : []));
  const secret = filled.some(({ declaration }) => declaration.secret);
  const variables = new Set(
    filled.flatMap(({ source }) => ('variable' in source ? source.variable : [])),
  );
  throw new Problem({
    code: 'invalid',
    found: `${id}: ${unfit.path.join('.')} is ${secret ? '***' : unfit.found}`,
    wanted: unfit.wanted,
    mend: variables.size === 0 ? [] : `correct ${either([...variables])}`,
  });
}

function lookupIn({ inputs, facts }: Scope): Lookup {
  return ({ kind, name }) => (kind === 'input' ? inputs.get(name)?.value : facts.get(name));
}

function secretOptions({ with: options }: PlanStep, { inputs }: Scope): string[] {
  return Object.keys(options).filter((option) =>
    [...textsOf(options[option])]
      .flatMap(({ text }) => (hasTemplate(text) ? referencesOf(parseTemplate(text)) : []))
      .some(({ kind, name }) => kind === 'input' && inputs.get(name)?.declaration.secret === true),
  );
}

/** What of an input's variables is known for each option that an input fills in. */
function variablesBy(
  step: PlanStep,
  { inputs }: Scope,
  variableOf: (input: Input) => string | undefined,
): Record<string, string> {
  const variables = Object.entries(step.with).flatMap(
    ([option, text]): (readonly [string, string])[] => {
      if (typeof text !== 'string') return [];
      const reference = wholeReference(parseTemplate(text));
      const input = reference?.kind === 'input' ? inputs.get(reference.name) : undefined;
      const variable = input === undefined ? undefined : variableOf(input);
      return variable === undefined ? [] : [[option, variable]];
    },
  );
  return Object.fromEntries(variables);
}

function decidedBy({ source }: Input): string | undefined {
  return 'variable' in source ? source.variable : undefined;
}
