/** Takes the secrets of a boot out of everything that leaves the process. */
import type { Input } from '../plan/plan.ts';
import { mapStrings, printable, replaceAll } from '../text/printable.ts';

/** What is shown in place of a secret. */
export const REDACTED = '***';

/**
 * Keys whose values are our own words or names from the plan. A secret that happens to be `mode`
 * must not change what a program reads there.
 */
const VOCABULARY: ReadonlySet<string> = new Set([
  'type',
  'time',
  'boot',
  'level',
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

/** Knows the secrets of one boot. Every text and document of a report goes through it. */
export class Redactor {
  /** Each form of a secret, with what is shown instead. */
  readonly #secrets = new Map<string, string>();

  /** Learns the values of secret inputs, refused values included. */
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

  /** A copy of plain data without the secrets; the data itself where there are none. */
  document<T extends object>(document: T): T {
    if (this.#secrets.size === 0) return document;
    return mapStrings(document, (text) => this.text(text), VOCABULARY);
  }
}
