/* Single files and directories bound into a home, as `docker run -v ./.env:/opt/data/.env` does. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeRoot } from '../../scripts/sandbox/root.ts';
import { Content } from '../../src/system/content.ts';
import { COPY_FILE, copyOf } from '../../src/system/in-place.ts';
import { CLI, type CliResult } from '../support/cli.ts';
import { isRoot, temporaryDirectory, withCurrentConfig } from '../support/real-root.ts';
import { behind, lackingFor, mounted, needs, type Before } from '../support/unshared.ts';

const unshare = lackingFor('unshare', 'sh', 'mount');
const strace = lackingFor('unshare', 'sh', 'mount', 'strace');
const CURRENT = '_config_version: 12\nmodel:\n  default: x\n';

/** What the operator mounts. */
interface Source {
  readonly name: string;
  /** None for a directory, which Docker makes where the source is missing. */
  readonly text?: string;
  readonly mode?: number;
  readonly owner?: number;
  readonly readOnly?: boolean;
}

interface Mounted {
  readonly root: string;
  readonly source: string;
  readonly before: Before;
}

/** A used home with one entry of the host mounted in it. */
function homeWith({ name, text, mode = 0o644, owner = 0, readOnly = false }: Source): Mounted {
  const root = temporaryDirectory();
  makeRoot(root, isRoot);
  // A link that other tests are about.
  rmSync(join(root, 'opt/data/home'));
  withCurrentConfig(root);
  const source = join(temporaryDirectory(), 'source');
  const target = join(root, 'opt/data', name);
  rmSync(target, { recursive: true, force: true });
  if (text === undefined) {
    mkdirSync(source);
    mkdirSync(target);
  } else {
    writeFileSync(source, text);
    chmodSync(source, mode);
    chownSync(source, owner, owner);
    writeFileSync(target, '');
  }
  const point = `"$ROOT/opt/data/${name}"`;
  const ro = readOnly ? `; mount -o remount,bind,ro ${point}` : '';
  return { root, source, before: mounted(root, `mount --bind '${source}' ${point}${ro}`) };
}

const boot = ({ before, root }: Mounted): CliResult =>
  behind(before, ['run', 'stage2', '--root', root]);
const verify = ({ before, root }: Mounted): CliResult =>
  behind(before, ['verify', 'stage2', '--root', root]);

/** What must stay of a source: the very inode, its owner and mode. */
function kept(source: string): string {
  const { ino, uid, gid, mode } = lstatSync(source);
  return `${ino} ${uid}:${gid} ${(mode & 0o7777).toString(8)}`;
}

/** Warnings of a boot, without what begins every line. */
function warnings(log: string): string[] {
  return log
    .split('\n')
    .filter((line) => line.startsWith('hermes-boot: warn: '))
    .map((line) => line.slice('hermes-boot: warn: '.length));
}

/** Three boots: the log of each. What is mounted keeps inode, owner and mode. */
function threeBoots(home: Mounted): string[] {
  const before = kept(home.source);
  return [1, 2, 3].map(() => {
    const { code, stderr } = boot(home);
    expect(code).toBe(0);
    expect(kept(home.source)).toBe(before);
    return stderr;
  });
}

