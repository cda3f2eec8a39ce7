/**
 * Runs the built program on a real root while one system call of it fails (strace(1) --inject), and
 * again without: the end must be that of a home whose boots nobody disturbed.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeRoot, sandboxPlan } from '../../scripts/sandbox/root.ts';
import { CLI } from './cli.ts';
import { withoutBoot } from './keys.ts';
import { snapshot } from './real-root.ts';
import { withoutReceipts } from './receipts.ts';

const PLANS = join(import.meta.dirname, '../../plans');

/**
 * The calls that look at the world, and the errors that each is made to fail with: of the disk, of a
 * share, of a server that refuses, of a machine that has too little.
 */
const LOOKS: Readonly<Record<string, readonly string[]>> = {
  openat: ['EIO', 'ESTALE', 'EACCES', 'ENOMEM', 'ENOSPC', 'EMFILE'],
  statx: ['EIO', 'ESTALE', 'EACCES', 'ENOMEM'],
  readlink: ['EIO', 'ESTALE', 'EACCES', 'ENOMEM'],
  getdents64: ['EIO', 'ESTALE', 'ENOMEM'],
  read: ['EIO', 'ESTALE'],
  pread64: ['EIO', 'ESTALE'],
  access: ['EIO', 'ESTALE', 'EACCES'],
  statfs: ['EIO', 'ESTALE'],
  chdir: ['EIO', 'ESTALE', 'EACCES'],
};

/** Calls that Node makes for itself at any time, too: counted by what they read. */
const BY_PATH = new Set(['read', 'pread64']);

/** One moment in the life of a home. */
export interface Phase {
  readonly name: string;
  /** The root as it is before the boot. */
  readonly template: string;
  readonly env: Readonly<Record<string, string>>;
  readonly plans: readonly string[];
}

/** A call that fails, in a boot of a phase. */
export interface Injection {
  readonly phase: Phase;
  readonly call: string;
  /** Which of the calls of its name. */
  readonly when: number;
  readonly errno: string;
  /** What it looks at, below the root of the world. */
  readonly path: string;
  /** The path as strace is told to watch it alone; undefined where all calls are counted. */
  readonly only?: string;
}

/** How a boot ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stderr: string;
}

/** A first boot, an upgrade of the image and a move of ids, in a directory of their own. */
export async function phases(directory: string): Promise<readonly Phase[]> {
  const plan = join(directory, 'stage2-sandbox.yaml');
  writeFileSync(plan, sandboxPlan(join(PLANS, 'stage2.yaml')));
  const plans = [plan, 'reconcile-profiles', 'supervise-perms'];
  const make = (name: string): string => join(directory, name);

  const blank = make('first');
  makeImage(blank);
  rmSync(join(blank, 'opt/data'), { recursive: true });
  const first = { name: 'first boot', template: blank, env: {}, plans };

  const used = make('used');
  makeImage(used);
  makeProfiles(used);
  const booted = { name: 'used home', template: used, env: {}, plans };
  const ids = {
    name: 'move of ids',
    template: make('ids'),
    env: { PUID: '99', PGID: '100' },
    plans,
  };
  const upgrade = { name: 'upgrade', template: make('upgrade'), env: {}, plans };
  for (const { template } of [ids, upgrade]) {
    copy(used, template);
    await boot({ ...booted, template }, template);
  }
  upgradeImage(upgrade.template);
  return [first, booted, upgrade, ids];
}

function makeImage(root: string): void {
  mkdirSync(root, { recursive: true });
  makeRoot(root, true);
  mkdirSync(join(root, 'run/service'));
  mkdirSync(join(root, 'run/s6-rc/servicedirs/dashboard/supervise'), { recursive: true });
  execFileSync('mkfifo', [join(root, 'run/s6-rc/servicedirs/dashboard/supervise/control')]);
  for (const [category, name] of [
    ['research', 'maths'],
    ['writing', 'letters'],
    ['writing', 'prose'],
  ]) {
    const skill = join(root, `opt/hermes/skills/${category ?? ''}/${name ?? ''}`);
    mkdirSync(join(skill, 'references'), { recursive: true });
    writeFileSync(join(skill, 'SKILL.md'), `---\nname: ${name ?? ''}\n---\nText.\n`);
    writeFileSync(join(skill, 'references/more.md'), 'More.\n');
  }
  mkdirSync(join(root, 'opt/hermes/node_modules/left-pad'));
  writeFileSync(join(root, 'opt/hermes/node_modules/left-pad/index.js'), '');
  execFileSync('chown', ['-R', '10000:10000', join(root, 'opt/hermes/node_modules')]);
}

/** Two profiles, one of them with a gateway that ran, and one without a soul. */
function makeProfiles(root: string): void {
  for (const name of ['alpha', 'beta', 'hollow']) {
    const profile = join(root, 'opt/data/profiles', name);
    mkdirSync(profile, { recursive: true });
    if (name !== 'hollow') writeFileSync(join(profile, 'SOUL.md'), 'I am.\n');
  }
  const state = '{"gateway_state":"running","desired_state":"running"}\n';
  writeFileSync(join(root, 'opt/data/profiles/alpha/gateway_state.json'), state);
  writeFileSync(join(root, 'opt/data/profiles/alpha/gateway.pid'), '4242\n');
  writeFileSync(join(root, 'opt/data/profiles/beta/.env'), 'A=1\n');
  execFileSync('chown', ['-R', '10000:10000', join(root, 'opt/data/profiles')]);
}

