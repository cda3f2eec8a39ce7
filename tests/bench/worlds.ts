import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeRoot } from '../../scripts/sandbox/root.ts';
import { CLEAN } from './measure.ts';
import { makeSkills } from './skills.ts';

/** User and group. */
export interface Ids {
  readonly uid: number;
  readonly gid: number;
}

/** What the image gives its account. */
export const BUILT: Ids = { uid: 10000, gid: 10000 };

/** What the owner of the volume asks for. */
export const WANTED: Ids = { uid: 1000, gid: 1000 };

/** A root to boot, and the environment that it is booted in. */
export interface World {
  readonly root: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
}

/** How many files a directory of a made tree has, and how many directories a group of them. */
const FILES = 20;
const DIRECTORIES = 100;

/** How many skills the image has. */
const SKILLS = 81;

/** Stands in for helpers of the agent, and for a busy one. */
export const HELPER = join(import.meta.dirname, 'peers/helper.py');

const ACCOUNT_FILES = ['passwd', 'group', 'shadow', 'gshadow'];

/** Calls `use` with a directory that is gone afterwards. Everybody may look into it. */
export function withDirectory<T>(use: (path: string) => T): T {
  const path = mkdtempSync(join(tmpdir(), 'hermes-boot-bench-'));
  chmodSync(path, 0o755);
  try {
    return use(path);
  } finally {
    // Of a million entries, sooner than Node's own.
    spawnSync('rm', ['-rf', path]);
  }
}

/** The same, for what takes its time. */
export async function withDirectoryAsync<T>(use: (path: string) => Promise<T>): Promise<T> {
  const path = mkdtempSync(join(tmpdir(), 'hermes-boot-bench-'));
  chmodSync(path, 0o755);
  try {
    return await use(path);
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

/**
 * Makes a root with a used volume, as the sandbox has it. Its config.yaml is of the version that
 * the image expects, since nothing in the root can migrate it.
 * @param root where it is made; not there before
 * @param ids what the environment asks for
 * @param python gives the image two helpers, run by this program
 */
export function makeWorld(
  root: string,
  { ids = WANTED, python }: { ids?: Ids; python?: string | undefined } = {},
): World {
  mkdirSync(root);
  makeRoot(root, true);
  // The hook follows links as the machine does, and /run would lead it out of the root.
  rmSync(join(root, 'var/run'));
  symlinkSync('../run', join(root, 'var/run'));
  // usermod(8) looks there for processes of the account.
  mkdirSync(join(root, 'proc'));
  const home = join(root, 'opt/data');
  const config = join(home, 'config.yaml');
  writeFileSync(config, readFileSync(config, 'utf8').replace('_version: 11', '_version: 12'));
  makeSkills(join(root, 'opt/hermes'), home, SKILLS);
  giveTree(join(home, 'skills'), BUILT);
  if (python !== undefined) makeHelpers(root, python);
  const env = { ...CLEAN, PUID: String(ids.uid), PGID: String(ids.gid) };
  return { root, home, env };
}

/**
 * Gives the image its helpers. A link in the root leads the hook to the Python of the machine; the
 * program looks for it in the root, and is to find something there.
 */
function makeHelpers(root: string, python: string): void {
  const install = join(root, 'opt/hermes');
  mkdirSync(join(install, '.venv/bin'), { recursive: true });
  symlinkSync(python, join(install, '.venv/bin/python'));
  for (const path of ['.venv/bin', '.venv/bin/python']) give(join(install, path), BUILT);
  mkdirSync(dirname(root + python), { recursive: true });
  writeFileSync(root + python, '', { mode: 0o755 });
  for (const path of ['scripts/docker_config_migrate.py', 'tools/skills_sync.py']) {
    mkdirSync(dirname(join(install, path)), { recursive: true });
    copyFileSync(HELPER, join(install, path));
  }
}

/**
 * Makes empty files, 20 to a directory and 100 directories to a group.
 * @param from how many of them are there already
 */
export function makeTree(top: string, files: number, ids: Ids, from = 0): void {
  mkdirSync(top, { recursive: true });
  give(top, ids);
  for (let file = from; file < files; file += 1) {
    const path = fileOf(top, file);
    if (file % (FILES * DIRECTORIES) === 0) makeOwned(dirname(dirname(path)), ids);
    if (file % FILES === 0) makeOwned(dirname(path), ids);
    closeSync(openSync(path, 'w'));
    give(path, ids);
  }
}

/** Gives one file in a hundred to somebody else. */
export function spoil(top: string, files: number, ids: Ids): void {
  for (let file = 0; file < files; file += 100) give(fileOf(top, file), ids);
}

/** Gives everything in a tree to somebody. */
export function giveTree(top: string, { uid, gid }: Ids): void {
  const { status } = spawnSync('chown', ['-hR', `${uid}:${gid}`, top]);
  if (status !== 0) throw new Error(`chown -hR ${top} ended with ${String(status)}`);
}

/** Remembers the accounts of a world; the result brings them back. */
export function keepAccounts({ root }: World): () => void {
  const files = ACCOUNT_FILES.map((name) => join(root, 'etc', name));
  const contents = files.map((path) => readFileSync(path));
  return () => {
    files.forEach((path, index) => {
      writeFileSync(path, contents[index] ?? '');
    });
  };
}

/** Makes as many profiles, each with what a used one has. */
export function makeProfiles({ home }: World, profiles: number, ids: Ids): void {
  makeOwned(join(home, 'profiles'), ids);
  for (let index = 0; index < profiles; index += 1) {
    const profile = join(home, 'profiles', `p${String(index).padStart(4, '0')}`);
    makeOwned(profile, ids);
    const files = { 'SOUL.md': 'You are one of many.\n', '.env': 'KEY=value\n', 'config.yaml': '' };
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(join(profile, name), content, { mode: 0o600 });
      give(join(profile, name), ids);
    }
  }
}

function makeOwned(path: string, ids: Ids): void {
  mkdirSync(path, { recursive: true });
  give(path, ids);
}

function give(path: string, { uid, gid }: Ids): void {
  lchownSync(path, uid, gid);
}

function fileOf(top: string, file: number): string {
  const directory = Math.floor(file / FILES);
  const group = Math.floor(directory / DIRECTORIES);
  return join(top, `g${group}`, `d${directory}`, `f${file}`);
}
