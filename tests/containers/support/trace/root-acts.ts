/**
 * Follows a trace and says what its root processes did to files: ran, loaded, read, wrote, made,
 * removed. Whose process a call is comes from the trace itself: forks, and changes of the user ids.
 */
import { posix } from 'node:path';
import { descriptorOf, textOf, textsOf, type Call } from './parse-calls.ts';
import { actorOf } from './actors.ts';

export const DEEDS = [
  'runs',
  'loads',
  'looks programs up in',
  'is given',
  'reads',
  'lists',
  'listens at',
  'writes',
  'makes',
  'renames',
  'removes',
  'sets owner of',
  'sets mode of',
] as const;
export type Deed = (typeof DEEDS)[number];

/** What a root process has done, or tried to. */
export interface Act {
  /** Which part of the container it was. */
  readonly actor: string;
  readonly deed: Deed;
  /** An absolute path of the container, as it was named; `$NAME` for a variable that is given. */
  readonly path: string;
  /** Whether it went through an open directory, following no link: a swapped path changes nothing. */
  readonly isHeld: boolean;
  /** Whether a link as the last part of the path would be followed. */
  readonly follows: boolean;
  /** The call as strace wrote it. */
  readonly line: string;
}

/** A thread: what it shares with others of its process is an object of its own. */
interface Thread {
  /** Real, effective and saved user id. */
  ids: readonly [number, number, number];
  cwd: { path: string; isHeld: boolean };
  fds: Map<string, string>;
  process: { actor: string; script: string };
}

/** How strace is to write what this file reads. */
export const TRACED_CALLS = [
  ...['execve', 'execveat', 'clone', 'clone3', 'fork', 'vfork', 'chdir', 'fchdir', 'fcntl'],
  ...['dup', 'dup2', 'dup3', 'setuid', 'setreuid', 'setresuid', 'open', 'openat', 'openat2'],
  ...['creat', 'mkdir', 'mkdirat', 'mknod', 'mknodat', 'symlink', 'symlinkat', 'link', 'linkat'],
  ...['unlink', 'unlinkat', 'rmdir', 'rename', 'renameat', 'renameat2', 'truncate', 'chown'],
  ...['fchown', 'lchown', 'fchownat', 'chmod', 'fchmod', 'fchmodat', 'utimensat', 'setxattr'],
  ...['lsetxattr', 'fsetxattr', 'bind', 'connect'],
];

/** Variables that make a program load or run what they name. */
const DANGEROUS =
  /^(?:NODE_OPTIONS|NODE_PATH|NODE_EXTRA_CA_CERTS|LD_\w+|BASH_ENV|ENV|PYTHON(?:PATH|STARTUP|HOME)|GIT_\w+)$/;

/** Programs that obey only some of them, and which they are. */
const NODES = /^(?:NODE|LD)_/;

/** Devices that keep nothing and tell nothing. */
const DEVICES = new Set(['/dev/null', '/dev/tty']);

const CODE = /\.(?:so(?:\.[\d.]+)?|cjs|mjs|js|node|sh|py|pyc|pth)$/;
const PLANS = /^\/(?:opt|etc)\/hermes-boot\/.*\.yaml$/;

const CHANGES: Readonly<Record<string, Deed>> = {
  mkdir: 'makes',
  mknod: 'makes',
  symlink: 'makes',
  link: 'makes',
  unlink: 'removes',
  rmdir: 'removes',
  rename: 'renames',
  truncate: 'writes',
  utimens: 'writes',
  setxattr: 'writes',
  lsetxattr: 'writes',
  fsetxattr: 'writes',
  chown: 'sets owner of',
  lchown: 'sets owner of',
  fchown: 'sets owner of',
  chmod: 'sets mode of',
  fchmod: 'sets mode of',
};
const FOLLOWING = new Set(['truncate', 'setxattr', 'chown', 'chmod', 'utimens']);

/**
 * The acts of root in a trace whose first thread is a root process.
 * @param actor who that first thread is
 * @param isWhole whether the trace has come to its end; until then a child may be in it before strace
 *   says whose it is, and what follows is left for later
 */
