import { unreachable } from '../errors/problem.ts';
import { SHORTEST_SECRET } from '../step/facts.ts';
import type { Input, InputType, InputValue } from './plan.ts';

/**
 * Inputs in which each secret that the environment sets has a stand-in, by which a plan comes out
 * the same: set, of its type, and as short or long as a step can tell. One that is a JSON mapping
 * keeps its shape.
 */
export function withStandIns(inputs: readonly Input[]): readonly Input[] {
  return inputs.map((input, index) => {
    const { declaration, source, value } = input;
    const fromOutside = source.kind === 'environment' || source.kind === 'envdir';
    if (!declaration.secret || !fromOutside || value === undefined) return input;
    return { ...input, value: standIn(declaration.type, value, index + 1) };
  });
}

function standIn(type: InputType, value: InputValue, number: number): InputValue {
  switch (type) {
    case 'path':
      return `/stand-in-${number}`;
    case 'string':
      return shapeOf(String(value), number) ?? textFor(String(value), number);
    case 'id':
      return 65_534 - number;
    case 'boolean':
      // A yes or a no keeps no secret: which steps a plan leaves out tells it.
      return value;
    default:
      return unreachable(type);
  }
}

function textFor(value: string, number: number): string {
  const short = `stand-in-${number}`;
  return value.length < SHORTEST_SECRET ? short : `${short}-for-a-long-secret`;
}

/** A JSON mapping with stand-ins for its texts and numbers; undefined for anything else. */
function shapeOf(value: string, number: number): string | undefined {
  const json = parsed(value);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
  return JSON.stringify(covered(json, '', number));
}

/** What may be a name in a document of anybody; others, such as addresses, are covered, too. */
const PLAIN_NAME = /^[A-Za-z][A-Za-z_-]{0,39}$/;

/** When something happened decides what is newer, and is no secret. */
const MOMENT = '_at';
const TIME = /^\d{4}-\d\d-\d\d[T ][\d:.]+(?:Z|[+-]\d\d:\d\d)?$/;

function covered(value: unknown, name: string, number: number): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => covered(item, '', number));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]: [string, unknown], index) => [
        PLAIN_NAME.test(key) ? key : `name-${index + 1}`,
        covered(item, key, number),
      ]),
    );
  }
  if (typeof value === 'number') return name.endsWith(MOMENT) ? value : 0;
  if (typeof value !== 'string' || value.trim() === '') return value;
  return name.endsWith(MOMENT) && TIME.test(value) ? value : `stand-in-${number}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
