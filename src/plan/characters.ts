import { at } from './mistake.ts';
import type { Mistake } from './mistake.ts';
import type { Places } from './places.ts';

/**
 * What YAML 1.2 does not count as printable, a lone carriage return, and the code points that
 * stand in for braces while a plan is read.
 */
const FORBIDDEN =
  // eslint-disable-next-line no-control-regex -- finding them is the point
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufdd0-\ufdef\ufffe\uffff]|\r(?!\n)/g;

const MOST = 20;

/** A character that no plan may hold. */
interface Forbidden {
  readonly offset: number;
  readonly character: string;
}

/** Finds characters that no plan may hold and replaces each, so that reading can go on. */
export function replaceForbidden(text: string): {
  readonly readable: string;
  readonly found: readonly Forbidden[];
} {
  const found: Forbidden[] = [];
  const readable = text.replace(FORBIDDEN, (character, offset: number) => {
    found.push({ character, offset });
    return '\ufffd';
  });
  return { readable, found };
}

/** Blames the values that hold such characters, so that nothing else is said of them. */
export function forbiddenMistakes(found: readonly Forbidden[], places: Places): Mistake[] {
  return found.slice(0, MOST).map(({ character, offset }) => {
    const span = places.span({ start: offset, end: offset + 1 });
    const parts = { message: describe(character), hint: 'remove it' };
    return at(span, places.holderOf(offset), parts);
  });
}

function describe(character: string): string {
  const code = character.charCodeAt(0);
  if (code === 0) return 'NUL byte in the file';
  if (code === 0x0d) return 'carriage return without a line feed';
  const kind = code < 0xa0 ? 'control character' : 'character that stands for nothing,';
  return `${kind} U+${code.toString(16).toUpperCase().padStart(4, '0')} in the file`;
}