export function rootActs(calls: readonly Call[], actor: string, isWhole: boolean): Act[] {
  const threads = new Map<number, Thread>();
  const acts: Act[] = [];
  for (const call of calls) {
    if (threads.size === 0) threads.set(call.thread, firstThread(actor));
    const thread = threads.get(call.thread);
    if (thread === undefined && !isWhole) break;
    if (thread === undefined) throw new Error(`nobody has started thread ${call.line}`);
    noteDescriptors(thread, call);
    if (/^(?:clone3?|v?fork)$/.test(call.name)) {
      const child = /(\d+) in strace's PID NS/.exec(call.result) ?? /^(\d+)$/.exec(call.result);
      if (child !== null) threads.set(Number(child[1]), forked(thread, call.args.join()));
      continue;
    }
    acts.push(...actsOf(thread, call).filter(({ path }) => !DEVICES.has(path)));
    follow(thread, call);
  }
  return acts;
}

function firstThread(actor: string): Thread {
  const process = { actor, script: '' };
  return { ids: [0, 0, 0], cwd: { path: '/', isHeld: false }, fds: new Map(), process };
}

function forked(thread: Thread, flags: string): Thread {
  return {
    ids: thread.ids,
    cwd: flags.includes('CLONE_FS') ? thread.cwd : { ...thread.cwd },
    fds: flags.includes('CLONE_FILES') ? thread.fds : new Map(thread.fds),
    process: flags.includes('CLONE_THREAD') ? thread.process : { ...thread.process },
  };
}

/** Keeps what `-y` shows of descriptors, in arguments and as a result. */
function noteDescriptors(thread: Thread, { args, result }: Call): void {
  for (const text of [...args, result]) {
    const shown = descriptorOf(text);
    if (shown?.fd === 'AT_FDCWD') thread.cwd.path = shown.path;
    else if (shown !== undefined) thread.fds.set(shown.fd, shown.path);
  }
}

/** What a call changes of its thread. */
function follow(thread: Thread, { name, args, result }: Call): void {
  if (!result.startsWith('0')) return;
  const [first, second, third] = args.map(Number);
  const [real, effective, saved] = thread.ids;
  const or = (id: number | undefined, old: number): number =>
    id === undefined || id === -1 ? old : id;
  if (name === 'setuid') {
    const id = first ?? 0;
    thread.ids = effective === 0 ? [id, id, id] : [real, id, saved];
  } else if (name === 'setresuid') {
    thread.ids = [or(first, real), or(second, effective), or(third, saved)];
  } else if (name === 'setreuid') {
    const now = or(second, effective);
    thread.ids = [or(first, real), now, first === -1 && now === real ? saved : now];
  } else if (name === 'chdir') {
    const { path, isHeld } = place(thread, textOf(args[0]));
    Object.assign(thread.cwd, { path, isHeld });
  } else if (name === 'fchdir') {
    Object.assign(thread.cwd, { path: descriptorOf(args[0])?.path, isHeld: true });
  } else if (name === 'execve') {
    const { path } = place(thread, textOf(args[0]));
    const { actor } = thread.process;
    thread.process = { actor: actorOf(path, textsOf(args[1]), actor), script: path };
  }
}

/** Where a path leads from a thread, and whether through an open directory. */
function place(thread: Thread, path: string, at?: string): { path: string; isHeld: boolean } {
  const [, fd, rest = ''] = /^\/proc\/self\/fd\/(\d+)(.*)$/.exec(path) ?? [];
  if (fd !== undefined) {
    const base = thread.fds.get(fd);
    if (base === undefined) throw new Error(`${thread.process.actor}: what is descriptor ${fd}?`);
    return { path: posix.normalize(base + rest), isHeld: !rest.slice(1).includes('/') };
  }
  if (path.startsWith('/')) return { path: posix.normalize(path), isHeld: false };
  const directory = descriptorOf(at);
  const fromCwd = directory === undefined || directory.fd === 'AT_FDCWD';
  return {
    path: posix.join(fromCwd ? thread.cwd.path : directory.path, path),
    isHeld: (!fromCwd || thread.cwd.isHeld) && !path.includes('/'),
  };
}

