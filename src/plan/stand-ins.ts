/** Puts stand-ins in place of secret inputs, so that the facts of a boot contain no secret. */
import { unreachable } from '../errors/problem.ts';
import { SHORTEST_SECRET } from '../step/facts.ts';
import type { Input, InputType, InputValue } from './plan.ts';

/**
 * Inputs with stand-ins for the secrets that the environment sets. The steps plan the same with
 * them: they are set, of their types, and as short or long as steps can notice. A JSON mapping keeps
 * its shape.
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
      // True or false is not a secret: the steps that a plan skips show it anyway.
      return value;
    default:
      return unreachable(type);
  }
}

function textFor(value: string, number: number): string {
  const short = `stand-in-${number}`;
  return value.length < SHORTEST_SECRET ? short : `${short}-for-a-long-secret`;
}

/** A JSON mapping with stand-ins for its strings and numbers; undefined for anything else. */
function shapeOf(value: string, number: number): string | undefined {
  const json = parsed(value);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
  return JSON.stringify(covered(json, '', number));
}

/** Names that say nothing about a user; others, such as addresses, get stand-ins, too. */
const PLAIN_NAME = /^[A-Za-z][A-Za-z_-]{0,39}$/;

/** A time decides what is newer, and is not a secret. */
const MOMENT = '_at';
const TIME = /^\d{4}-\d\d-\d\d[T ][\d:.]+(?:Z|[+-]\d\d:\d\d)?$/;

/** The name of a program decides whose session it is, and is the same for all users. */
const CLIENT = 'client_id';
const PROGRAM = /^hermes-[a-z-]{1,30}$/;

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
  if (name === CLIENT && PROGRAM.test(value)) return value;
  return name.endsWith(MOMENT) && TIME.test(value) ? value : `stand-in-${number}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
