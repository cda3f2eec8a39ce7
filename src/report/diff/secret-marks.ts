/**
 * Puts a mark in the place of each secret before texts are compared: equal secrets have equal marks, so
 * that a changed one is seen, and all of them are shown alike.
 */
import { replaceAll } from '../../text/printable.ts';
import { REDACTED } from '../redact.ts';

/** A mark is one character of a plane of Unicode that has no characters of its own. */
const [FIRST, LAST] = [0xf_0000, 0x10_fffd];

const MARKS = /[\u{f0000}-\u{10fffd}]/gu;

/** A shorter value may be a word of any text. */
const SHORTEST_LEARNED = 8;

/** Marks of the secrets of one difference. */
export class SecretMarks {
  readonly #marks = new Map<string, string>();
  /** The secrets that are to be found in any text. */
  readonly #learned = new Map<string, string>();

  /** The mark of a secret; nothing for nothing. */
  of(secret: string): string {
    if (secret === '') return '';
    const known = this.#marks.get(secret);
    if (known !== undefined) return known;
    const mark = String.fromCodePoint(Math.min(FIRST + this.#marks.size, LAST));
    this.#marks.set(secret, mark);
    return mark;
  }

  /** Learns a secret that may stand in other texts, too. */
  learn(secret: string): void {
    if (secret.length >= SHORTEST_LEARNED) this.#learned.set(secret, this.of(secret));
  }

  /** A text with marks in the place of all secrets that have been learned. */
  cover(text: string): string {
    return this.#learned.size === 0 ? text : replaceAll(text, this.#learned);
  }
}

/** A text as it is shown: every mark looks the same. */
export function showMarks(text: string): string {
  return text.replace(MARKS, REDACTED);
}
