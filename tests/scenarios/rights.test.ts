import { execFileSync } from 'node:child_process';
import { chownSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeRoot } from '../../scripts/sandbox/root.ts';
import type { CliResult } from '../support/cli.ts';
import { isRoot, snapshot, temporaryDirectory } from '../support/real-root.ts';
import { withoutReceipts } from '../support/receipts.ts';
import {
  asUser,
  behind,
  lackingFor,
  mounted,
  needs,
  withoutCapabilities,
  type Before,
} from '../support/unshared.ts';

const IDS = { PUID: '1000', PGID: '1000' };

/** A root with an install tree and a used volume, as `npm start` makes it. */
function usedRoot(): string {
  const root = temporaryDirectory();
  makeRoot(root, isRoot);
  return root;
}

/** A root with an empty volume of the ids of the image. */
function freshRoot(): string {
  const root = usedRoot();
  rmSync(join(root, 'opt/data'), { recursive: true });
  mkdirSync(join(root, 'opt/data'));
  chownSync(join(root, 'opt/data'), 10_000, 10_000);
  return root;
}

/** A log without what it says of the receipt: a home that is closed is closed to it, too. */
function exceptReceipts(log: string): string {
  return log.replaceAll(/^hermes-boot: warn: receipt: .*\n/gm, '');
}

/** A text without the ends of its lines. */
const unwrapped = (text: string): string => text.replaceAll(/\s+/g, ' ');

/** How often a text is said. */
const count = (text: string, part: string): number => text.split(part).length - 1;

