import { isMap, parseDocument } from 'yaml';
import type { Reader } from '../../src/system/content.ts';
import { delegationCodec, delegationTo, type Delegation } from './delegation.ts';

/*
 * What needs the YAML parser. Loaded only where the lines leave doubt.
 */

const BROKEN: Delegation = { state: 'broken', directories: [] };

/** Reads `skills.external_dirs` as the agent does: a list, or a single path. */
export const parsed: Reader<Delegation> = {
  name: 'skills.external_dirs by the parser',
  codec: delegationCodec,
  read(content) {
    const value = externalDirs(content);
    if (value === BROKEN) return BROKEN;
    if (typeof value === 'string') return delegationTo([value]);
    if (!Array.isArray(value)) return delegationTo([]);
    return delegationTo(value.map((entry: unknown) => (typeof entry === 'string' ? entry : null)));
  },
};

function externalDirs(content: string): unknown {
  try {
    // The agent's parser takes the last of equal keys, and merges.
    const options = { prettyErrors: false, uniqueKeys: false, merge: true };
    const document = parseDocument(content, options);
    if (document.errors.length > 0) return BROKEN;
    if (!isMap(document.contents)) return undefined;
    return propertyOf(propertyOf(document.toJS({ mapAsMap: true }), 'skills'), 'external_dirs');
  } catch (error) {
    // Aliases that unfold without end, and mappings as deep as the stack.
    if (error instanceof ReferenceError || error instanceof RangeError) return BROKEN;
    throw error;
  }
}

function propertyOf(value: unknown, key: string): unknown {
  return value instanceof Map ? new Map<unknown, unknown>(value).get(key) : undefined;
}
