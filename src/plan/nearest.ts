/** Finds the word that was probably meant, for hints. */
import { closestMatch } from 'leven';

const SHORTEST = 3;
const LONGEST = 60;

/** The word that was probably meant; undefined where none is near. */
export function nearest(word: string, words: Iterable<string>): string | undefined {
  if (word.length < SHORTEST || word.length > LONGEST) return undefined;
  const sorted = letters(word);
  const all = [...words];
  const swapped = all.find((candidate) => letters(candidate) === sorted);
  if (swapped !== undefined) return swapped;
  const [begun, ...others] = all.filter((candidate) => candidate.startsWith(word));
  if (begun !== undefined && others.length === 0) return begun;
  const maxDistance = word.length < 5 ? 1 : word.length < 9 ? 2 : 3;
  return closestMatch(word, all, { maxDistance });
}

function letters(word: string): string {
  return word.split('').sort().join('');
}

/** The hint about an unknown word. */
export function didYouMean(
  word: string,
  words: Iterable<string>,
  otherwise?: string,
): string | undefined {
  const near = nearest(word, words);
  return near === undefined ? otherwise : `did you mean ${near}?`;
}