/** What the plan says, and then what a boot does, both with the same rights. */
function planAndRun(
  before: Before,
  root: string,
  { plan = 'stage2', env = {} }: { plan?: string; env?: Readonly<Record<string, string>> } = {},
): { explained: string; boot: CliResult } {
  const explained = behind(before, ['plan', plan, '--explain', '--root', root], env);
  expect(explained.stderr).toBe('');
  for (const line of explained.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  return { explained: explained.stdout, boot: behind(before, ['run', plan, '--root', root], env) };
}

const setpriv = lackingFor('setpriv');
const unshare = lackingFor('unshare', 'sh', 'mount');

describe('without CAP_CHOWN', () => {
  it.skipIf(setpriv !== undefined)(
    `what changes owners is blocked by one cause, which is told once${needs(setpriv)}`,
    () => {
      const { explained, boot } = planAndRun(withoutCapabilities('CHOWN'), usedRoot(), {
        env: IDS,
      });
      expect(unwrapped(explained)).toContain('8 steps are blocked by one cause.');
      expect(count(explained, 'cannot change owners here: CAP_CHOWN is missing')).toBe(1);
      expect(count(explained, 'start the container with --cap-add CHOWN')).toBe(1);
      expect(count(explained, 'blocked: CAP_CHOWN is missing (see above)')).toBe(8);
      expect(boot.code).toBe(0);
      expect(count(boot.stderr, 'warn: cannot change owners here: CAP_CHOWN is missing\n')).toBe(1);
      expect(count(boot.stderr, 'not made: CAP_CHOWN is missing\n')).toBe(8);
      expect(boot.stderr).not.toContain('EPERM');
    },
  );
});

describe('on a read-only root with /run and the home writable', () => {
  const script =
    'mount --bind "$ROOT" "$ROOT"; mount -t tmpfs tmpfs "$ROOT/run";' +
    'mount --bind "$ROOT/opt/data" "$ROOT/opt/data"; mount -o remount,bind,ro "$ROOT"';

  it.skipIf(unshare !== undefined)(
    `only the ids of the image cannot be changed${needs(unshare)}`,
    () => {
      const root = usedRoot();
      const { explained, boot } = planAndRun(mounted(root, script), root, { env: IDS });
      expect(explained).toContain('the root file system is mounted\n  read-only');
      expect(explained).toContain('accounts keep the ids of the image');
      expect(boot.stderr).toContain(
        'identity: 2 changes not made: the root file system is mounted',
      );
      expect(boot.stderr).toMatch(/degraded by identity;/);
      expect(lstatSync(join(root, 'opt/data/sessions/2026-05-01.json')).uid).toBe(10_000);
    },
  );

  it.skipIf(unshare !== undefined)(
    `a boot without PUID and PGID is as good as any${needs(unshare)}`,
    () => {
      const root = usedRoot();
      const { boot } = planAndRun(mounted(root, script), root);
      expect(boot.stderr).toContain('stage2: done');
    },
  );
});

describe('in a user namespace that maps one id', () => {
  const alone: Before = ['unshare', '--user', '--map-root-user'];

  it.skipIf(unshare !== undefined)(
    `the plan says beforehand which id does not exist, and nothing is refused by the kernel${needs(unshare)}`,
    () => {
      const { explained, boot } = planAndRun(alone, usedRoot());
      expect(explained).toContain('in a user\n           namespace that maps 0');
      expect(unwrapped(explained)).toContain(
        'hermes is 10000:10000, and the user namespace of this container has not both of them: it maps 0',
      );
      expect(unwrapped(explained)).toContain('HERMES_BOOT_PLAN=unprivileged');
      expect(boot.code).toBe(77);
      expect(exceptReceipts(boot.stderr)).not.toMatch(/EINVAL|EPERM|EACCES/);
    },
  );

  it.skipIf(unshare !== undefined)(
    `the plan unprivileged boots a volume of that one user, and a second boot has nothing to do${needs(unshare)}`,
    () => {
      const root = freshRoot();
      chownSync(join(root, 'opt/data'), 0, 0);
      const { boot } = planAndRun(alone, root, { plan: 'unprivileged' });
      expect(boot.stderr).toContain('unprivileged: done');
      expect(behind(alone, ['verify', 'unprivileged', '--root', root]).code).toBe(0);
    },
  );
});

describe('with the home on a read-only mount', () => {
  const script =
    'mount --bind "$ROOT/opt/data" "$ROOT/opt/data"; mount -o remount,bind,ro "$ROOT/opt/data"';

  it.skipIf(unshare !== undefined)(
    `what changes the home is blocked by one cause, before anything is tried${needs(unshare)}`,
    () => {
      const root = usedRoot();
      const { explained, boot } = planAndRun(mounted(root, script), root);
      expect(unwrapped(explained)).toContain('9 steps are blocked by one cause.');
      expect(count(explained, '! cannot change anything on /opt/data')).toBe(1);
      expect(explained).toContain('docker run:  -v …:/opt/data without :ro');
      expect(exceptReceipts(boot.stderr)).not.toContain('EROFS');
    },
  );

  it.skipIf(unshare !== undefined)(
    `the plan unprivileged stops with 77 and names the path${needs(unshare)}`,
    () => {
      const root = usedRoot();
      const { boot } = planAndRun(mounted(root, script), root, { plan: 'unprivileged' });
      expect(boot.code).toBe(77);
      expect(boot.stderr).toContain('cannot write to /opt/data (/opt/data is read-only)');
    },
  );
});

describe('with a home that is full', () => {
  const script =
    'mount -t tmpfs -o size=64k,mode=755 tmpfs "$ROOT/opt/data"; chown 10000:10000 "$ROOT/opt/data";' +
    'head -c 65536 /dev/zero > "$ROOT/opt/data/full"';

  it.skipIf(unshare !== undefined)(
    `the plan warns once, and the boot says once what is free and what it takes${needs(unshare)}`,
    () => {
      const root = usedRoot();
      const { explained, boot } = planAndRun(mounted(root, script), root);
      expect(count(explained, '! /opt/data has 0 bytes free')).toBe(1);
      expect(boot.code).toBe(0);
      expect(count(boot.stderr, 'no space is left there: 0 bytes of 64 KiB are free\n')).toBe(1);
      expect(boot.stderr).toMatch(
        /seed-env: writing \/opt\/data\/\.env takes \d+ bytes, and no space is left on \/opt\/data/,
      );
      expect(boot.stderr).toMatch(
        /degraded by known-ids, seed-env, seed-config, seed-soul, api-key, skills;/,
      );
    },
  );

  it.skipIf(unshare !== undefined)(
    `nothing is half written, and a boot with more room heals it${needs(unshare)}`,
    () => {
      const root = usedRoot();
      const twice = `${script}; "$@" > /dev/null 2>&1; ls -A "$ROOT/opt/data" >&2; rm "$ROOT/opt/data/full"`;
      const { code, stderr } = behind(mounted(root, twice), ['run', '--root', root]);
      expect(stderr).not.toMatch(/^\.(?:env|SOUL|config)/m);
      expect(stderr).toContain('stage2: done');
      expect(code).toBe(0);
    },
  );
});

describe('as an ordinary user', () => {
  it.skipIf(setpriv !== undefined)(
    `the plan unprivileged prepares a fresh volume, and a second boot has nothing to do${needs(setpriv)}`,
    () => {
      const root = freshRoot();
      const hermes = asUser(10_000, 10_000);
      const { boot } = planAndRun(hermes, root, { plan: 'unprivileged' });
      expect(boot.stderr).toContain('unprivileged: done');
      expect(lstatSync(join(root, 'opt/data/.env')).mode & 0o777).toBe(0o600);
      const after = withoutReceipts(snapshot(root));
      expect(behind(hermes, ['run', 'unprivileged', '--root', root]).stderr).toContain(
        'nothing to do',
      );
      expect(withoutReceipts(snapshot(root))).toEqual(after);
    },
  );

  it.skipIf(setpriv !== undefined)(
    `it names every path that root has left behind, and the boot ends degraded${needs(setpriv)}`,
    () => {
      const { explained, boot } = planAndRun(asUser(10_000, 10_000), usedRoot(), {
        plan: 'unprivileged',
      });
      for (const path of ['cron/jobs', 'sessions/2026-05-01.json', 'auth.json']) {
        expect(explained).toContain(`/opt/data/${path} (0644`);
      }
      expect(boot.code).toBe(0);
      expect(boot.stderr).toContain('unprivileged: degraded by access;');
    },
  );

  it.skipIf(setpriv !== undefined)(
    `it stops a start with --user on somebody else's home, with what to do${needs(setpriv)}`,
    () => {
      const { explained, boot } = planAndRun(asUser(1026, 100), usedRoot(), {
        plan: 'unprivileged',
      });
      expect(explained).toContain(
        'uid 1026 with gid 100 cannot write to /opt/data (0755 10000:10000)',
      );
      expect(explained).toContain('start the container as their owner: --user 10000:10000');
      expect(boot.code).toBe(77);
    },
  );

  const acl = setpriv ?? lackingFor('setfacl');
  it.skipIf(acl !== undefined)(
    `an access list that lets the user in is believed, though the mode does not show it${needs(acl)}`,
    () => {
      const root = freshRoot();
      execFileSync('setfacl', ['-m', 'u:1026:rwx', join(root, 'opt/data')]);
      const { boot } = planAndRun(asUser(1026, 100), root, { plan: 'unprivileged' });
      expect(boot.stderr).toContain('unprivileged: done');
    },
  );
});
