import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hermesBoot } from '../support/cli.ts';
import { debianRoot, lackingForDebianRoot } from '../support/debian-root.ts';
import { fill, snapshot } from '../support/real-root.ts';
import { withoutReceipts } from '../support/receipts.ts';
import { directory, file, link } from '../support/world.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures');
const lacking = lackingForDebianRoot();
const needs = lacking === undefined ? '' : ` (needs ${lacking})`;

/** A Debian root with the account, an install tree, and a volume that an older image has used. */
function usedRoot(config: string): string {
  const root = debianRoot();
  execFileSync('chroot', [root, 'useradd', '-u', '10000', '-d', '/opt/data', 'hermes']);
  cpSync(join(FIXTURES, 'sandbox/install'), join(root, 'opt/hermes'), { recursive: true });
  cpSync(join(FIXTURES, 'agent'), join(root, 'opt/hermes'), { recursive: true });
  mkdirSync(join(root, 'opt/hermes/.venv/bin'), { recursive: true });
  symlinkSync('/usr/bin/python3', join(root, 'opt/hermes/.venv/bin/python'));
  fill(root, {
    '/opt/data': directory({ owner: '10000:10000' }),
    '/opt/data/config.yaml': file(config, { owner: '10000:10000' }),
    '/opt/data/.env': file('KEY=secret\n', { owner: '10000:10000' }),
    '/opt/data/sessions/one.json': file('{}', { owner: '10000:10000' }),
    '/opt/data/cron/jobs': file('', { owner: '0:0' }),
    '/opt/data/photos/mine.jpg': file('', { owner: '10000:10000' }),
    '/opt/data/home': link('/srv/me'),
    '/srv/me/kept': file('', { owner: '33:33' }),
    '/run/s6/container_environment/PUID': file('1000\n'),
  });
  return root;
}

const env = { PGID: '1000' };

it.skipIf(lacking !== undefined)(
  `a Debian 13 root is planned, booted, verified and found converged, and the machine's own files stay${needs}`,
  () => {
    const root = usedRoot('_config_version: 11\nmodel: x # mine\n');
    const machine = [readFileSync('/etc/passwd', 'utf8'), existsSync('/run/s6')];
    const at = ['stage2', '--root', root];

    const before = snapshot(root);
    const explained = hermesBoot(['plan', ...at, '--explain'], env);
    expect(explained.stderr).toBe('');
    expect(explained.code).toBe(0);
    expect(explained.stdout).toContain('10000:10000 -> 1000:1000');
    expect(explained.stdout).toMatch(/uid +1000 +from PUID/);
    expect(snapshot(root)).toEqual(before);
    expect(hermesBoot(['verify', ...at], env).code).toBe(2);

    const run = hermesBoot(['run', ...at], env);
    expect(run.stderr).toContain('stage2: done');
    expect(run.stderr).toContain(
      'info: config: | [config-migrate] 11 -> 12; plugins are opt-in now\n',
    );
    expect(run.code).toBe(0);
    expect(hermesBoot(['verify', ...at], env).code).toBe(0);
    const after = snapshot(root);
    expect(hermesBoot(['run', ...at], env).stderr).toContain('nothing to do');
    expect(withoutReceipts(snapshot(root))).toEqual(withoutReceipts(after));

    const config = readFileSync(`${root}/opt/data/config.yaml`, 'utf8');
    expect(config).toBe(
      '_config_version: 12\nmodel: x # mine\n# migrated by uid 1000, groups [1000]\n',
    );
    expect(lstatSync(`${root}/opt/data/sessions/one.json`)).toMatchObject({ uid: 1000, gid: 1000 });
    expect(lstatSync(`${root}/opt/data/photos/mine.jpg`)).toMatchObject({ uid: 1000 });
    expect(lstatSync(`${root}/srv/me/kept`)).toMatchObject({ uid: 33, gid: 33 });
    expect(execFileSync('chroot', [root, 'id', '-u', 'hermes']).toString()).toBe('1000\n');
    expect([readFileSync('/etc/passwd', 'utf8'), existsSync('/run/s6')]).toEqual(machine);
  },
);

it.skipIf(lacking !== undefined)(
  `a migration that fails half-way leaves the config as it was, and the boot degraded${needs}`,
  () => {
    const root = usedRoot('_config_version: 11\nmodel: broken\n');
    const run = hermesBoot(['run', 'stage2', '--root', root], env);
    expect(run.code).toBe(0);
    expect(run.stderr).toContain('degraded');
    expect(run.stderr).toContain('the migration found something broken');
    expect(readFileSync(`${root}/opt/data/config.yaml`, 'utf8')).toBe(
      '_config_version: 11\nmodel: broken\n',
    );
    expect(hermesBoot(['run', 'stage2', '--root', root, '--strict'], env).code).toBe(1);
  },
);
