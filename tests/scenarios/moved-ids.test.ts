import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CLI, hermesBoot } from '../support/cli.ts';
import { fill, isRoot, NEEDS_ROOT, realRoot, snapshot } from '../support/real-root.ts';
import { ACCOUNT_FILES, directory, file } from '../support/world.ts';

/*
 * The story of a NAS owner: a home that was used under the image's own ids gets those of PUID, then
 * others in a new container, then none. The plan and the program are the real ones.
 */

/** How many of 30,000 files are whose, and where. */
const FILES = [
  { directory: 'sessions', count: 27_800, owner: '10000:10000' },
  { directory: 'platforms/telegram', count: 1_000, owner: '10000:10000' },
  { directory: 'image_cache/a/b', count: 1_000, owner: '10000:10000' },
  { directory: 'logs/old', count: 50, owner: '0:0' },
  { directory: 'by-root', count: 50, owner: '0:0' },
  { directory: 'workspace/guest', count: 25, owner: '1001:1001' },
  { directory: 'photos', count: 25, owner: '1001:1001' },
  { directory: 'workspace/mine', count: 25, owner: '1000:1000' },
  { directory: 'documents', count: 25, owner: '1000:1000' },
] as const;

const IMAGE = {
  '/run': directory(),
  '/opt/hermes/.env.example': file('# EXAMPLE=\n'),
  '/opt/hermes/cli-config.yaml.example': file('_config_version: 12\n'),
  '/opt/hermes/docker/SOUL.md': file('soul\n'),
};

const HOME = '/opt/data';

/** Whose each of the files is, and of the directories that hold the account's. */
type Owners = Readonly<Record<string, string>>;

/** The home as it was used without PUID. */
function usedHome(scale = 1): string {
  const root = realRoot({
    ...IMAGE,
    [HOME]: directory({ owner: '10000:10000' }),
    [`${HOME}/projects.db`]: file('', { owner: '10000:10000', mode: 0o600 }),
  });
  for (const { directory: below, count, owner } of FILES) {
    mkdirSync(`${root}${HOME}/${below}`, { recursive: true });
    for (let index = 0; index < count / scale; index += 1) {
      writeFileSync(`${root}${HOME}/${below}/${index}`, '');
    }
    execFileSync('chown', ['-R', owner, `${root}${HOME}/${below.split('/')[0] ?? ''}`]);
  }
  for (const { directory: below, owner } of FILES) {
    execFileSync('chown', ['-R', owner, `${root}${HOME}/${below}`]);
  }
  // What the account made, however others have used it.
  for (const path of ['workspace', 'logs']) {
    execFileSync('chown', ['10000:10000', `${root}${HOME}/${path}`]);
  }
  return root;
}

/** Forgets all that a container had of its own. */
function newContainer(root: string): void {
  fill(root, ACCOUNT_FILES);
  execFileSync('rm', ['-rf', `${root}/run/hermes-boot`, `${root}/run/s6`]);
}

function boot(root: string, ids: string | undefined): string {
  const env: Record<string, string> = ids === undefined ? {} : { PUID: ids, PGID: ids };
  const { code, stderr } = hermesBoot(['run', '--root', root], env);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return stderr;
}

/** The owners of all entries of the home, and how many entries each has. */
function counted(root: string): Owners {
  const printed = execFileSync('find', [`${root}${HOME}`, '-printf', '%U:%G\n'], {
    maxBuffer: 64 * 1024 * 1024,
  });
  const counts = new Map<string, number>();
  for (const owner of printed.toString().trim().split('\n')) {
    counts.set(owner, (counts.get(owner) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].map(([owner, count]) => [owner, String(count)]));
}

/** Whose the files of each directory are. */
function ownersBy(root: string): Owners {
  return Object.fromEntries(
    FILES.map(({ directory: below }) => {
      const path = `${root}${HOME}/${below}`;
      const printed = execFileSync('find', [path, '-type', 'f', '-printf', '%U:%G\n'], {
        maxBuffer: 64 * 1024 * 1024,
      });
      const owners = new Set(printed.toString().trim().split('\n'));
      return [below, [...owners].sort().join(' ')];
    }),
  );
}

/** What has to be true once everything of the account belongs to these ids. */
function expected(ids: string): Owners {
  return {
    sessions: ids,
    'platforms/telegram': ids,
    'image_cache/a/b': ids,
    'logs/old': ids,
    'by-root': '0:0',
    'workspace/guest': '1001:1001',
    photos: '1001:1001',
    'workspace/mine': '1000:1000',
    documents: '1000:1000',
  };
}

/** What a second boot says, and whether it has started a walk. */
function expectNothingLeft(root: string, ids: string | undefined): void {
  const env: Record<string, string> = ids === undefined ? {} : { PUID: ids, PGID: ids };
  const before = snapshot(root, HOME);
  expect(hermesBoot(['verify', '--root', root], env).code).toBe(0);
  const log = boot(root, ids);
  expect(log).toContain('nothing to do');
  const after = snapshot(root, HOME);
  for (const path of [`${HOME}/.hermes-boot/history.jsonl`]) {
    before.delete(path);
    after.delete(path);
  }
  expect(after).toEqual(before);
}

describe.skipIf(!isRoot)(`a home whose account gets other ids (${NEEDS_ROOT})`, () => {
  it('belongs to the ids of the last boot, and others keep what is theirs', () => {
    const root = usedHome();
    expect(boot(root, '1000')).toContain('unlisted entries -> 1000:1000');
    expect(ownersBy(root)).toEqual(expected('1000:1000'));
    expect(counted(root)).not.toHaveProperty('10000:10000');
    expectNothingLeft(root, '1000');

    newContainer(root);
    boot(root, '1026');
    expect(ownersBy(root)).toEqual(expected('1026:1026'));
    expectNothingLeft(root, '1026');

    newContainer(root);
    boot(root, undefined);
    expect(ownersBy(root)).toEqual(expected('10000:10000'));
    const all = ['0:0', '10000:10000', '1000:1000', '1001:1001'];
    expect(Object.keys(counted(root)).sort()).toEqual(all);
    expectNothingLeft(root, undefined);
  });

  it('is announced by the dry run with the entries that the run changes', () => {
    const root = usedHome(10);
    const env = { PUID: '1000', PGID: '1000' };
    const { stdout } = hermesBoot(['plan', '--explain', '--root', root], env);
    expect(stdout).toMatch(/owner of \d+ of \d+ unlisted entries ->\s+1000:1000/);
    expect(stdout).toContain('hermes has had the user ids 10000');
  });

  it('goes on where it was killed, at ten moments', async () => {
    for (let moment = 1; moment <= 10; moment += 1) {
      const root = usedHome(10);
      await killed(root, moment * 12);
      newContainer(root);
      boot(root, '1000');
      expect(ownersBy(root)).toEqual(expected('1000:1000'));
      expectNothingLeft(root, '1000');
      newContainer(root);
      boot(root, '1026');
      expect(ownersBy(root)).toEqual(expected('1026:1026'));
    }
  });
});

/** A boot that is killed so many milliseconds after it has said what it is about to do. */
async function killed(root: string, after: number): Promise<void> {
  const child = spawn(process.execPath, [CLI, 'run', '--root', root], {
    env: { PATH: process.env.PATH ?? '', PUID: '1000', PGID: '1000' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'close');
  await Promise.race([once(child.stderr, 'data'), ended]);
  setTimeout(() => child.kill('SIGKILL'), after);
  await ended;
}
