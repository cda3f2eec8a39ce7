import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import fc from 'fast-check';
import { asName } from '../../src/system/real/open.ts';
import { isRoot } from './real-root.ts';

/** An entry of a tree that a mean hand has made. */
interface Odd {
  readonly type: 'directory' | 'file' | 'link' | 'fifo' | 'several-names';
  readonly name: Buffer;
  /** Which of the directories before it holds it. */
  readonly holder: number;
  readonly owner: number;
  readonly mode: number;
}

/** Names that are not what a careless reader expects. */
const NAMES: readonly Buffer[] = [
  ...['a', 'b', 'rrr', '-print', '! x', 'two words', 'new\nline', 'd0 0 1 755 .', 'ü', '\uFFFD'],
  ...['*', "'", '"', '\\', '%p', ' '],
]
  .map((name) => Buffer.from(name))
  .concat([Buffer.from([0xff]), Buffer.from([0x61, 0x0a, 0xfe]), Buffer.from([0xc3])]);

/** Owners of the entries of an odd tree. The first is the one that is right. */
export const OWNERS = [
  { uid: 1000, gid: 1000 },
  { uid: 1000, gid: 0 },
  { uid: 0, gid: 0 },
  { uid: 10000, gid: 10000 },
] as const;

/** Trees with odd names, of all types of entries and of several owners. */
export const oddTrees: fc.Arbitrary<readonly Odd[]> = fc.array(
  fc.record<Odd>({
    type: fc.constantFrom(
      'directory',
      'directory',
      'file',
      'file',
      'link',
      'fifo',
      'several-names',
    ),
    name: fc.constantFrom(...NAMES),
    holder: fc.nat(30),
    owner: fc.nat(OWNERS.length - 1),
    mode: fc.constantFrom(0o755, 0o644, 0o700, 0o777, 0o4755, 0o2755, 0o2775, 0o1777),
  }),
  { minLength: 1, maxLength: 60 },
);

/** Makes a tree in a directory that is there. */
export function makeOddTree(top: string, tree: readonly Odd[]): void {
  const directories: Buffer[] = [Buffer.from(top)];
  const made: { path: Buffer; odd: Odd }[] = [];
  for (const odd of tree) {
    const holder = directories[odd.holder % directories.length] ?? Buffer.from(top);
    const path = Buffer.concat([holder, Buffer.from('/'), odd.name]);
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) continue;
    make(path, odd.type);
    made.push({ path, odd });
    if (odd.type === 'directory') directories.push(path);
  }
  for (const { path, odd } of made) {
    const { uid, gid } = OWNERS[odd.owner] ?? OWNERS[0];
    if (isRoot) lchownSync(path, uid, gid);
    if (odd.type !== 'link') chmodSync(path, odd.mode);
  }
}

function make(path: Buffer, type: Odd['type']): void {
  switch (type) {
    case 'directory':
      mkdirSync(path);
      return;
    case 'file':
      writeFileSync(path, '');
      return;
    case 'several-names': {
      const other = Buffer.concat([path, Buffer.from('.other')]);
      writeFileSync(path, '');
      if (lstatSync(other, { throwIfNoEntry: false }) === undefined) linkSync(path, other);
      return;
    }
    case 'link':
      symlinkSync('/etc/passwd', path);
      return;
    case 'fifo':
      // An argument of a process is text.
      if (typeof asName(path) === 'string') execFileSync('mkfifo', ['--', path.toString()]);
      else writeFileSync(path, '');
      return;
  }
}