/** Another release: a new soul, a new skill, one that differs and one that is gone. */
function upgradeImage(root: string): void {
  const skills = join(root, 'opt/hermes/skills');
  writeFileSync(join(root, 'opt/hermes/docker/SOUL.md'), 'A new soul.\n');
  mkdirSync(join(skills, 'research/physics'));
  writeFileSync(join(skills, 'research/physics/SKILL.md'), '---\nname: physics\n---\nNew.\n');
  appendFileSync(join(skills, 'research/maths/SKILL.md'), 'Better.\n');
  rmSync(join(skills, 'writing/prose'), { recursive: true });
  writeFileSync(join(skills, '.digest'), 'another\n');
  for (const tree of ['.venv', 'ui-tui', 'node_modules', 'gateway']) {
    execFileSync('chown', ['-R', '10000:10000', join(root, 'opt/hermes', tree)]);
  }
  // A new container: what was in /run is gone.
  rmSync(join(root, 'run/service'), { recursive: true });
  rmSync(join(root, 'run/hermes-boot'), { recursive: true, force: true });
  mkdirSync(join(root, 'run/service'));
}

/** Every look at the world that a boot makes, of what is ours: not what Node needs to start. */
export async function injections(phase: Phase): Promise<readonly Injection[]> {
  const root = freshRoot(phase);
  const trace = `${root}.trace`;
  const calls = Object.keys(LOOKS).join(',');
  await boot(phase, root, ['-y', '-o', trace, '-e', `trace=${calls}`]);
  const counts = new Map<string, number>();
  const found: Injection[] = [];
  let errors = 0;
  for (const line of readFileSync(trace, 'utf8').split('\n')) {
    const call = /^(\w+)\(/.exec(line)?.[1];
    if (call === undefined) continue;
    const path = ownPath(line, root, phase);
    const only = path !== undefined && BY_PATH.has(call) ? path : undefined;
    const key = `${call} ${only ?? ''}`;
    const when = (counts.get(key) ?? 0) + 1;
    counts.set(key, when);
    if (path === undefined) continue;
    const choices = LOOKS[call] ?? [];
    const errno = choices[errors++ % choices.length];
    if (errno === undefined) continue;
    const injection = { phase, call, when, errno, path: path.replace(root, '') };
    found.push(only === undefined ? injection : { ...injection, only: injection.path });
  }
  remove(root);
  return found;
}

/** What a line of a trace looks at, where that is the world, a plan or what the kernel tells. */
function ownPath(line: string, root: string, phase: Phase): string | undefined {
  const texts = [...line.matchAll(/"([^"]*)"|\d+<([^>]*)>/g)].map(
    ([, text, fd]) => text ?? fd ?? '',
  );
  const isOurs = (path: string): boolean =>
    path.startsWith(root) ||
    path.startsWith(PLANS) ||
    phase.plans.includes(path) ||
    /^\/proc\/(?:self\/(?:fd\/|mountinfo|status|[ug]id_map)|1\/|sys\/kernel\/)/.test(path);
  return texts.filter(isOurs).at(-1);
}

/** Boots while a call fails. @returns how that ended, and what the call that failed looked at */
export async function disturbed(
  { phase, call, when, errno, only }: Injection,
  root: string,
): Promise<Ended & { readonly hit: string | undefined }> {
  const trace = `${root}.trace`;
  const isInWorld = only !== undefined && !only.startsWith('/proc/') && !only.startsWith(PLANS);
  const watched = only === undefined ? [] : ['-P', isInWorld ? root + only : only];
  const options = ['-y', '-o', trace, ...watched, '-e', `trace=${call}`];
  const inject = ['-e', `inject=${call}:error=${errno}:when=${when}`];
  const ended = await boot(phase, root, [...options, ...inject]);
  const lines = readFileSync(trace, 'utf8').split('\n');
  const line = lines.find((each) => each.includes('(INJECTED)'));
  const hit = line === undefined ? undefined : ownPath(line, root, phase)?.replace(root, '');
  return { ...ended, hit };
}

/** Boots, traced where there are options for strace: the main thread alone, not what it starts. */
export async function boot(
  { env, plans }: Phase,
  root: string,
  strace: readonly string[] = [],
): Promise<Ended> {
  const program = [process.execPath, CLI, 'run', ...plans, '--root', root];
  const [command = '', ...args] = strace.length === 0 ? program : ['strace', ...strace, ...program];
  const child = spawn(command, args, {
    cwd: '/',
    env: { PATH: process.env.PATH ?? '', NO_COLOR: '1', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  await once(child, 'close');
  return { code: child.exitCode, signal: child.signalCode, stderr: stderr.replaceAll(root, '') };
}

/** A copy of the root of a phase; see `remove`. */
export function freshRoot({ template }: Phase): string {
  const directory = mkdtempSync(join(tmpdir(), 'hermes-boot-inject-'));
  const root = join(directory, 'root');
  copy(template, root);
  return root;
}

/** Takes a copy away. */
export function remove(root: string): void {
  rmSync(join(root, '..'), { recursive: true });
}

function copy(from: string, to: string): void {
  execFileSync('cp', ['-a', from, to]);
}

/** A world without what differs from boot to boot: keys, receipts, and the log of the gateways. */
export function worldOf(root: string): Map<string, string> {
  return withoutReceipts(withoutBoot(snapshot(root)));
}
