/** Checks each `when`: its syntax, its names, and comparisons that can never be true. */
import { undefinedName } from './check-templates.ts';
import { inText, type PendingDiagnostic } from './diagnostic.ts';
import { typeOfName, type Draft, type Subject } from './draft.ts';
import { didYouMean } from './nearest.ts';
import { parseWhen, type ParsedWhen } from './parse-when.ts';
import type { Condition } from './plan.ts';
import type { TextError } from './template.ts';
import { either, quote } from './wanted.ts';

/** Conditions that cannot be parsed, have undefined names, or compare what is never equal. */
export function checkWhens({ draft, document: { sourceMap } }: Subject): PendingDiagnostic[] {
  return draft.steps.flatMap(({ when }) => {
    if (when === undefined || when.text === '') return [];
    const parsed = parseWhen(when.text);
    const errors = 'condition' in parsed ? errorsIn(parsed, draft) : [parsed];
    return inText(sourceMap, when.pointer, when.text, errors);
  });
}

/** What a part of a condition is; undefined where an error makes that unknown. */
type Kind = 'string' | 'number' | 'boolean' | undefined;

const KINDS = { path: 'string', string: 'string', id: 'number', boolean: 'boolean' } as const;
const A = { string: 'a string', number: 'a number', boolean: 'true or false' } as const;

function errorsIn({ condition, positions }: ParsedWhen, draft: Draft): TextError[] {
  const errors: TextError[] = [];
  const positionOf = (part: Condition) => positions.get(part) ?? { offset: 0, length: 1 };
  const report = (part: Condition, message: string, hint?: string): void => {
    errors.push({ ...positionOf(part), message, ...(hint === undefined ? {} : { hint }) });
  };

  const kindOf = (part: Condition): Kind => {
    switch (part.op) {
      case 'literal':
        if (typeof part.value === 'string') return 'string';
        return typeof part.value === 'number' ? 'number' : 'boolean';
      case 'input':
      case 'fact': {
        const name = { kind: part.op, name: part.name, ...positionOf(part) };
        errors.push(...undefinedName(name, draft.inputNames));
        const type = typeOfName(draft, name);
        return type === undefined ? undefined : KINDS[type];
      }
      case 'not':
        checkTruth(part.of);
        return 'boolean';
      case 'and':
      case 'or':
        checkTruth(part.left);
        checkTruth(part.right);
        return 'boolean';
      case 'eq':
      case 'ne':
        checkComparison(part.left, part.right);
        return 'boolean';
    }
  };

  /** An input is true when it is set; any other string or number would always be. */
  const checkTruth = (part: Condition): void => {
    const kind = kindOf(part);
    if (part.op === 'input' || kind === undefined || kind === 'boolean') return;
    report(part, `${A[kind]} is not a condition`, 'compare it with == or !=');
  };

  const checkComparison = (left: Condition, right: Condition): void => {
    const a = kindOf(left);
    const b = kindOf(right);
    if (a === undefined || b === undefined) return;
    if (a === b) {
      checkValue(left, right);
      checkValue(right, left);
      return;
    }
    const quoted = a !== 'boolean' && b !== 'boolean';
    report(right, `compares ${A[a]} with ${A[b]}`, quoted ? 'numbers have no quotes' : undefined);
  };

  const checkValue = (named: Condition, literal: Condition): void => {
    if (named.op !== 'input' || literal.op !== 'literal') return;
    const values = draft.inputs.find(({ name }) => name === named.name)?.values;
    const text = String(literal.value);
    if (values === undefined || values.includes(text)) return;
    const hint = didYouMean(text, values, `it is ${either(values)}`);
    report(literal, `inputs.${named.name} is never ${quote(text)}`, hint);
  };

  checkTruth(condition);
  return errors;
}
