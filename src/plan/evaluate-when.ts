/** Evaluates a `when`, and explains why it is false. */
import { unreachable } from '../errors/problem.ts';
import type { Condition, Input } from './plan.ts';
import { quote } from './wanted.ts';

/** The values of the names in conditions and templates. */
export interface Scope {
  readonly inputs: ReadonlyMap<string, Input>;
  readonly facts: Pick<ReadonlyMap<string, string | number | boolean>, 'get'>;
}

/** The value of a part of a condition; an unset input is null. */
type ConditionValue = string | number | boolean | null;

/** Whether a condition is true. Never fails. */
export function evaluate(condition: Condition, scope: Scope): boolean {
  return isTrue(valueOf(condition, scope));
}

/** The value of a part of a condition. */
function valueOf(condition: Condition, scope: Scope): ConditionValue {
  switch (condition.op) {
    case 'literal':
      return condition.value;
    case 'input':
      return scope.inputs.get(condition.name)?.value ?? null;
    case 'fact':
      return scope.facts.get(condition.name) ?? null;
    case 'not':
      return !evaluate(condition.of, scope);
    case 'and':
      return evaluate(condition.left, scope) && evaluate(condition.right, scope);
    case 'or':
      return evaluate(condition.left, scope) || evaluate(condition.right, scope);
    case 'eq':
      return valueOf(condition.left, scope) === valueOf(condition.right, scope);
    case 'ne':
      return valueOf(condition.left, scope) !== valueOf(condition.right, scope);
    default:
      return unreachable(condition);
  }
}

/** A string or number is true if it is set. */
function isTrue(value: ConditionValue): boolean {
  return value !== null && value !== false && value !== '';
}

/** Why a condition is false: `HERMES_STATE is "stopped", not "running"`. */
export function explainFalse(condition: Condition, scope: Scope): string {
  return because(condition, false, scope);
}

/** Why a condition is true or false. */
function because(condition: Condition, holds: boolean, scope: Scope): string {
  switch (condition.op) {
    case 'not':
      return because(condition.of, !holds, scope);
    case 'and':
    case 'or': {
      const parts = [condition.left, condition.right];
      // One part decides a false `and` and a true `or`; otherwise both do.
      const deciding = parts.filter((part) => evaluate(part, scope) === holds);
      const enough = (condition.op === 'or') === holds ? deciding.slice(0, 1) : deciding;
      return [...new Set(enough.map((part) => because(part, holds, scope)))].join(' and ');
    }
    case 'eq':
    case 'ne':
      return comparison(condition.left, condition.right, (condition.op === 'eq') === holds, scope);
    default:
      return state(condition, scope);
  }
}

/** `x is "a"`, or `x is "a", not "b"`. */
function comparison(left: Condition, right: Condition, equal: boolean, scope: Scope): string {
  const [subject, other] = isNamed(left) ? [left, right] : [right, left];
  const value = valueOf(subject, scope);
  if (value === null && !equal) return state(subject, scope);
  const compared = isNamed(other)
    ? `${equal ? 'the same as' : 'different from'} ${nameOf(other, scope)}`
    : undefined;
  if (compared !== undefined) return `${nameOf(subject, scope)} is ${compared}`;
  const is = `${nameOf(subject, scope)} is ${show(subject, value, scope)}`;
  return equal ? is : `${is}, not ${show(other, valueOf(other, scope), scope)}`;
}

/** A name by itself: `PUID is not set`, `facts.root is false`. */
function state(condition: Condition, scope: Scope): string {
  const value = valueOf(condition, scope);
  const input = condition.op === 'input' ? scope.inputs.get(condition.name) : undefined;
  if (input === undefined) {
    return `${nameOf(condition, scope)} is ${show(condition, value, scope)}`;
  }
  if (input.refused !== undefined) return `the value of ${input.refused.variable} is refused`;
  if (value === null) return unset(input);
  if (variableOf(input) !== undefined && value !== false) return `${inputName(input)} is set`;
  return `${inputName(input)} is ${show(condition, value, scope)}`;
}

function unset(input: Input): string {
  const [first, ...rest] = input.declaration.env;
  if (first === undefined) return `inputs.${input.name} is unset`;
  if (rest.length === 0) return `${first} is not set`;
  return `neither ${[first, ...rest.slice(0, -1)].join(', ')} nor ${rest.at(-1) ?? ''} is set`;
}

function isNamed({ op }: Condition): boolean {
  return op === 'input' || op === 'fact';
}

function nameOf(condition: Condition, scope: Scope): string {
  if (condition.op === 'fact') return `facts.${condition.name}`;
  if (condition.op !== 'input') return 'when';
  const input = scope.inputs.get(condition.name);
  return input === undefined ? `inputs.${condition.name}` : inputName(input);
}

function inputName(input: Input): string {
  return variableOf(input) ?? `inputs.${input.name}`;
}

function variableOf({ source }: Input): string | undefined {
  return 'variable' in source ? source.variable : undefined;
}

function show(of: Condition, value: ConditionValue, scope: Scope): string {
  if (of.op === 'input' && scope.inputs.get(of.name)?.declaration.secret === true) return '***';
  if (value === null) return 'unset';
  return typeof value === 'string' ? quote(value) : String(value);
}