function actsOf(thread: Thread, call: Call): Act[] {
  const { name, args, line } = call;
  const [real, effective, saved] = thread.ids;
  if (real !== 0 && effective !== 0 && saved !== 0) return [];
  const { actor } = thread.process;
  if (name === 'execve') return execActs(thread, call);
  if (name.startsWith('open') || name === 'creat') return openActs(thread, call);
  // While it acts with the rights of the account, it can do no more than the account.
  if (effective !== 0) return [];
  if (name === 'bind' || name === 'connect') {
    const [, socket] = /sun_path=("(?:[^"\\]|\\.)*")/.exec(args[1] ?? '') ?? [];
    if (socket === undefined) return [];
    const { path } = place(thread, textOf(socket));
    const deed = name === 'bind' ? 'listens at' : 'writes';
    return [{ actor, deed, path, isHeld: false, follows: name !== 'bind', line }];
  }
  const kind = name.replace(/at2?$/, '');
  const deed = CHANGES[name] ?? CHANGES[kind];
  if (deed === undefined) return [];
  const open = /^f(?:chown|chmod|setxattr)$/.test(name) ? descriptorOf(args[0]) : undefined;
  if (open !== undefined) {
    return [{ actor, deed, path: open.path, isHeld: true, follows: false, line }];
  }
  const follows = FOLLOWING.has(kind) && !line.includes('AT_SYMLINK_NOFOLLOW');
  return namedPaths(call).map(([at, path]) => {
    const isWhole = /^\/proc\/self\/fd\/\d+$/.test(path);
    const named = place(thread, path, at);
    const isHeld = named.isHeld && (isWhole || !follows);
    return { actor, deed, path: named.path, isHeld, follows: follows && !isWhole, line };
  });
}

/** The paths that a call names, each with the directory that it starts from. */
function namedPaths({ name, args }: Call): (readonly [string | undefined, string])[] {
  if (name === 'utimensat' && args[1] === 'NULL') return [];
  if (/^(?:rename|link)at2?$/.test(name)) {
    return [
      [args[0], textOf(args[1])],
      [args[2], textOf(args[3])],
    ];
  }
  if (name === 'rename' || name === 'link') {
    return [
      [undefined, textOf(args[0])],
      [undefined, textOf(args[1])],
    ];
  }
  // What a new link says is not touched.
  if (name === 'symlink') return [[undefined, textOf(args[1])]];
  if (name === 'symlinkat') return [[args[1], textOf(args[2])]];
  return /at2?$/.test(name) ? [[args[0], textOf(args[1])]] : [[undefined, textOf(args[0])]];
}

function openActs(thread: Thread, { name, args, line }: Call): Act[] {
  const hasDirectory = name.startsWith('openat');
  const [at, text, flags = ''] = hasDirectory ? args : [undefined, ...args];
  const { actor, script } = thread.process;
  const named = textOf(text);
  const isOwn = /^\/proc\/self\/fd\/\d+$/.test(named);
  const { path, isHeld: throughOpen } = place(thread, named, at);
  if (flags.includes('O_PATH')) return [];
  const follows = !isOwn && !/O_NOFOLLOW|O_EXCL/.test(flags);
  const common = { actor, path, isHeld: throughOpen && !follows, follows, line };
  const isLoad = CODE.test(path) || PLANS.test(path) || path === script;
  if (isLoad && !/O_WRONLY|O_RDWR/.test(flags)) return [{ ...common, deed: 'loads' }];
  if (thread.ids[1] !== 0) return [];
  if (name === 'creat' || /O_WRONLY|O_RDWR|O_CREAT|O_TRUNC/.test(flags)) {
    return [{ ...common, deed: 'writes' }];
  }
  return [{ ...common, deed: flags.includes('O_DIRECTORY') ? 'lists' : 'reads' }];
}

function execActs(thread: Thread, { args, result, line }: Call): Act[] {
  const { path } = place(thread, textOf(args[0]));
  const actor = actorOf(path, textsOf(args[1]), thread.process.actor);
  const common = { actor, isHeld: false, follows: true, line };
  const runs: Act = { ...common, deed: 'runs', path };
  if (!result.startsWith('0')) return [runs];
  const given = textsOf(args[2]).flatMap((variable): Act[] => {
    const [name = '', ...rest] = variable.split('=');
    if (name === 'PATH') {
      const places = rest
        .join('=')
        .split(':')
        .filter((place) => place !== '');
      return places.map((path) => ({ ...common, deed: 'looks programs up in', path }));
    }
    const isObeyed = DANGEROUS.test(name) && (!path.endsWith('/node') || NODES.test(name));
    return isObeyed ? [{ ...common, deed: 'is given', path: `$${name}` }] : [];
  });
  return [runs, ...given];
}
