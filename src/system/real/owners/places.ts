import { asName, type Name } from '../open.ts';

const [NUL, SLASH] = [0, '/'.charCodeAt(0)];

/** The names that lead to an entry from the top of its tree; none to the top itself. */
export type Place = readonly Name[];

/** The names in a path below the top of a tree, from there down; none for the top itself. */
export function namesOf(place: Name): Name[] {
  if (typeof place !== 'string') return split(place, SLASH).map(asName);
  return place === '' ? [] : place.split('/');
}

/** Places below the top of a tree, each as its names, as the input of a process. */
export function writePlaces(places: readonly Place[]): Buffer {
  const parts = places.flatMap((names) =>
    names.flatMap((name, index) => [index === 0 ? '' : '/', name]).concat('\0'),
  );
  return Buffer.concat(parts.map((part) => Buffer.from(part)));
}

/** Reads what `writePlaces` has written. */
export function readPlaces(input: Buffer): Name[][] {
  return split(input, NUL)
    .slice(0, -1)
    .map((path) => split(path, SLASH).map(asName));
}

function split(bytes: Buffer, separator: number): Buffer[] {
  const parts: Buffer[] = [];
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(separator, start);
    if (end === -1) return [...parts, bytes.subarray(start)];
    parts.push(bytes.subarray(start, end));
    start = end + 1;
  }
}
