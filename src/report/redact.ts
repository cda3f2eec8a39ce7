import type { Input } from '../plan/plan.ts';
import { printable } from '../text/printable.ts';
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
  readonly #secrets = new Set<string>();

  /** Learns the values of the inputs that the plan declares secret, refused ones included. */
  learn(inputs: readonly Input[]): void {
    for (const { declaration, value, refused } of inputs) {
      if (!declaration.secret) continue;
      if (value !== undefined) this.#add(String(value));
      if (refused !== undefined && refused.found !== REDACTED) this.#add(refused.found);
    }
  }

  #add(secret: string): void {
    const quoted = JSON.stringify(secret).slice(1, -1);
    for (const form of [secret, secret.trim(), quoted, printable(secret)]) {
      if (form !== '') this.#secrets.add(form);
    }
  }

  /** A text without the secrets. */
  text(text: string): string {
    const spans = [...this.#secrets].flatMap((secret) => occurrences(text, secret));
    if (spans.length === 0) return text;
    spans.sort((a, b) => a.start - b.start);
    let clean = '';
    let end = 0;
    for (const span of spans) {
      // Spans that overlap become one, or what one secret leaves of another would show.
      if (span.start >= end) clean += text.slice(end, span.start) + REDACTED;
      end = Math.max(end, span.end);
    }
    return clean + text.slice(end);
  }

  /** A copy of plain data without the secrets. */
  document<T extends object>(document: T): T {
    if (this.#secrets.size === 0) return document;
    return mapStrings(document, (text) => this.text(text), VOCABULARY);
  }
}

interface Stretch {
  readonly start: number;
  readonly end: number;
}

function occurrences(text: string, secret: string): Stretch[] {
  const found: Stretch[] = [];
  for (let at = text.indexOf(secret); at !== -1; at = text.indexOf(secret, at + 1)) {
    found.push({ start: at, end: at + secret.length });
  }
  return found;
}
