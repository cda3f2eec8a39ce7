/** The bytes of a file, closed so that no output shows them; steps read them with readers. */
import { createHash, type Hash } from 'node:crypto';
import { isUtf8 } from 'node:buffer';
import { Unanswered } from '../errors/problem.ts';
import { type Codec, as, count } from '../text/codec.ts';

/** What stands for the parts of a file that must not leave this machine. */
export interface Cover {
  /** What the plan says itself, inputs included: it leaves in any case. */
  readonly known: readonly string[];
  /** For a value that may be a secret: nothing for nothing, *** for everything else. */
  value(value: string): string;
  /** For a digest: equal for equal ones, and telling nothing of what they are of. */
  digest(digest: string): string;
}

/**
 * How a step reads a file, and what of that may leave this machine: it is all that a facts
 * document has of the file's content.
 */
export interface Reader<T> {
  /** What is read and, where that depends on options, with which: two that differ in it differ here. */
  readonly name: string;
  readonly codec: Codec<T>;
  /**
   * @param text the content as UTF-8
   * @param exact whether the content is UTF-8, so that the text written again is the same
   * @throws Problem when it cannot be what is to be read
   */
  read(text: string, exact: boolean): T;
  /** What may leave; all that is read when absent. A step plans the same from both. */
  leaves?(value: T, cover: Cover): T;
}

/**
 * The bytes of a file, closed: whatever prints, logs or serialises it sees the size alone, since
 * configuration files hold secrets. A step opens it with a reader; only what writes to a world
 * sees the bytes.
 */
export class Content {
  /** Whether `witness` has to be asked. */
  readonly isWitness: boolean = false;
  readonly #bytes: Uint8Array | undefined;
  readonly #name: string;

  /** @param name what it is the content of, for who asks for bytes that are not known */
  protected constructor(bytes: Uint8Array | undefined, name = 'a content') {
    this.#bytes = bytes;
    this.#name = name;
  }

  /** Closes a text, encoded as UTF-8. */
  static ofText(text: string): Content {
    return new Content(Buffer.from(text, 'utf8'));
  }

  /** Closes bytes as they are. */
  static ofBytes(bytes: Uint8Array): Content {
    return new Content(bytes);
  }

  /** Size in bytes. */
  get size(): number {
    return this.reveal('the size').length;
  }

  /** What a reader makes of it. */
  open<T>(reader: Reader<T>): T {
    // Only for a message: to make the name of a reader may take longer than to read.
    const name = this.#bytes === undefined ? reader.name : undefined;
    return reader.read(this.text(name), isUtf8(this.reveal(name)));
  }

  /** The whole text. Nothing of it may leave: a recorded world has none. */
  text(what = 'the text'): string {
    return Buffer.from(this.reveal(what)).toString('utf8');
  }

  /** SHA-256, in hexadecimal digits. It may be guessed from: never show it. */
  digest(): string {
    return createHash('sha256').update(this.reveal('the digest')).digest('hex');
  }

  /** Gives the bytes to a hash. For CombinedDigest. */
  addTo(hash: Hash): void {
    hash.update(this.reveal('the digest'));
  }

  /** Stands for the content among the parts of a combined digest. */
  get part(): string {
    return `${this.size} bytes`;
  }

  /** What a combined digest is in which this takes part, by the parts of it. */
  witness(_parts: readonly string[], digest: string): string {
    return digest;
  }

  /** Whether both hold the same bytes. */
  equals(other: Content): boolean {
    if (this.size !== other.size) return false;
    const what = 'whether another content is the same as that';
    return Buffer.compare(this.reveal(what), other.reveal(what)) === 0;
  }

  /** The same with a text behind it. */
  followedBy(text: string): Content {
    return new Content(Buffer.concat([this.reveal(), Buffer.from(text, 'utf8')]));
  }

  /**
   * Opens the content. For writers only.
   * @param what what is asked of it, for the message
   * @throws Unanswered where the bytes are not known
   */
  reveal(what = 'the content'): Uint8Array {
    if (this.#bytes === undefined) throw new Unanswered(`${what} of ${this.#name}`);
    return this.#bytes;
  }

  toString(): string {
    return `${this.size} bytes`;
  }

  toJSON(): string {
    return this.toString();
  }

  /** What console.log shows of it; `inspect.custom` of node:util, which takes long to load. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Content(${this.toString()})`;
  }
}

/** The digest of several texts and contents, one after the other. */
export class CombinedDigest {
  readonly #hash: Hash;
  readonly #parts: string[];
  #witness: Content | undefined;

  constructor(algorithm: 'md5' | 'sha256') {
    this.#hash = createHash(algorithm);
    this.#parts = [algorithm];
  }

  add(part: string | Content): void {
    if (typeof part === 'string') {
      this.#hash.update(part);
      this.#parts.push(part);
      return;
    }
    part.addTo(this.#hash);
    this.#parts.push(part.part);
    if (part.isWitness) this.#witness ??= part;
  }

  /** In hexadecimal digits. */
  digest(): string {
    const digest = this.#hash.digest('hex');
    return this.#witness?.witness(this.#parts, digest) ?? digest;
  }
}

/** The name under which a record has a combined digest. */
export function combinationOf(parts: readonly string[]): string {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  return `the digest of it and others, ${digest.slice(0, 16)}`;
}

/** A content of which nothing is known but its size. */
export class SealedContent extends Content {
  readonly #size: number;
  readonly #name: string;

  constructor(size: number, name: string) {
    super(undefined, name);
    this.#size = size;
    this.#name = name;
  }

  override get size(): number {
    return this.#size;
  }

  override followedBy(text: string): Content {
    return new SealedContent(this.#size + Buffer.byteLength(text), this.#name);
  }
}

/** A content that does not leave: its size does. */
export const sealed: Codec<Content> = as(
  count,
  (content) => content.size,
  (size) => new SealedContent(size, 'what an edit would make'),
);
