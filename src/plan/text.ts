import { printable } from '../text/printable.ts';

/*
 * Small words that messages are made of.
 */

const SHOWN = 60;

/** A text in double quotes, shortened where it is long. */
export function quote(text: string): string {
  const short =
    text.length > SHOWN ? `${text.slice(0, SHOWN - 1).replace(/[\ud800-\udbff]$/, '')}…` : text;
  return `"${printable(short)}"`;
}

/** `a, b or c`. */
export function either(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
}
