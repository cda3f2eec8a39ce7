/** Checks each `when`: syntax, names, and comparisons that cannot be true. */
import { FACT_TYPES } from '../step/facts.ts';
import { undefinedName } from './check-templates.ts';
import { inText, type PendingDiagnostic } from './diagnostic.ts';
import type { Subject } from './draft.ts';
import { nearest } from './nearest.ts';
import { parseWhen, type ParsedWhen } from './parse-when.ts';
import type { Condition, InputType } from './plan.ts';
import type { Reference, TextError } from './template.ts';
import { either, quote } from './wanted.ts';

/** Conditions that cannot be read, name what there is not, or compare what can never be equal. */
export function checkWhens({ draft, document: { sourceMap } }: Subject): PendingDiagnostic[] {
  const inputs = new Map(draft.inputs.map((input) => [input.name, input]));
  return draft.steps.flatMap(({ when }) => {
    if (when === undefined || when.text === '') return [];
    const parsed = parseWhen(when.text);
    const errors =
      'condition' in parsed
        ? checkCondition(parsed, inputs, (reference) => undefinedName(reference, draft.inputNames))
        : [parsed];
    return inText(sourceMap, when.pointer, when.text, errors);
  });
}

/** What a part of a condition is; undefined where that is unknown because of a error. */
type Kind = 'text' | 'number' | 'boolean' | undefined;

/** What is known of an input from its declaration. */
interface Declared {
  readonly type: InputType | undefined;
  readonly values?: readonly string[] | undefined;
}

const KINDS = { path: 'text', string: 'text', id: 'number', boolean: 'boolean' } as const;
const A = { text: 'a text', number: 'a number', boolean: 'true or false' } as const;

/**
 * Everything that makes no sense in a condition.
 * @param undefinedName what to say of a name that there is not
 */
export function checkCondition(
  { condition, places }: ParsedWhen,
  inputs: ReadonlyMap<string, Declared>,
  undefinedName: (reference: Reference) => readonly TextError[],
): TextError[] {
  const errors: TextError[] = [];
  const placeOf = (part: Condition) => places.get(part) ?? { offset: 0, length: 1 };
  const error = (part: Condition, message: string, hint?: string): undefined => {
    errors.push({ ...placeOf(part), message, ...(hint === undefined ? {} : { hint }) });
  };

  const kindOf = (part: Condition): Kind => {
    switch (part.op) {
      case 'literal':
        return typeof part.value === 'string'
          ? 'text'
          : typeof part.value === 'number'
            ? 'number'
            : 'boolean';
      case 'input':
      case 'fact': {
        const missing = undefinedName({ kind: part.op, name: part.name, ...placeOf(part) });
        errors.push(...missing);
        return missing.length > 0 ? undefined : declaredKind(part);
      }
      case 'not':
        truth(part.of);
        return 'boolean';
      case 'and':
      case 'or':
        truth(part.left);
        truth(part.right);
        return 'boolean';
      case 'eq':
      case 'ne':
        compare(part.left, part.right);
        return 'boolean';
    }
  };

  const declaredKind = (part: Extract<Condition, { op: 'input' | 'fact' }>): Kind => {
    if (part.op === 'fact') return part.name in FACT_TYPES ? factKind(part.name) : undefined;
    const type = inputs.get(part.name)?.type;
    return type === undefined ? undefined : KINDS[type];
  };

  /** An input holds when it is set; a number that is always there says nothing. */
  const truth = (part: Condition): void => {
    const kind = kindOf(part);
    if (part.op === 'input' || kind === undefined || kind === 'boolean') return;
    error(part, `${A[kind]} is no condition`, 'compare it with == or !=');
  };

  const compare = (left: Condition, right: Condition): void => {
    const kinds = [kindOf(left), kindOf(right)] as const;
    const [a, b] = kinds;
    if (a === undefined || b === undefined) return;
    if (a !== b) {
      const hint = kinds.includes('number') && kinds.includes('text') ? NUMBERS : undefined;
      error(right, `compares ${A[a]} with ${A[b]}`, hint);
      return;
    }
    impossible(left, right);
    impossible(right, left);
  };

  const impossible = (named: Condition, literal: Condition): void => {
    if (named.op !== 'input' || literal.op !== 'literal') return;
    const values = inputs.get(named.name)?.values;
    const text = String(literal.value);
    if (values === undefined || values.includes(text)) return;
    const near = nearest(text, values);
    const hint = near === undefined ? `it is ${either(values)}` : `did you mean ${near}?`;
    error(literal, `inputs.${named.name} is never ${quote(text)}`, hint);
  };

  truth(condition);
  return errors;
}

const NUMBERS = 'write numbers without quotes';

function factKind(name: string): Kind {
  const type = new Map<string, InputType>(Object.entries(FACT_TYPES)).get(name);
  return type === undefined ? undefined : KINDS[type];
}
