/** The step types and their options for people: the output of `hermes-boot steps`. */

import type { ObjectSchema, OptionSchema } from '../step/schema.ts';
import type { AnyStepType } from '../step/step.ts';
import type { Paint } from './paint.ts';
import { block, pad, widthOf, wrap } from './wrap.ts';

/** The step types, each with its summary. */
export function renderStepTypes(types: readonly AnyStepType[], paint: Paint): string {
  const width = Math.max(0, ...types.map(({ uses }) => widthOf(uses)));
  const lines = types.flatMap(({ uses, summary }) => {
    const [first = '', ...rest] = wrap(pad(uses, width + 2), summary, width + 2);
    return [paint.strong(first.slice(0, width)) + first.slice(width), ...rest];
  });
  return `${lines.join('\n')}\n`;
}

/** A step type with its options, from its schema. */
export function renderStepType({ uses, summary, schema }: AnyStepType, paint: Paint): string {
  const lines = [
    paint.strong(uses),
    ...block(2, summary),
    '',
    'Options, under with:',
    ...optionLines(schema, 2, paint),
  ];
  const { minProperties } = schema;
  if (minProperties !== undefined)
    lines.push('', `At least ${minProperties} of them must be given.`);
  return `${lines.join('\n')}\n`;
}

function optionLines(schema: ObjectSchema, indent: number, paint: Paint): string[] {
  const names = Object.keys(schema.properties);
  const width = Math.max(0, ...names.map(widthOf));
  return Object.entries(schema.properties).flatMap(([name, option]) => {
    const need = schema.required.includes(name) ? ', required' : '';
    const first = `${' '.repeat(indent)}${pad(name, width)}  `;
    return [
      ...wrap(first, `${kindOf(option)}${need}${fallbackOf(option)}`, indent + width + 2),
      ...block(indent + width + 2, option.description ?? '').map(paint.faint),
      ...nested(option, indent + 2, paint),
    ];
  });
}

function nested(option: OptionSchema, indent: number, paint: Paint): string[] {
  if (option.type === 'array') return nested(option.items, indent, paint);
  return isMapping(option) ? optionLines(option, indent, paint) : [];
}

function isMapping(option: OptionSchema): option is ObjectSchema {
  return 'properties' in option;
}

function kindOf(option: OptionSchema): string {
  switch (option.type) {
    case 'array':
      return `list of ${kindOf(option.items)}`;
    case 'object':
      return isMapping(option) ? 'mapping' : 'mapping of names to text';
    case 'string':
      return option.enum === undefined ? 'text' : `one of ${option.enum.join(', ')}`;
    case 'integer':
      return `whole number${rangeOf(option.minimum, option.maximum)}`;
    case 'boolean':
      return 'true or false';
    default:
      return 'any single value';
  }
}

function rangeOf(minimum: number | undefined, maximum: number | undefined): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  return minimum === undefined ? '' : ` from ${minimum}`;
}

function fallbackOf(option: OptionSchema): string {
  return 'default' in option ? `, by default ${String(option.default)}` : '';
}
