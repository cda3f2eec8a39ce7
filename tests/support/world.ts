import { Problem } from '../../src/errors/problem.ts';
import { Content } from '../../src/system/content.ts';
import type { Owner, SpecialType } from '../../src/system/entry.ts';
import type { MemoryNode } from '../../src/system/memory-node.ts';
import { parentOf } from '../../src/system/path.ts';
import type { Mount, Mounts } from '../../src/system/mounts.ts';
import {
  formOf,
  type Answer,
  type Answers,
  type Question,
  type QuestionKind,
} from '../../src/system/question.ts';
import { OverlayTree } from '../../src/system/overlay.ts';
import { SimulatedSystem } from '../../src/system/simulated.ts';
import type { Tree } from '../../src/system/tree.ts';

/** A node of a test world; the owner is root unless said. */
interface Look {
  readonly mode?: number;
  readonly owner?: Owner | string;
  readonly nlink?: number;
}

/** A regular file. */
export function file(text: string, look: Look = {}): MemoryNode {
  const content = Content.ofText(text);
  return { type: 'file', stat: { ...stat(look, 0o644), size: content.size }, content };
}

/** A directory. Parents that a world does not mention are made by root with mode 0755. */
export function directory(look: Look = {}): MemoryNode {
  return { type: 'directory', stat: stat({ nlink: 2, ...look }, 0o755) };
}

/** A symbolic link. */
export function link(target: string, look: Look = {}): MemoryNode {
  return { type: 'link', stat: stat(look, 0o777), target };
}

/** A socket, FIFO or device. */
export function special(type: SpecialType, look: Look = {}): MemoryNode {
  return { type, stat: stat(look, 0o660) };
}

/** The account files of a small image: root, hermes 10000:10000, and a few groups. */
export const ACCOUNT_FILES: Readonly<Record<string, MemoryNode>> = {
  '/etc/passwd': file(
    'root:x:0:0:root:/root:/bin/bash\nwww-data:x:33:33::/var/www:/usr/sbin/nologin\nhermes:x:10000:10000::/opt/data:/bin/sh\n',
  ),
  '/etc/group': file('root:x:0:\ntty:x:5:\nusers:x:100:\nwww-data:x:33:\nhermes:x:10000:\n'),
  '/etc/shadow': file('root:*:1:0:99999:7:::\nhermes:!:1:0:99999:7:::\n', { mode: 0o640 }),
  '/etc/gshadow': file('root:*::\ntty:*::\nusers:*::\nhermes:!::\n', { mode: 0o640 }),
};

/** A tree with nothing but a root directory: what an overlay of a test stands on. */
export function emptyTree(mounts: Mounts = new Map()): Tree {
  return {
    look: (path) =>
      path === '/'
        ? { type: 'directory', stat: { uid: 0, gid: 0, mode: 0o755, nlink: 2, size: 0 } }
        : { type: 'missing' },
    read: (path) => {
      throw new Problem({ found: `${path} is missing`, wanted: 'a regular file' });
    },
    list: () => [],
    mounts: () => mounts,
    ask: (question) => formOf(question).none(question),
    scanOwners: () =>
      Promise.resolve({
        entries: 0,
        wrong: 0,
        others: 0,
        sample: [],
        owners: [],
        clears: false,
        hardLinked: { count: 0, sample: [] },
        mounts: [],
        unreadable: [],
      }),
  };
}

/** A tree with other answers to some questions, such as a kernel would give. */
export class AnsweringTree extends OverlayTree {
  readonly #own: Partial<Answers>;

  constructor(base: Tree, own: Partial<Answers>) {
    super(base);
    this.#own = own;
  }

  override ask<K extends QuestionKind>(question: Question<K>): Answer<K> {
    const answer = this.#own[question.kind];
    return answer === undefined ? super.ask(question) : answer(question);
  }
}

/** Options of a test world. */
interface WorldOptions {
  readonly guarded?: readonly string[];
  readonly mounts?: readonly string[];
  /** Mounts that are read-only. */
  readonly readOnly?: readonly string[];
  /** Mounts from which nothing is executed. */
  readonly noExec?: readonly string[];
  /** Mounts of an NFS server. */
  readonly served?: readonly string[];
}

/** A world in memory with these entries on top of ACCOUNT_FILES. */
export function world(
  entries: Readonly<Record<string, MemoryNode>>,
  options: WorldOptions = {},
): SimulatedSystem {
  const policy = { guarded: options.guarded ?? ['/opt/data'], self: 0 };
  const system = new SimulatedSystem({ tree: emptyTree(mountsOf(options)), policy });
  for (const [path, node] of Object.entries({ ...ACCOUNT_FILES, ...entries })) {
    makeParents(system, path);
    system.overlay.put(path, node);
  }
  return system;
}

const LOCAL: Mount = { readOnly: false, noExec: false, type: 'ext4' };

function mountsOf({ mounts = [], readOnly = [], noExec = [], served = [] }: WorldOptions): Mounts {
  return new Map<string, Mount>([
    ...mounts.map((path) => [path, LOCAL] as const),
    ...readOnly.map((path) => [path, { ...LOCAL, readOnly: true }] as const),
    ...noExec.map((path) => [path, { ...LOCAL, noExec: true }] as const),
    ...served.map((path) => [path, { ...LOCAL, type: 'nfs4' }] as const),
  ]);
}

function makeParents(system: SimulatedSystem, path: string): void {
  const parent = parentOf(path);
  if (parent === '/' || system.overlay.look(parent).type !== 'missing') return;
  makeParents(system, parent);
  system.overlay.put(parent, directory());
}

function stat(look: Look, mode: number): MemoryNode['stat'] {
  return { ...ids(look.owner), mode: look.mode ?? mode, nlink: look.nlink ?? 1, size: 0 };
}

function ids(owner: Owner | string | undefined): Owner {
  if (typeof owner === 'object') return owner;
  const [uid = 0, gid = 0] = (owner ?? '0:0').split(':').map(Number);
  return { uid, gid };
}
