/** Writes down what is asked of a tree, with the answers, for a facts document. */
import { isAnswer, LookFailed } from '../../errors/look-failed.ts';
import { Problem, type ProblemParts } from '../../errors/problem.ts';
import { combinationOf, Content, type Cover, type Reader } from '../content.ts';
import { isWithin } from '../path.ts';
import type { Stat } from '../entry.ts';
import type { Mounts } from '../mounts.ts';
import type { OwnerRule } from '../owner-rule.ts';
import { formOf, type Answer, type Question, type QuestionKind } from '../question.ts';
import type { OwnerScan, RawEntry, Tree } from '../tree.ts';
import {
  partsOf,
  scanKey,
  unknownKey,
  type Answer as ReaderAnswer,
  type Look,
  type ScanRecord,
  type UnknownRecord,
  type WorldRecord,
} from './world-record.ts';

/** What stands for secrets in a record. */
export interface RecordCover extends Cover {
  /** A text in which every secret input is its stand-in. */
  text(text: string): string;
}

/** What has been read of a file so far. */
interface Noted {
  size?: number;
  problem?: ProblemParts;
  digest?: string;
  readonly answers: Map<string, ReaderAnswer>;
}

/**
 * Writes down what is asked of a tree, and its answers. The contents of files stay where they are:
 * what readers make of them is noted, as far as they let it leave.
 */
export class RecordingTree implements Tree {
  readonly #base: Tree;
  readonly #cover: RecordCover;
  readonly #entries = new Map<string, RawEntry>();
  readonly #lists = new Map<string, readonly string[]>();
  readonly #contents = new Map<string, Noted>();
  readonly #scans = new Map<string, ScanRecord>();
  readonly #answers: Record<string, Map<string, unknown>> = {};
  readonly #unknown = new Map<string, UnknownRecord>();

  constructor(base: Tree, cover: RecordCover) {
    this.#base = base;
    this.#cover = cover;
  }

  look(path: string): RawEntry {
    return noted(this.#entries, path, () =>
      this.#looked('look', path, () => this.#base.look(path)),
    );
  }

  read(path: string, limit: number, accept?: (stat: Stat) => boolean): Content {
    const notes: Noted = this.#contents.get(path) ?? { answers: new Map() };
    this.#contents.set(path, notes);
    try {
      const content = this.#looked('read', path, () => this.#base.read(path, limit, accept));
      notes.size = content.size;
      return new ObservedContent(content, path, notes, this.#cover);
    } catch (error) {
      if (!isAnswer(error)) throw error;
      // Whether a file is too large depends on who asks; its size does not.
      const entry = this.look(path);
      if (entry.type === 'file' && entry.stat.size > limit) notes.size = entry.stat.size;
      else notes.problem = partsOf(error);
      throw error;
    }
  }

  list(path: string): readonly string[] {
    return noted(this.#lists, path, () => this.#looked('list', path, () => this.#base.list(path)));
  }

  mounts(): Mounts {
    return this.#base.mounts();
  }

  ask<K extends QuestionKind>(question: Question<K>): Answer<K> {
    const { items, write } = formOf(question);
    const keys = items(question).map(({ key }) => key);
    const noted = this.#answers[question.kind] ?? new Map<string, unknown>();
    this.#answers[question.kind] = noted;
    try {
      const answer = this.#base.ask(question);
      for (const [at, value] of write(answer).entries()) noted.set(keys[at] ?? '', value);
      return answer;
    } catch (error) {
      if (error instanceof LookFailed)
        for (const key of keys) this.#note(question.kind, key, error);
      throw error;
    }
  }

  async scanOwners(path: string, rule: OwnerRule, signal: AbortSignal): Promise<OwnerScan> {
    const key = scanKey(path, rule);
    try {
      const found = await this.#base.scanOwners(path, rule, signal);
      this.#scans.set(key, { found });
      return found;
    } catch (error) {
      if (error instanceof LookFailed) this.#note('scan', key, error);
      else if (error instanceof Problem) this.#scans.set(key, { problem: partsOf(error) });
      throw error;
    }
  }

  /** What has been asked so far. Of the mounts it has those that paths of it lie on, or above. */
  record(): WorldRecord {
    const paths = [...this.#entries.keys()].filter((path) => path !== '/');
    const isNear = (mount: string): boolean =>
      paths.some((path) => isWithin(path, mount) || isWithin(mount, path));
    return {
      mounts: new Map([...this.#base.mounts()].filter(([mount]) => isNear(mount))),
      entries: this.#entries,
      lists: this.#lists,
      contents: this.#contents,
      scans: this.#scans,
      answers: this.#answers,
      unknown: this.#unknown.size === 0 ? undefined : this.#unknown,
    };
  }

  /** A look that got no answer is noted as what it is: its plan fails where it is recorded, too. */
  #looked<T>(look: Look, about: string, ask: () => T): T {
    try {
      return ask();
    } catch (error) {
      if (error instanceof LookFailed) this.#note(look, about, error);
      throw error;
    }
  }

  #note(look: Look, about: string, { path, call, errno }: LookFailed): void {
    this.#unknown.set(unknownKey(look, about), { path, call, errno });
  }
}

/** A content of the recorded world: what is asked of it is noted, wherever it is copied to. */
class ObservedContent extends Content {
  override readonly isWitness = true;
  readonly #path: string;
  readonly #notes: Noted;
  readonly #cover: RecordCover;

  constructor(content: Content, path: string, notes: Noted, cover: RecordCover) {
    super(content.reveal());
    this.#path = path;
    this.#notes = notes;
    this.#cover = cover;
  }

  override open<T>(reader: Reader<T>): T {
    const { answers } = this.#notes;
    try {
      const value = super.open(reader);
      const leaving = reader.leaves?.(value, this.#cover) ?? value;
      answers.set(reader.name, { read: reader.codec.encode(leaving) });
      return value;
    } catch (error) {
      if (error instanceof Problem) answers.set(reader.name, { problem: partsOf(error) });
      throw error;
    }
  }

  /** The plan that is recorded has stand-ins for secrets, and must find those here. */
  override text(): string {
    return this.#cover.text(super.text());
  }

  override digest(): string {
    const digest = super.digest();
    this.#notes.digest = this.#cover.digest(digest);
    return digest;
  }

  override get part(): string {
    return this.#path;
  }

  override witness(parts: readonly string[], digest: string): string {
    this.#notes.answers.set(combinationOf(parts), { read: this.#cover.digest(digest) });
    return digest;
  }

  override equals(other: Content): boolean {
    if (other instanceof ObservedContent && this.size === other.size) {
      return this.digest() === other.digest();
    }
    return super.equals(other);
  }
}

function noted<T>(answers: Map<string, T>, key: string, ask: () => T): T {
  const answer = ask();
  answers.set(key, answer);
  return answer;
}
