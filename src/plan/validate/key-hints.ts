import type { OptionSchema } from '../../step/schema.ts';
import { keysOf, parentPointer } from '../json.ts';
import { STEP_KEYS } from '../keys.ts';
import { nearest } from '../nearest.ts';
import { wantedBy } from '../phrases.ts';
import { schemaAt, typeOf } from './subject.ts';
import type { Subject } from './subject.ts';

/** What other tools call the keys of a step. */
const ELSEWHERE = new Map([
  ['if', 'when'],
  ['depends-on', 'needs'],
  ['depends_on', 'needs'],
  ['continue-on-error', 'on-failure'],
  ['become', 'as'],
  ['user', 'as'],
  ['name', 'id'],
  ['type', 'uses'],
]);

/** The most keys that a hint lists. */
const MOST = 9;

/** What was probably meant by a key that does not belong where it is. */
export function unknownKeyHint(subject: Subject, holder: string, key: string): string | undefined {
  const keys = keysIn(schemaAt(subject, holder));
  const [top, index, inside] = keysOf(holder);
  const isStep = top === 'steps' && index !== undefined && inside === undefined;
  const near = (isStep ? ELSEWHERE.get(key) : undefined) ?? nearest(key, keys);
  if (near !== undefined) return `did you mean ${near}?`;
  if (top === 'steps' && index !== undefined) {
    if (inside === 'with' && Object.hasOwn(STEP_KEYS.properties, key)) {
      return 'it belongs to the step, beside with';
    }
    const type = typeOf(subject, subject.draft.stepAt(Number(index)));
    if (inside === undefined && type !== undefined && keysIn(type.schema).includes(key)) {
      return 'it belongs under with';
    }
  }
  return keys.length > 0 && keys.length <= MOST ? `known here: ${keys.join(', ')}` : undefined;
}

/** What has to stand under a key that is missing. */
export function missingKeyHint(subject: Subject, pointer: string, key: string): string | undefined {
  const step = /^\/steps\/(\d+)\/with$/.exec(pointer);
  if (step !== null) {
    const type = typeOf(subject, subject.draft.stepAt(Number(step[1])));
    const options = type?.schema.required ?? [];
    return options.length === 0 ? undefined : `${type?.uses ?? 'it'} wants ${options.join(', ')}`;
  }
  if (key === 'uses') return 'the step type, such as directory';
  const schema = schemaAt(subject, pointer) ?? schemaAt(subject, parentPointer(pointer));
  return schema === undefined ? undefined : `wanted ${wantedBy(schema)}`;
}

function keysIn(schema: OptionSchema | undefined): string[] {
  return schema?.type === 'object' && 'properties' in schema ? Object.keys(schema.properties) : [];
}
