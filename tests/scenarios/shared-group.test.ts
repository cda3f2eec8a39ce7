/** A volume with fsGroup stays that group's: Kubernetes gives it back at each mount. */
import {
  chmodSync,
  chownSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeRoot } from '../../scripts/sandbox/root.ts';
import { isRoot, temporaryDirectory } from '../support/real-root.ts';
import { behind, lackingFor, needs, type Before } from '../support/unshared.ts';

const lacking = lackingFor('setpriv');
const IN_GROUP: Before = ['setpriv', '--groups=0,2000'];
const ENV = { HERMES_HOME: '/vol' };

/** A root with a volume as kubelet mounts it for fsGroup 2000. */
function rootWithVolume(): string {
  const root = temporaryDirectory();
  makeRoot(root, isRoot);
  mkdirSync(join(root, 'vol'));
  chownSync(join(root, 'vol'), 0, 2000);
  chmodSync(join(root, 'vol'), 0o2775);
  return root;
}

/** Every entry of a directory with its path, itself included. */
function below(path: string): string[] {
  const stats = lstatSync(path);
  if (!stats.isDirectory()) return [path];
  return [path, ...readdirSync(path).flatMap((name) => below(join(path, name)))];
}

/** What kubelet does at a mount: see SetVolumeOwnership of Kubernetes. */
function mountAgain(volume: string): void {
  for (const path of below(volume)) {
    const stats = lstatSync(path);
    lchownSync(path, stats.uid, 2000);
    if (stats.isSymbolicLink()) continue;
    chmodSync(path, (stats.mode & 0o7777) | (stats.isDirectory() ? 0o2770 : 0o660));
  }
}

/** What root keeps to itself in a home. */
const OF_ENGINE = /\.hermes-boot\.(?:ids|lock)$/;

it.skipIf(lacking !== undefined)(
  `after a boot the users are the account's, the group and its bit have stayed, and a second boot has nothing to do${needs(lacking)}`,
  () => {
    const root = rootWithVolume();
    const boot = (): string => behind(IN_GROUP, ['run', 'stage2', '--root', root], ENV).stderr;
    expect(boot()).toContain('stage2: done');
    const entries = below(join(root, 'vol')).filter((path) => !OF_ENGINE.test(path));
    for (const path of entries) {
      const { uid, gid, mode } = lstatSync(path);
      expect([path, uid, gid]).toEqual([path, 10_000, 2000]);
      if (lstatSync(path).isDirectory()) expect([path, mode & 0o7777]).toEqual([path, 0o2775]);
    }
    expect(lstatSync(join(root, 'vol/.env')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(root, 'etc/group'), 'utf8')).toContain(':2000:hermes\n');
    expect(boot()).toContain('nothing to do');

    // Only the record, which nobody but root may be able to write, is made anew; nothing is walked.
    mountAgain(join(root, 'vol'));
    const changes = boot().match(/^hermes-boot: info: [\w-]+: \/.*$/gm);
    expect(changes).toEqual([expect.stringContaining('known-ids: /vol/.hermes-boot.ids')]);
    expect(boot()).toContain('nothing to do');
  },
);

it.skipIf(lacking !== undefined)(
  `what root has written into it becomes the account's and keeps the group, and a move of ids moves users alone${needs(lacking)}`,
  () => {
    const root = rootWithVolume();
    const boot = (ids = {}): string =>
      behind(IN_GROUP, ['run', 'stage2', '--root', root], { ...ENV, ...ids }).stderr;
    boot();
    const jobs = join(root, 'vol/cron/jobs');
    writeFileSync(jobs, '');
    expect(lstatSync(jobs)).toMatchObject({ uid: 0, gid: 2000 });
    expect(boot()).toContain('/vol/cron/jobs owner 0:2000 -> 10000:2000');
    expect(boot({ PUID: '1000', PGID: '1000' })).toContain('stage2: done');
    for (const path of below(join(root, 'vol')).filter((one) => !OF_ENGINE.test(one))) {
      const { uid, gid } = lstatSync(path);
      expect([path, uid, gid]).toEqual([path, 1000, 2000]);
    }
    expect(boot({ PUID: '1000', PGID: '1000' })).toContain('nothing to do');
  },
);

it.skipIf(lacking !== undefined)(
  `without the group among those of the container the volume is the account's, as any${needs(lacking)}`,
  () => {
    const root = rootWithVolume();
    behind(['setpriv', '--clear-groups'], ['run', 'stage2', '--root', root], ENV);
    const { uid, gid } = lstatSync(join(root, 'vol/cron'));
    expect([uid, gid]).toEqual([10_000, 10_000]);
  },
);
