/** Adds to a list of a plan and takes away from it: what `trees+` and `trees-` in a fragment do. */
import { isDeepStrictEqual } from 'node:util';
import type { JsonValue } from '../step/step.ts';
import { counted } from '../text/phrases.ts';
import type { DiagnosticParts } from './diagnostic.ts';
import { isList } from './json.ts';
import { didYouMean } from './nearest.ts';
import { describe } from './wanted.ts';

/** A key that changes a list instead of replacing it. */
export interface ListKey {
  /** The key of the list: `trees`. */
  readonly name: string;
  readonly sign: '+' | '-';
}

/** Takes `trees+` and `trees-` apart; undefined for any other key. */
export function listKeyOf(key: string): ListKey | undefined {
  const [, name, sign] = /^(.+)([+-])$/.exec(key) ?? [];
  if (name === undefined || (sign !== '+' && sign !== '-')) return undefined;
  return { name, sign };
}

/** A merged list: where each entry comes from, as an index of the list below or of the change. */
export interface MergedList {
  readonly values: readonly JsonValue[];
  readonly from: readonly { readonly layer: 'below' | 'change'; readonly index: number }[];
}

/** Why a list cannot be changed so; `index` is the entry of the change that is wrong. */
export interface ListFault extends DiagnosticParts {
  readonly index?: number;
}

/**
 * A list with entries added, which it may have already, or with entries taken away, which it must
 * have.
 */
export function mergeList(
  { name, sign }: ListKey,
  below: JsonValue | undefined,
  change: JsonValue,
): MergedList | ListFault {
  if (below !== undefined && !isList(below)) {
    const message = `${name}${sign} changes a list, and ${name} is ${describe(below)}`;
    return { message, hint: `write ${name}` };
  }
  if (!isList(change)) return { message: `found ${describe(change)}, wanted a list` };
  const lower = below ?? [];
  const known = lower.map((value, index) => ({ value, from: { layer: 'below', index } as const }));
  if (sign === '+') {
    const added = change
      .map((value, index) => ({ value, from: { layer: 'change', index } as const }))
      .filter(({ value }) => !includes(lower, value));
    return mergedOf([...known, ...added]);
  }
  const index = change.findIndex((value) => !includes(lower, value));
  const missing = change[index];
  if (missing !== undefined) {
    const texts = lower.filter((value) => typeof value === 'string');
    const hint =
      typeof missing === 'string'
        ? didYouMean(missing, texts, `it has ${counted(lower.length, 'entry', 'entries')}`)
        : undefined;
    return { index, message: `${describe(missing)} is not in ${name}, to take it away`, hint };
  }
  return mergedOf(known.filter(({ value }) => !includes(change, value)));
}

/** How many entries of a list are not in the one that takes its place. */
export function droppedBy(below: JsonValue | undefined, value: JsonValue): number {
  if (!isList(below) || !isList(value)) return 0;
  return below.filter((entry) => !includes(value, entry)).length;
}

function mergedOf(
  entries: readonly { value: JsonValue; from: MergedList['from'][number] }[],
): MergedList {
  return { values: entries.map(({ value }) => value), from: entries.map(({ from }) => from) };
}

function includes(list: readonly JsonValue[], value: JsonValue): boolean {
  return list.some((entry) => isDeepStrictEqual(entry, value));
}
