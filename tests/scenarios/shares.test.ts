import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeRoot } from '../../scripts/sandbox/root.ts';
import { hermesBoot, type CliResult } from '../support/cli.ts';
import { isRoot, temporaryDirectory, withCurrentConfig } from '../support/real-root.ts';
import { lackingFor, needs } from '../support/unshared.ts';

const lacking =
  lackingFor('bindfs', 'mount') ?? (existsSync('/dev/fuse') ? undefined : '/dev/fuse');

/** A root whose used home is what bindfs shows of a directory beside it. */
function sharedRoot(options: readonly string[]): string {
  const root = temporaryDirectory();
  makeRoot(root, isRoot);
  withCurrentConfig(root);
  mkdirSync(join(root, 'share'));
  renameSync(home(root), join(root, 'share/data'));
  mkdirSync(home(root));
  share(root, options);
  onTestFinished(() => {
    unshare(root);
  });
  return root;
}

function share(root: string, options: readonly string[]): void {
  execFileSync('bindfs', [...options, join(root, 'share/data'), home(root)]);
}

function unshare(root: string): void {
  spawnSync('umount', [home(root)]);
}

const home = (root: string): string => join(root, 'opt/data');
const MEMORY = '.hermes-boot.mounts';

/** Runs the program for a root. */
const at = (root: string, command: string, ...more: readonly string[]): CliResult =>
  hermesBoot([command, ...more, '--root', root]);

/** The lines of a log without notes that are about something else, and without times. */
function logOf({ stderr }: CliResult): string[] {
  return stderr
    .trimEnd()
    .split('\n')
    .filter((line) => !line.includes('/opt/data/home is a link'))
    .map((line) =>
      line
        .replace('hermes-boot: ', '')
        .replace(/\d+ steps/, 'N steps')
        .replace(/ in \d.*$/, ''),
    );
}

