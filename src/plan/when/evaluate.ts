import { unreachable } from '../../errors/problem.ts';
import type { Condition } from '../condition.ts';
import type { Input } from '../plan.ts';

/** What the names in a condition or template stand for. */
export interface Scope {
  readonly inputs: ReadonlyMap<string, Input>;
  readonly facts: Pick<ReadonlyMap<string, string | number | boolean>, 'get'>;
}

/** The value of a part of a condition; an unset input is null. */
export type ConditionValue = string | number | boolean | null;

/** Whether a condition holds. Always has an answer. */
export function evaluate(condition: Condition, scope: Scope): boolean {
  return isTrue(valueOf(condition, scope));
}

/** What a part of a condition stands for. */
export function valueOf(condition: Condition, scope: Scope): ConditionValue {
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

/** A set input holds unless it is false; so does a fact. Only text and numbers that are set exist. */
function isTrue(value: ConditionValue): boolean {
  return value !== null && value !== false && value !== '';
}
