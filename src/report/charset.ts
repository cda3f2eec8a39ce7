/** Whether an output takes every character, and what is written in place of others where not. */
import type { Environment, Output } from './paint.ts';

/** Whether a locale has an encoding for every character. */
const UNICODE = /\.?utf-?8$/i;

/** Our own marks that are not ASCII, and what says the same. */
const MARKS: Readonly<Record<string, string>> = { '\u2026': '...', '\u2013': '-', '\u2014': '-' };

/**
 * Whether what reads the output knows every character, by LC_ALL, LC_CTYPE and LANG. Where none is
 * set, as in nearly every container, it does: what a container writes is read elsewhere.
 */
export function isUnicode({ LC_ALL, LC_CTYPE, LANG }: Environment): boolean {
  const locale = [LC_ALL, LC_CTYPE, LANG].find((value) => (value ?? '') !== '');
  return locale === undefined || UNICODE.test(locale.replace(/@.*$/, ''));
}

let onlyAscii = false;

/** Says whether the outputs of this process take ASCII alone, so that texts are laid out as they are written. */
export function setOnlyAscii(only: boolean): void {
  onlyAscii = only;
}

/** A text as the outputs of this process write it. */
export function asWritten(text: string): string {
  return onlyAscii ? inAscii(text) : text;
}

/** An output on which only ASCII is written: other characters as escapes. */
export function asciiOutput(output: Output): Output {
  return {
    get isTTY() {
      return output.isTTY;
    },
    get columns() {
      return output.columns ?? 0;
    },
    ...(output.lines === undefined ? {} : { lines: output.lines }),
    write(text) {
      output.write(inAscii(text));
    },
  };
}

/** A text in ASCII. A JSON document stays the same document. */
export function inAscii(text: string): string {
  if (/^[\0-\x7f]*$/.test(text)) return text;
  const isDocument = text.startsWith('{');
  return text.replace(/[^\0-\x7f]/g, (unit) => {
    const mark = isDocument ? undefined : MARKS[unit];
    return mark ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
