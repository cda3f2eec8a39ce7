import { inspect } from 'node:util';

/**
 * The bytes of a file, closed: whatever prints, logs or serialises it sees the size alone, since
 * configuration files hold secrets. Only what writes to a world opens it, with `reveal`.
 */
export class Content {
  readonly #bytes: Uint8Array;

  private constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
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
    return this.#bytes.length;
  }

  /** Opens the content. For writers only. */
  reveal(): Uint8Array {
    return this.#bytes;
  }

  /** Whether both hold the same bytes. */
  equals(other: Uint8Array): boolean {
    return Buffer.compare(this.#bytes, other) === 0;
  }

  toString(): string {
    return `${this.size} bytes`;
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return `Content(${this.toString()})`;
  }
}
