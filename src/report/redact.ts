import type { Input } from '../plan/plan.ts';
import { printable } from '../text/printable.ts';
import { replaceAll } from '../text/replace.ts';
import { mapStrings } from './strings.ts';

/** What stands where a secret stood. */
export const REDACTED = '***';

/**
 * The words of our own vocabulary. A secret that happens to be called `mode` must not change what
 * a program reads there, and a plan's own names tell nothing of a secret.
 */
const VOCABULARY: ReadonlySet<string> = new Set([
  'type',
  'kind',
  'status',
  'result',
  'severity',
  'code',
  'onFailure',
  'plan',
  'file',
  'step',
  'id',
  'uses',
  'started',
  'ended',
  'digest',
  'program',
]);

/**
 * Knows the secrets of one boot and takes them out of everything that leaves the process. All
 * reports are made of documents and texts that went through it, so it is the one choke point.
 */
export class Redactor {
  /** Each with what stands for it. */
  readonly #secrets = new Map<string, string>();

  /** Learns the values of the inputs that the plan declares secret, refused ones included. */
  learn(inputs: readonly Input[]): void {
    for (const { declaration, value, refused } of inputs) {
      if (!declaration.secret) continue;
      if (value !== undefined) this.learnText(String(value));
      if (refused !== undefined && refused.found !== REDACTED) this.learnText(refused.found);
    }
  }

  /** Learns a text that must not be shown. */
  learnText(secret: string): void {
    const quoted = JSON.stringify(secret).slice(1, -1);
    for (const form of [secret, secret.trim(), quoted, printable(secret)]) {
      if (form !== '') this.#secrets.set(form, REDACTED);
    }
  }

  /** A text without the secrets. */
  text(text: string): string {
    return replaceAll(text, this.#secrets);
  }

  /** A copy of plain data without the secrets. */
  document<T extends object>(document: T): T {
    if (this.#secrets.size === 0) return document;
    return mapStrings(document, (text) => this.text(text), VOCABULARY);
  }
}
