/** Makes a plan ready to boot: fills in inputs and facts, and puts the steps in order. */
import { basename } from 'node:path';
import { Problem } from '../errors/problem.ts';
import { factValues, type Facts } from '../step/facts.ts';
import type { AnyStepType, JsonObject, JsonValue } from '../step/step.ts';
import { evaluate, explainFalse, type Scope } from './evaluate-when.ts';
import { isList, isMapping } from './json.ts';
import { PLAN_KEYS } from './keys.ts';
import { fillOptions, unfitOptions, type Lookup } from './fill-options.ts';
import type { BootPlan, BootStep, Input, Plan, PlanStep } from './plan.ts';
import {
  hasTemplate,
  parseTemplate,
  referencesOf,
  wholeReference,
  type Reference,
} from './template.ts';
import { either } from './wanted.ts';

/**
 * Makes a plan ready to boot: fills in inputs and facts, marks steps to skip, and sorts the steps.
 * The options of a skipped step may lack unset inputs.
 * @throws Problem when an input's value does not fit the option that it fills in
 */
export function bindPlan(
  plan: Plan,
  inputs: readonly Input[],
  facts: Facts,
  types: readonly AnyStepType[],
): BootPlan {
  const scope = scopeOf(inputs, facts);
  const byName = new Map(types.map((type) => [type.uses, type]));
  const steps = orderSteps(plan.steps).map((step) => {
    const type = byName.get(step.uses);
    if (type === undefined) throw new Error(`no step type ${step.uses}`);
    return bindStep(step, type, scope);
  });
  const { name, description, file, digest, lockTimeout, tracker } = plan;
  const rest = { ...homeOf(plan, scope), ...(tracker === undefined ? {} : { tracker }) };
  return { name, description, file, digest, lockTimeout, inputs, steps, ...rest };
}

/** The home of a plan with the values of its inputs; undefined where it has none. */
export function boundHome(plan: Plan, inputs: readonly Input[], facts: Facts): string | undefined {
  return homeOf(plan, scopeOf(inputs, facts)).home;
}

function scopeOf(inputs: readonly Input[], facts: Facts): Scope {
  return {
    inputs: new Map(inputs.map((input) => [input.name, input])),
    facts: factValues(facts),
  };
}

/** The home, filled in; none where it is an unset input. */
function homeOf({ home: written }: Plan, scope: Scope): Pick<BootPlan, 'home'> {
  if (written === undefined) return {};
  const { home } = fillOptions({ home: written }, PLAN_KEYS, lookupIn(scope));
  const [unfit] = unfitOptions({ ...(home === undefined ? {} : { home }) }, PLAN_KEYS);
  if (unfit !== undefined) {
    const { found, wanted } = unfit;
    throw new Problem({ code: 'invalid', found: `the home of the plan is ${found}`, wanted });
  }
  return typeof home === 'string' ? { home } : {};
}

function bindStep(step: PlanStep, type: AnyStepType, scope: Scope): BootStep {
  const { id, needs, accept, why, as, onFailure, timeout, at } = step;
  const skipped = skippedBy(step, scope);
  const options = fillOptions(step.with, type.schema, lookupIn(scope));
  const filled = filledIn(step.with, scope);
  if (skipped === undefined && filled.length > 0) refuseUnfit(id, type, options, filled);
  return {
    id,
    type,
    with: options,
    needs,
    onFailure,
    timeout,
    at,
    origins: variablesOf(filled, decidedBy),
    variables: variablesOf(filled, (input) => decidedBy(input) ?? input.declaration.env[0]),
    secrets: filled.filter(isSecret).map(({ option }) => option),
    ...(skipped === undefined ? {} : { skipped }),
    ...(step.off === undefined ? {} : { off: step.off }),
    ...(accept === undefined ? {} : { accept }),
    ...(why === undefined ? {} : { why }),
    ...(as === undefined ? {} : { as }),
  };
}

function skippedBy({ off, when }: PlanStep, scope: Scope): string | undefined {
  if (off !== undefined) return `switched off in ${basename(off.file)}:${off.line}`;
  return when === undefined || evaluate(when, scope) ? undefined : explainFalse(when, scope);
}

/** An option with inputs or facts in it. */
interface Filled {
  readonly option: string;
  /** The inputs in it. */
  readonly inputs: readonly Input[];
  /** The input that the option consists of. */
  readonly whole: Input | undefined;
}

function filledIn(options: JsonObject, { inputs }: Scope): Filled[] {
  const inputOf = ({ kind, name }: Reference): Input | undefined =>
    kind === 'input' ? inputs.get(name) : undefined;
  return Object.entries(options).flatMap(([option, value]) => {
    const names = templatesIn(value).flatMap((text) => referencesOf(parseTemplate(text)));
    if (names.length === 0) return [];
    const whole = typeof value === 'string' ? wholeReference(parseTemplate(value)) : undefined;
    return {
      option,
      inputs: names.map(inputOf).filter((input) => input !== undefined),
      whole: whole === undefined ? undefined : inputOf(whole),
    };
  });
}

function templatesIn(value: JsonValue | undefined): string[] {
  if (typeof value === 'string') return hasTemplate(value) ? [value] : [];
  if (isList(value)) return value.flatMap(templatesIn);
  return isMapping(value) ? Object.values(value).flatMap(templatesIn) : [];
}

/** Checks what was filled in: the rest was checked when the plan was loaded. */
function refuseUnfit(
  id: string,
  { schema }: AnyStepType,
  options: JsonObject,
  filled: readonly Filled[],
): void {
  const suspects = filled
    .map(({ option }) => [option, options[option]] as const)
    .filter(([, value]) => value !== undefined);
  const [unfit] = unfitOptions(Object.fromEntries(suspects), schema);
  if (unfit === undefined) return;
  const variables = new Set(
    filled.flatMap(({ inputs }) => inputs.flatMap((input) => decidedBy(input) ?? [])),
  );
  throw new Problem({
    code: 'invalid',
    found: `${id}: ${unfit.path.join('.')} is ${filled.some(isSecret) ? '***' : unfit.found}`,
    wanted: unfit.wanted,
    mend: variables.size === 0 ? [] : `correct ${either([...variables])}`,
  });
}

function lookupIn({ inputs, facts }: Scope): Lookup {
  return ({ kind, name }) => (kind === 'input' ? inputs.get(name)?.value : facts.get(name));
}

function isSecret({ inputs }: Filled): boolean {
  return inputs.some(({ declaration }) => declaration.secret);
}

/** A variable for each option that is filled in by one input. */
function variablesOf(
  filled: readonly Filled[],
  variableOf: (input: Input) => string | undefined,
): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const { option, whole } of filled) {
    const variable = whole === undefined ? undefined : variableOf(whole);
    if (variable !== undefined) variables[option] = variable;
  }
  return variables;
}

function decidedBy({ source }: Input): string | undefined {
  return 'variable' in source ? source.variable : undefined;
}

/**
 * Sorts steps after those that they need; of several that could come next, the first of the file.
 * @throws Error when there is a cycle, which the checks have ruled out
 */
export function orderSteps<T extends Pick<PlanStep, 'id' | 'needs'>>(steps: readonly T[]): T[] {
  const waiting = [...steps];
  const done = new Set<string>();
  const ordered: T[] = [];
  while (waiting.length > 0) {
    const next = waiting.find(({ needs }) => needs.every((need) => done.has(need)));
    if (next === undefined) throw new Error('there is a cycle of needs');
    waiting.splice(waiting.indexOf(next), 1);
    done.add(next.id);
    ordered.push(next);
  }
  return ordered;
}