describe.skipIf(unshare !== undefined)(`what is mounted in a home${needs(unshare)}`, () => {
  it('a writable .env gets its key in place, and nothing of it is changed after that', () => {
    const home = homeWith({ name: '.env', text: 'MODEL=x\n', mode: 0o600, owner: 10_000 });
    const [first = '', ...later] = threeBoots(home);
    expect(first).toContain(
      'info: api-key: /opt/data/.env changed in place (it is a mount of its own): with a new API_SERVER_KEY\n',
    );
    expect(warnings(first)).toEqual([]);
    for (const log of later) {
      expect(warnings(log)).toEqual([]);
      expect(log).toContain('stage2: nothing to do');
    }
    expect(readFileSync(home.source, 'utf8')).toMatch(/^MODEL=x\nAPI_SERVER_KEY=[0-9a-f]{64}\n$/);
    expect(existsSync(join(home.root, 'opt/data', COPY_FILE))).toBe(false);
    expect(verify(home).code).toBe(0);
  });

  it('a .env of the host user that all can read is reported by one warning with its fix', () => {
    const home = homeWith({ name: '.env', text: 'MODEL=x\n', owner: 1000 });
    for (const log of threeBoots(home)) {
      expect(warnings(log)).toEqual([
        'env-file: /opt/data/.env holds secrets, and others can read it (0644 1000:1000); it is a ' +
          'mount of its own and left as it is. Fix on the host: chown 10000:10000 FILE and chmod 600 FILE',
      ]);
    }
    expect(verify(home).code).toBe(0);
  });

  it('a read-only .env without a key is one cause in each boot', () => {
    const home = homeWith({
      name: '.env',
      text: 'MODEL=x\n',
      mode: 0o600,
      owner: 10_000,
      readOnly: true,
    });
    for (const log of threeBoots(home)) {
      expect(warnings(log)).toEqual([
        'cannot change /opt/data/.env: it is a file that is mounted read-only',
        expect.stringMatching(/^Effect: /),
        expect.stringMatching(/^Fix: make the change in the file on the host/),
        expect.stringMatching(/^ {2}docker run: /),
        expect.stringMatching(/^ {2}compose: /),
        expect.stringMatching(/^ {2}Kubernetes: /),
        'api-key: 1 change not made: it is a file that is mounted read-only',
        expect.stringMatching(/^stage2: degraded by api-key; /),
      ]);
    }
  });

  it('a read-only .env that has its key is nothing to report', () => {
    const text = 'API_SERVER_KEY=0123456789abcdef0123456789abcdef\n';
    const home = homeWith({ name: '.env', text, mode: 0o600, owner: 10_000, readOnly: true });
    expect(threeBoots(home).flatMap(warnings)).toEqual([]);
    expect(verify(home).code).toBe(0);
  });

  it.each([true, false])(
    'a config.yaml that needs no change is nothing to report (read-only: %s)',
    (readOnly) => {
      const home = homeWith({ name: 'config.yaml', text: CURRENT, readOnly });
      expect(threeBoots(home).flatMap(warnings)).toEqual([]);
      expect(readFileSync(home.source, 'utf8')).toBe(CURRENT);
      expect(verify(home).code).toBe(0);
    },
  );

  it.each(['auth.json', 'SOUL.md'])('a mounted %s keeps owner, mode and content', (name) => {
    const home = homeWith({ name, text: '{}\n', owner: 1000 });
    expect(threeBoots(home).flatMap(warnings)).toEqual([]);
    expect(readFileSync(home.source, 'utf8')).toBe('{}\n');
    expect(verify(home).code).toBe(0);
  });

  it('an auth.json that the account cannot read is one cause, with the fix on the host', () => {
    const home = homeWith({ name: 'auth.json', text: '{}\n', owner: 1000, mode: 0o600 });
    for (const log of threeBoots(home)) {
      expect(warnings(log)).toEqual([
        'hermes cannot read /opt/data/auth.json: it is a mount of its own, 0600 1000:1000',
        expect.stringMatching(/^Effect: /),
        'Fix: on the host, give it to the account: chown 10000:10000 FILE',
        'or start the container with its owner: PUID=1000 PGID=1000',
      ]);
    }
  });

  it.each(['.env', 'config.yaml'])(
    'a directory in place of %s is one cause, whichever steps meet it',
    (name) => {
      const home = homeWith({ name });
      for (const log of threeBoots(home)) {
        expect(warnings(log)).toEqual([
          `cannot use /opt/data/${name}: it is a directory, and a file belongs there`,
          expect.stringMatching(/^Effect: /),
          expect.stringMatching(
            /^Fix: Docker makes a directory where the source of a mounted file/,
          ),
          expect.stringMatching(/^or, where nothing is mounted/),
          expect.stringMatching(/^stage2: degraded by seed-/),
        ]);
      }
    },
  );

  it('a write that was broken off is finished before any step looks at the file', () => {
    const from = 'A=1\n';
    const to = 'A=1\nAPI_SERVER_KEY=0123456789abcdef0123456789abcdef\n';
    const zeros = `A=1\nAPI_SER${'\0'.repeat(to.length - 11)}`;
    for (const half of [to.slice(0, 9), zeros]) {
      const home = homeWith({ name: '.env', text: half, mode: 0o600, owner: 10_000 });
      const copy = join(home.root, 'opt/data', COPY_FILE);
      const write = { path: '/opt/data/.env', from: Content.ofText(from), to: Content.ofText(to) };
      writeFileSync(copy, copyOf(write).text(), { mode: 0o600 });
      const before = kept(home.source);
      expect(verify(home).code).toBe(2);
      expect(readFileSync(home.source, 'utf8')).toBe(half);
      expect(boot(home).stderr).toContain(
        'info: home: /opt/data/.env: finished a write that was interrupted\n',
      );
      expect(readFileSync(home.source, 'utf8')).toBe(to);
      expect(kept(home.source)).toBe(before);
      expect(existsSync(copy)).toBe(false);
    }
  });
});

describe.skipIf(strace !== undefined)(
  `a boot that is killed in a write in place${needs(strace)}`,
  () => {
    it('leaves a file that the next boot makes whole, whichever system call it was killed in', () => {
      const home = homeWith({ name: '.env', text: 'MODEL=x\n', mode: 0o600, owner: 10_000 });
      boot(home);
      const before = kept(home.source);
      const points = [
        ...['pwrite64', 'ftruncate'].map((call) => [call, 1] as const),
        ...['rename', 'unlink'].flatMap((call) => [1, 2].map((when) => [call, when] as const)),
        ...[1, 2, 3].map((when) => ['fsync', when] as const),
      ];
      for (const [call, when] of points) {
        writeFileSync(home.source, 'MODEL=x\n');
        const inject = ['-f', '-qq', '-o', '/dev/null', '-e', `trace=${call}`];
        const kill = ['-e', `inject=${call}:signal=KILL:when=${when}`];
        const [program, ...rest] = home.before;
        const run = [process.execPath, CLI, 'run', 'stage2', '--root', home.root];
        const { signal } = spawnSync(program, [...rest, 'strace', ...inject, ...kill, ...run], {
          env: { PATH: process.env.PATH ?? '' },
        });
        expect(signal, `${call} ${when}`).toBe('SIGKILL');
        expect(boot(home).code).toBe(0);
        const text = readFileSync(home.source, 'utf8');
        expect(text, `${call} ${when}`).toMatch(/^MODEL=x\nAPI_SERVER_KEY=[0-9a-f]{64}\n$/);
        expect(kept(home.source)).toBe(before);
        expect(existsSync(join(home.root, 'opt/data', COPY_FILE))).toBe(false);
        expect(verify(home).code).toBe(0);
      }
    });
  },
);
