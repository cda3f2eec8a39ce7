import type { IdRange } from '../step/facts.ts';

/**
 * Reads the ids that exist here from the text of a uid_map or gid_map: on each line the first of a
 * range inside, the first outside, and how many. See user_namespaces(7).
 */
export function parseIdMap(text: string): readonly IdRange[] {
  return text.split('\n').flatMap((line) => {
    const [first, , count] = line.trim().split(/\s+/).map(Number);
    return first === undefined || count === undefined ? [] : [{ first, count }];
  });
}
