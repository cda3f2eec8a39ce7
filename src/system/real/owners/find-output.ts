import type { Present } from '../../entry.ts';
import type { FormerId, OwnerRule } from '../../owner-rule.ts';
import { asName, type Name } from '../open.ts';

/** What find(1) prints for an entry that is right: one byte, the letter of no type. */
const RIGHT = 'r';

/** And for one of a user that the rule does not speak of: the letter of no type either. */
const OTHER = 'o';

/** And for one that is wrong: type, owner, hard links, mode, time and path, which ends in a NUL. */
const WRONG = String.raw`%y%U %G %n %m %C@ %p\0`;

/** How every path starts: the finds are told to begin at such ones. */
const HERE = './';

const ZERO = 0x30;

/** The types of entries by the letters of find(1). */
const TYPES: Readonly<Record<string, Present['type']>> = {
  f: 'file',
  d: 'directory',
  l: 'link',
  p: 'fifo',
  s: 'socket',
  b: 'device',
  c: 'device',
};

/** Takes what a find prints. */
export interface Finding {
  /** So many entries are right. */
  right(count: number): void;
  /** So many entries belong to others. */
  other(count: number): void;
  /** An entry is wrong. `below` is its path without the `./` at its start. */
  wrong(below: Name, entry: Present): void;
}

/** The expression with which find(1) prints what FindOutput reads. */
export function printing({ to, users, groups }: OwnerRule): readonly string[] {
  const isRight = ['-uid', String(to.uid), '-gid', String(to.gid), '-printf', RIGHT];
  if (users === 'any' || groups === 'any') return [...isRight, '-o', '-printf', WRONG];
  const tests = [
    ...users.map((id) => having('-uid', id)),
    ...groups.map((id) => having('-gid', id)),
  ];
  const isWrong = [
    '(',
    ...tests.flatMap((test, index) => (index === 0 ? test : ['-o', ...test])),
    ')',
  ];
  const isOurs = ['-uid', String(to.uid), '-printf', RIGHT];
  return [...isRight, '-o', ...isWrong, '-printf', WRONG, '-o', ...isOurs, '-o', '-printf', OTHER];
}

/** A test for entries of an id; those that have not changed since it was the account's are not. */
function having(test: '-uid' | '-gid', { id, since }: FormerId): string[] {
  if (since === undefined) return [test, String(id)];
  // -newer asks for later than, and the rule for not before.
  const before = `@${((since - 1) / 1000).toFixed(3)}`;
  return ['(', test, String(id), '-newerct', before, ')'];
}

/** Reads the output of a find as it comes. */
export class FindOutput {
  readonly #finding: Finding;
  /** The start of a record, one character for each byte. */
  #rest = '';

  constructor(finding: Finding) {
    this.#finding = finding;
  }

  /** @throws Error when it is not what such a find prints */
  write(chunk: Buffer): void {
    const data = this.#rest + chunk.toString('latin1');
    let at = 0;
    for (;;) {
      const start = at;
      while (data[at] === RIGHT) at += 1;
      if (at > start) this.#finding.right(at - start);
      const others = at;
      while (data[at] === OTHER) at += 1;
      if (at > others) this.#finding.other(at - others);
      if (data[at] === RIGHT) continue;
      const end = data.indexOf('\0', at);
      if (end === -1) break;
      this.#record(data, at, end);
      at = end + 1;
    }
    this.#rest = data.slice(at);
  }

  /** @throws Error when the output breaks off */
  end(): void {
    if (this.#rest.length > 0) throw new Error('the output of find breaks off');
  }

  #record(data: string, start: number, end: number): void {
    const type = TYPES[data[start] ?? ''];
    const numbers = new Numbers(data, start + 1);
    const stat = {
      uid: numbers.next(10),
      gid: numbers.next(10),
      nlink: numbers.next(10),
      mode: numbers.next(8),
      size: 0,
      changedAt: numbers.seconds() * 1000,
    };
    const path = data.slice(numbers.at + HERE.length, end);
    if (type === undefined || path === '' || !data.startsWith(HERE, numbers.at)) {
      throw new Error('find printed something else');
    }
    const entry = type === 'link' ? { type, stat, target: '' } : { type, stat };
    this.#finding.wrong(nameOf(path), entry);
  }
}

/** Reads numbers that end in a space. By hand: a pattern takes longer than find itself. */
class Numbers {
  readonly #text: string;
  at: number;

  constructor(text: string, at: number) {
    this.#text = text;
    this.at = at;
  }

  /** @throws Error when there is none */
  next(base: 8 | 10): number {
    const start = this.at;
    let value = 0;
    for (;;) {
      const digit = this.#text.charCodeAt(this.at) - ZERO;
      if (!(digit >= 0 && digit < base)) break;
      value = value * base + digit;
      this.at += 1;
    }
    if (this.at === start || this.#text[this.at] !== ' ') throw new Error('find printed no number');
    this.at += 1;
    return value;
  }

  /**
   * A number with a fraction.
   * @throws Error when there is none
   */
  seconds(): number {
    const end = this.#text.indexOf(' ', this.at);
    const value = Number(this.#text.slice(this.at, end));
    if (end <= this.at || Number.isNaN(value)) throw new Error('find printed no time');
    this.at = end + 1;
    return value;
  }
}

function nameOf(bytes: string): Name {
  return /[\x80-\xff]/.test(bytes) ? asName(Buffer.from(bytes, 'latin1')) : bytes;
}
