/** The content that an edit would make, readable where only the original was recorded. */
import type { Hash } from 'node:crypto';
import { Content, type Reader } from './content.ts';

/**
 * What an edit makes of a content. Readers read it by way of the content that it is made of, so
 * that a record of that one has what they make of the edited one, of which it has the size alone.
 */
export class EditedContent extends Content {
  readonly #origin: Content;
  readonly #edited: Content;
  readonly #edit: string;

  /** @param edit its name, another one for each edit of the same content */
  constructor(origin: Content, edited: Content, edit: string) {
    super(new Uint8Array());
    this.#origin = origin;
    this.#edited = edited;
    this.#edit = edit;
  }

  override get size(): number {
    return this.#edited.size;
  }

  override open<T>(reader: Reader<T>): T {
    return this.#origin.open({
      ...reader,
      name: `${reader.name} after ${this.#edit}`,
      read: () => this.#edited.open(reader),
    });
  }

  override text(): string {
    return this.#edited.text();
  }

  override digest(): string {
    return this.#edited.digest();
  }

  override addTo(hash: Hash): void {
    this.#edited.addTo(hash);
  }

  override equals(other: Content): boolean {
    return this.#edited.equals(other);
  }

  override followedBy(text: string): Content {
    return this.#edited.followedBy(text);
  }

  override reveal(): Uint8Array {
    return this.#edited.reveal();
  }
}
