/** Puts stand-ins in place of secrets in a facts document. */
import { createHmac, randomBytes } from 'node:crypto';
import type { Input } from '../plan/plan.ts';
import type { RecordCover } from '../system/recording/recording-tree.ts';
import { Content } from '../system/content.ts';
import { replaceAll } from '../text/printable.ts';

/** What stands where something secret stood that nothing needs. */
const HIDDEN = '***';

/** A shorter secret is found as a word of its own only: it would be found in everything. */
const SHORT = 6;

/** The values of these properties are words of our own. */
const VOCABULARY: ReadonlySet<string> = new Set(['about', 'by', 'type', 'kind', 'code', 'digest']);

/** What stands for secrets in a facts document. */
export class SecretCover implements RecordCover {
  readonly #standIns: ReadonlyMap<string, string>;
  readonly known: readonly string[];
  #digests: ReadonlySet<string> | undefined;
  /** Thrown away with the process: without it nobody can guess what a digest is of. */
  readonly #key = randomBytes(32);

  /**
   * @param secrets all that must not leave
   * @param inputs the inputs as they are, and `covered`, with their stand-ins
   * @param plan the text of the plan: what stands in it is no secret
   * @param known all that it says once its inputs are filled in, with stand-ins
   */
  constructor(
    secrets: readonly string[],
    inputs: readonly Input[],
    covered: readonly Input[],
    plan: string,
    known: readonly string[],
  ) {
    this.known = known;
    const standIns = new Map(secrets.map((secret) => [secret, HIDDEN]));
    for (const [index, { value }] of inputs.entries()) {
      const other = covered[index]?.value;
      if (value !== undefined && other !== value) standIns.set(String(value), String(other));
    }
    this.#standIns = new Map([...standIns].filter(([secret]) => !plan.includes(secret)));
  }

  value(value: string): string {
    return value === '' ? '' : HIDDEN;
  }

  digest(digest: string): string {
    // Of what the plan says itself, a digest tells nothing new.
    if (this.#knownDigests().has(digest)) return digest;
    return createHmac('sha256', this.#key).update(digest).digest('hex');
  }

  #knownDigests(): ReadonlySet<string> {
    this.#digests ??= new Set(this.known.map((text) => Content.ofText(text).digest()));
    return this.#digests;
  }

  text(text: string): string {
    const long = [...this.#standIns].filter(([secret]) => secret.length >= SHORT);
    const clean = replaceAll(text, new Map(long));
    const short = [...this.#standIns].filter(([secret]) => secret.length < SHORT);
    return short.reduce((all, [secret, by]) => replaceWord(all, secret, by), clean);
  }

  /** A JSON value without secrets, in names of its mappings, too. */
  json(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    if (Array.isArray(value)) return value.map((item) => this.json(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key.startsWith('/') ? this.text(key) : key,
        VOCABULARY.has(key) ? item : this.json(item),
      ]),
    );
  }
}

function replaceWord(text: string, word: string, by: string): string {
  return text
    .split(word)
    .reduce((before, after) =>
      /\w$/.test(before) || /^\w/.test(after) ? before + word + after : before + by + after,
    );
}