/** What is done of a boot besides what is said at its end. */
const changesOf = (result: CliResult): string[] =>
  logOf(result).filter((line) => /^info: \S+: \//.test(line));

/** What the log says of what a share does not keep, and the end. */
const endOf = (result: CliResult): string[] =>
  logOf(result).filter((line) => line.startsWith('warn:'));

const ELSEWHERE =
  'warn: or keep the home on a file system that keeps them: a named volume or a directory of a local disk';
const OPTIONS = [
  'warn: Fix: set them where the share is mounted, with the ids of the services:',
  'warn:   CIFS:               uid=10000,gid=10000,file_mode=0600,dir_mode=0700',
  'warn:   exFAT, FAT, NTFS:   uid=10000,gid=10000,fmask=0177,dmask=0077',
  ELSEWHERE,
];
const REFUSED_OWNERS = [
  'warn: Fix: let the server trust root: no_root_squash in /etc/exports, or no mapping on a NAS',
  'warn: or have it give the directory to the ids of the services, and set PUID and PGID to them',
  'warn: or mount it without what forbids chown (bindfs: --chown-deny, --chgrp-deny)',
  ELSEWHERE,
];
const READABLE =
  'warn: Effect: /opt/data/config.yaml can be read by everybody who reaches the share.';
const whose = (owner: string): string =>
  `warn: Effect: What is there, and what is made there, belongs to ${owner} and stays so: the ` +
  'services can use what the modes let them.';

/** The four modes of bindfs, and what boots say of each from the second on. */
const MODES: readonly (readonly [options: string, lines: readonly string[]])[] = [
  [
    '--chmod-ignore',
    [
      'warn: cannot change modes on /opt/data: fuse accepts changes of mode (chmod) there and does not keep them',
      READABLE,
      ...OPTIONS,
    ],
  ],
  [
    '--chown-ignore --chgrp-ignore',
    [
      'warn: cannot change owners on /opt/data: fuse accepts changes of owner (chown) there and does not keep them',
      whose('0:0'),
      ...OPTIONS,
    ],
  ],
  [
    '--chmod-deny',
    [
      'warn: cannot change modes on /opt/data: fuse refuses changes of mode (chmod) there, also to root',
      READABLE,
      'warn: Fix: set the modes where the files come from, on the host or the server: chmod 600 .env',
      'warn: or mount it without what forbids chmod (bindfs: --chmod-deny)',
      ELSEWHERE,
    ],
  ],
  [
    '--chown-deny --chgrp-deny',
    [
      'warn: cannot change owners on /opt/data: fuse refuses changes of owner (chown) there, also to root',
      whose('0:0'),
      ...REFUSED_OWNERS,
    ],
  ],
];

describe.skipIf(lacking !== undefined)(`on a share that bindfs serves${needs(lacking)},`, () => {
  it.each(MODES)(
    'with %s the second and the third boot make no change, and say one cause once',
    (options, lines) => {
      const root = sharedRoot(options.split(' '));
      const before = at(root, 'plan', '--explain');
      expect(before.stdout).toContain('whether /opt/data (fuse) keeps owners and modes is known');
      const first = at(root, 'run');
      expect(first.code).toBe(0);
      expect(first.stderr).not.toMatch(/EPERM|EOPNOTSUPP|not made/);
      expect(endOf(first)[0]).toBe(lines[0]);
      expect(logOf(first).at(-1)).toMatch(/^warn: stage2: degraded by \/opt\/data; \d+ changes$/);
      for (const boot of [at(root, 'run'), at(root, 'run')]) {
        expect(boot.code).toBe(0);
        expect(logOf(boot)).toEqual([
          'info: stage2: N steps, home /opt/data',
          ...lines,
          'warn: stage2: degraded by /opt/data; no change',
        ]);
      }
      for (const command of ['plan', 'verify']) {
        const { code, stdout } = at(root, command);
        expect(code).toBe(0);
        expect(stdout).toMatch(/^stage2: nothing to do .* The boot would end degraded\.$/m);
        expect(stdout.match(/^! cannot change/gm)).toHaveLength(1);
      }
      expect(at(root, 'status').stdout).toMatch(/^degraded: /);
    },
    120_000,
  );

  it.each([
    ['--chmod-filter=a+r', 'a mode that is kept but for a part'],
    ['--perms=0777', 'modes that are forced'],
    ['--chmod-deny --chmod-allow-x', 'bits of execution that are kept alone'],
    ['--chown-ignore', 'a group that is kept where the user is not'],
    ['--force-user=10000 --force-group=10000', 'an owner that is forced'],
    ['--chmod-ignore --chown-ignore --chgrp-ignore', 'nothing that is kept'],
  ])(
    'with %s, %#: what is kept in part is settled by the second boot',
    (options) => {
      const root = sharedRoot(options.split(' '));
      expect(at(root, 'run').code).toBe(0);
      expect(readFileSync(join(root, 'opt/data/SOUL.md'), 'utf8')).not.toBe('');
      const second = at(root, 'run');
      expect(changesOf(second)).toEqual([]);
      const third = at(root, 'run');
      expect(logOf(third)).toEqual(logOf(second));
      expect(at(root, 'verify').code).toBe(0);
    },
    120_000,
  );

  it("the account keeps a file that root adds to, where a new one would be root's", () => {
    const root = sharedRoot(['--chown-deny', '--chgrp-deny']);
    const env = join(root, 'share/data/.env');
    expect(lstatSync(env).uid).toBe(10_000);
    at(root, 'run');
    expect(readFileSync(env, 'utf8')).toContain('API_SERVER_KEY=');
    expect(lstatSync(env).uid).toBe(10_000);
  }, 120_000);

  it('a share that keeps modes now is put right by the next boot, whatever is remembered', () => {
    const root = sharedRoot(['--chmod-ignore']);
    at(root, 'run');
    expect(existsSync(join(root, 'share/data', MEMORY))).toBe(true);
    unshare(root);
    // The kernel shows the same mount: only a trial can tell.
    share(root, []);
    const config = join(root, 'share/data/config.yaml');
    chmodSync(config, 0o666);
    chmodSync(config, 0o644);
    expect(at(root, 'run').stderr).toContain(
      'config-file: /opt/data/config.yaml mode 0644 -> 0640',
    );
    expect(lstatSync(config).mode & 0o777).toBe(0o640);
    expect(at(root, 'run').stderr).toContain('nothing to do');
    expect(existsSync(join(root, 'share/data', MEMORY))).toBe(false);
  }, 120_000);

  it('on a disk of this machine the memory of a share says nothing, also to verify', () => {
    const root = sharedRoot(['--chmod-ignore']);
    at(root, 'run');
    unshare(root);
    execFileSync('mount', ['--bind', join(root, 'share/data'), home(root)]);
    expect(at(root, 'verify').code).toBe(2);
    expect(at(root, 'run').stderr).toContain(
      'config-file: /opt/data/config.yaml mode 0644 -> 0640',
    );
    expect(at(root, 'verify').code).toBe(0);
  }, 120_000);
});

/** Whether an image of FAT can be mounted here. */
function lackingFat(): string | undefined {
  if (lacking !== undefined) return lacking;
  if (!existsSync('/usr/sbin/mkfs.vfat')) return 'mkfs.vfat';
  return readFileSync('/proc/filesystems', 'utf8').includes('vfat') ? undefined : 'vfat';
}

const fat = lackingFat();

it.skipIf(fat !== undefined)(
  `on FAT the first plan knows from the kernel what is not kept${needs(fat)}`,
  () => {
    const root = temporaryDirectory();
    makeRoot(root, isRoot);
    withCurrentConfig(root);
    const image = join(root, 'image');
    execFileSync('truncate', ['-s', '16M', image]);
    execFileSync('mkfs.vfat', [image]);
    execFileSync('mount', ['-o', 'loop,uid=10000,gid=10000', image, home(root)]);
    onTestFinished(() => {
      unshare(root);
    });
    expect(at(root, 'plan').stdout).toContain('vfat keeps no owners and no modes');
    at(root, 'run');
    expect(at(root, 'verify').code).toBe(0);
  },
  120_000,
);
