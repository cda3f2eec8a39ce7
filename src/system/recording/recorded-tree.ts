/** Answers from a record what was asked of a tree when facts were taken, and nothing else. */
import { LookFailed } from '../../errors/look-failed.ts';
import { Problem, Unanswered } from '../../errors/problem.ts';
import { Malformed } from '../../text/codec.ts';
import { combinationOf, Content, SealedContent, type Reader } from '../content.ts';
import type { Mounts } from '../mounts.ts';
import { ruleKey, type OwnerRule } from '../owner-rule.ts';
import { formOf, type Answer, type Question, type QuestionKind } from '../question.ts';
import type { OwnerScan, RawEntry, Tree } from '../tree.ts';
import {
  scanKey,
  unknownKey,
  type ContentRecord,
  type Look,
  type WorldRecord,
} from './world-record.ts';

/** A tree that answers what a record has, and nothing else: it looks at no machine. */
export class RecordedTree implements Tree {
  readonly #record: WorldRecord;

  constructor(record: WorldRecord) {
    this.#record = record;
  }

  look(path: string): RawEntry {
    this.#refuseUnknown('look', path);
    return answered(this.#record.entries.get(path), path);
  }

  read(path: string, limit: number): Content {
    this.#refuseUnknown('read', path);
    const content = answered(this.#record.contents.get(path), `the content of ${path}`);
    if (content.problem !== undefined) throw new Problem(content.problem);
    const size = answered(content.size, `the size of ${path}`);
    if (size > limit) {
      throw new Problem({ found: `${path} has ${size} bytes`, wanted: `at most ${limit}` });
    }
    return new RecordedContent(size, path, content);
  }

  list(path: string): readonly string[] {
    this.#refuseUnknown('list', path);
    return answered(this.#record.lists.get(path), `what is in ${path}`);
  }

  mounts(): Mounts {
    return this.#record.mounts;
  }

  ask<K extends QuestionKind>(question: Question<K>): Answer<K> {
    const { items, read } = formOf(question);
    const asked = items(question);
    const values = asked.map(({ key, what }) => {
      this.#refuseUnknown(question.kind, key);
      return answered(this.#record.answers[question.kind]?.get(key), what);
    });
    return decoded(() => read(values), asked[0]?.what ?? question.kind);
  }

  scanOwners(path: string, rule: OwnerRule): Promise<OwnerScan> {
    this.#refuseUnknown('scan', scanKey(path, rule));
    const what = `what below ${path} is not as it should be: ${ruleKey(rule)}`;
    const { found, problem } = answered(this.#record.scans.get(scanKey(path, rule)), what);
    if (problem !== undefined) throw new Problem(problem);
    return Promise.resolve(answered(found, what));
  }

  /** @throws LookFailed where the look got no answer when the record was made, either */
  #refuseUnknown(look: Look, about: string): void {
    const unknown = this.#record.unknown?.get(unknownKey(look, about));
    if (unknown !== undefined) throw new LookFailed(unknown.path, unknown.call, unknown.errno);
  }
}

/** A content of which a record has what readers have made of it. */
class RecordedContent extends SealedContent {
  override readonly isWitness = true;
  readonly #path: string;
  readonly #content: ContentRecord;

  constructor(size: number, path: string, content: ContentRecord) {
    super(size, path);
    this.#path = path;
    this.#content = content;
  }

  override open<T>(reader: Reader<T>): T {
    const what = `${reader.name} of ${this.#path}`;
    const { read, problem } = answered(this.#content.answers?.get(reader.name), what);
    if (problem !== undefined) throw new Problem(problem);
    return decoded(() => reader.codec.decode(read, what), what);
  }

  override digest(): string {
    return answered(this.#content.digest, `the digest of ${this.#path}`);
  }

  override addTo(): void {
    // The bytes are not here: what they come to is asked of the first content that takes part.
  }

  override get part(): string {
    return this.#path;
  }

  override witness(parts: readonly string[]): string {
    const what = combinationOf(parts);
    const answer = this.#content.answers?.get(what)?.read;
    return answered(typeof answer === 'string' ? answer : undefined, `${what} of ${this.#path}`);
  }

  override equals(other: Content): boolean {
    if (this.size !== other.size || !(other instanceof RecordedContent)) return super.equals(other);
    return this.digest() === other.digest();
  }
}

function answered<T>(answer: T | undefined, what: string): T {
  if (answer === undefined) throw new Unanswered(what);
  return answer;
}

/** A value of another form than this release writes is none. */
function decoded<T>(decode: () => T, what: string): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof Malformed) throw new Unanswered(what);
    throw error;
  }
}
