/**
 * Starts find(1) of GNU to scan the owners below directories, and reads what it prints: it is
 * faster than this process, and several of them scan at the same time.
 */
import { spawn } from 'node:child_process';
import type { Present } from '../../entry.ts';
import type { FormerId, OwnerRule } from '../../owner-rule.ts';
import { asName, type Name } from '../open.ts';

/** How much of a list of paths one process gets, in bytes; see execve(2) for how much it may. */
const MAX_ARGUMENTS = 128 * 1024;

/** The environment of find and chown: users may write where the PATH of a container leads. */
export const ENVIRONMENT = { PATH: '/usr/bin:/bin', LC_ALL: 'C' };

/** What find(1) prints for an entry that is right: one byte, the letter of no type. */
const RIGHT = 'r';

/** And for one of a user that the rule does not cover: the letter of no type either. */
const OTHER = 'o';

/** And for one that is wrong: type, owner, hard links, mode, time and path, which ends in a NUL. */
const WRONG = String.raw`%y%U %G %n %m %C@ %p\0`;

/** How every path starts, since those that find is given do. */
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

/** What finds work with. */
export interface Finds {
  /** The program. */
  readonly find: string;
  /** The directory to which the paths are relative. */
  readonly cwd: string;
  readonly rule: OwnerRule;
  /** Ends them at once. */
  readonly signal: AbortSignal;
}

/**
 * Scans what lies below directories, with one find for each list of paths, all at the same time.
 * @throws Error when one of them cannot be started, fails or prints to stderr
 */
export async function findOwners(
  finds: Finds,
  lists: readonly (readonly string[])[],
  finding: Finding,
): Promise<void> {
  const failed = new AbortController();
  const signal = AbortSignal.any([finds.signal, failed.signal]);
  const findAll = async (paths: readonly string[]): Promise<void> => {
    for (const batch of batchesOf(paths)) await findOnce({ ...finds, signal }, batch, finding);
  };
  const ended = await Promise.allSettled(
    lists.map((paths) =>
      findAll(paths).catch((error: unknown) => {
        failed.abort();
        throw error;
      }),
    ),
  );
  const failure = ended.find((each) => each.status === 'rejected');
  if (failure !== undefined) throw new Error('a find failed', { cause: failure.reason });
}

async function findOnce(
  { find, cwd, rule, signal }: Finds,
  paths: readonly string[],
  finding: Finding,
): Promise<void> {
  // What vanishes meanwhile is nothing. The directories themselves have been scanned.
  const options = ['-ignore_readdir_race', '-mindepth', '1'];
  const child = spawn(find, ['-P', ...paths.map(dotted), ...options, ...printing(rule)], {
    cwd,
    env: ENVIRONMENT,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
    killSignal: 'SIGKILL',
  });
  const output = new FindOutput(finding);
  let problem: Error | undefined;
  const fail = (error: unknown): void => {
    problem ??= error instanceof Error ? error : new Error(String(error));
    child.kill('SIGKILL');
  };
  child.on('error', fail);
  child.stderr.on('data', (chunk: Buffer) => {
    fail(new Error(`find says ${chunk.toString()}`));
  });
  child.stdout.on('data', (chunk: Buffer) => {
    try {
      output.write(chunk);
    } catch (error) {
      fail(error);
    }
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (problem !== undefined) throw problem;
  if (code !== 0) throw new Error(`find ended with ${String(code)}`);
  output.end();
}

/** Deals items out in turn: neighbours in a tree tend to be alike in size. */
export function roundRobin<T>(items: readonly T[], most: number): T[][] {
  const hands = Array.from({ length: Math.min(most, items.length) }, (): T[] => []);
  items.forEach((item, index) => hands[index % hands.length]?.push(item));
  return hands;
}

/** A path as an argument: anything that starts with another character may look like an option. */
export function dotted(path: string): string {
  return `${HERE}${path}`;
}

/** Divides paths so that each batch fits into the arguments of one process. */
export function* batchesOf(paths: readonly string[]): Generator<string[]> {
  let batch: string[] = [];
  let size = 0;
  for (const path of paths) {
    const bytes = Buffer.byteLength(path) + 3;
    if (batch.length > 0 && size + bytes > MAX_ARGUMENTS) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(path);
    size += bytes;
  }
  if (batch.length > 0) yield batch;
}

/** The expression with which find(1) prints what FindOutput reads. */
function printing({ to, users, groups }: OwnerRule): readonly string[] {
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

/** A test for entries of an id, without those last changed before the account had it. */
function having(test: '-uid' | '-gid', { id, since }: FormerId): string[] {
  if (since === undefined) return [test, String(id)];
  // -newer asks for later than, and the rule for not before.
  const before = `@${((since - 1) / 1000).toFixed(3)}`;
  return ['(', test, String(id), '-newerct', before, ')'];
}

/** Reads the output of a find as it comes. */
class FindOutput {
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
