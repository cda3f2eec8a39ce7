import type { Owner, Present } from '../../entry.ts';
import { asName, type Name } from '../open.ts';

/** What find(1) prints for an entry that is right: one byte, the letter of no type. */
const RIGHT = 'r';

/** And for one that is wrong: type, owner, hard links, mode and path, which ends in a NUL. */
const WRONG = String.raw`%y%U %G %n %m %p\0`;

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
  /** An entry is wrong. `below` is its path without the `./` at its start. */
  wrong(below: Name, entry: Present): void;
}

/** The expression with which find(1) prints what FindOutput reads. */
export function printing({ uid, gid }: Owner): readonly string[] {
  const isRight = ['-uid', String(uid), '-gid', String(gid)];
  return [...isRight, '-printf', RIGHT, '-o', '-printf', WRONG];
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
}

function nameOf(bytes: string): Name {
  return /[\x80-\xff]/.test(bytes) ? asName(Buffer.from(bytes, 'latin1')) : bytes;
}
