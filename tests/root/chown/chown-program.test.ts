import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  linkSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { replacing, type FormerId } from '../../../src/system/owner-rule.ts';
import type { Limits } from '../../../src/system/real/chown/limits.ts';
import { RealSystem } from '../../../src/system/real/real.ts';
import { OWNERS } from '../../support/odd-tree.ts';
import { ALONE, HELPED, standIn, tree } from '../../support/owned-tree.ts';
import { isRoot, NEEDS_ROOT, temporaryDirectory } from '../../support/real-root.ts';
import { asUser, lackingFor, needs } from '../../support/unshared.ts';

const { signal } = new AbortController();
const ROOT = { uid: 0, gid: 0 };
const [account] = OWNERS;
const former = [{ id: 0 }, { id: 10000 }];
const hermes = replacing(account, former, former);

/** Limits with a chown that writes down what it is given, and what it was given. */
function watched(root: string): { limits: Limits; given: () => readonly string[] } {
  const log = `${root}/given`;
  const chown = standIn(root, `printf '%s\\n' "$@" >>'${log}'; exec chown "$@"`);
  const given = (): readonly string[] =>
    existsSync(log)
      ? readFileSync(log, 'utf8')
          .split('\n')
          .filter((word) => word.startsWith('./'))
      : [];
  return { limits: { ...HELPED, chown }, given };
}

/** Path, type, mode and owner of all entries. */
function entriesOf(root: string): string[] {
  const printed = execFileSync('find', [`${root}/tree`, '-printf', String.raw`%P %y %m %U:%G\0`], {
    encoding: 'latin1',
  });
  return printed.split('\0').sort();
}

describe.skipIf(!isRoot)(`chown(1) for large trees (${NEEDS_ROOT})`, () => {
  it('changes what is root’s alone as our own walk does, and what is found is the same', async () => {
    const results = [];
    for (const isAlone of [true, false]) {
      const root = tree(50, ROOT);
      mkdirSync(`${root}/tree/7/deep/-er/new\nline`, { recursive: true });
      execFileSync('ln', ['-s', '/etc/passwd', `${root}/tree/7/deep/link`]);
      chmodSync(`${root}/tree/8`, 0o2700);
      const { limits, given } = watched(root);
      const system = new RealSystem(root, [], isAlone ? ALONE : limits);
      const looked = await system.scanOwners('/tree', hermes, signal);
      const found = await system.setTreeOwner('/tree', hermes, { signal });
      expect(found).toEqual(looked);
      expect(given().length).toBe(isAlone ? 0 : 50);
      const after = entriesOf(root);
      expect(after.filter((line) => !line.endsWith(' 1000:1000'))).toEqual(['']);
      results.push(after);
    }
    expect(results[1]).toEqual(results[0]);
  });

  it.each<[string, (path: string) => void]>([
    [
      'a directory to which others can write',
      (path) => {
        chmodSync(`${path}/deep`, 0o775);
      },
    ],
    [
      'a directory of the owner',
      (path) => {
        lchownSync(`${path}/deep`, 1000, 1000);
      },
    ],
    [
      'a directory of an earlier id',
      (path) => {
        lchownSync(`${path}/deep`, 10000, 10000);
      },
    ],
    [
      'a file of another user',
      (path) => {
        lchownSync(`${path}/3`, 33, 33);
      },
    ],
    [
      'a file that is right',
      (path) => {
        lchownSync(`${path}/3`, 1000, 1000);
      },
    ],
    [
      'a file with two names',
      (path) => {
        linkSync(`${path}/3`, `${path}/4.other`);
      },
    ],
    [
      'a set-uid file',
      (path) => {
        chmodSync(`${path}/3`, 0o4755);
      },
    ],
    [
      'a directory with a name that is not text',
      (path) => {
        mkdirSync(Buffer.concat([Buffer.from(`${path}/`), Buffer.from([0xff])]));
        chmodSync(Buffer.concat([Buffer.from(`${path}/`), Buffer.from([0xff])]), 0o777);
      },
    ],
  ])('is not used where there is %s', async (_, spoil) => {
    const results = [];
    for (const isAlone of [true, false]) {
      const root = tree(50, ROOT);
      mkdirSync(`${root}/tree/7/deep`);
      spoil(`${root}/tree/7`);
      const { limits, given } = watched(root);
      const system = new RealSystem(root, [], isAlone ? ALONE : limits);
      const looked = await system.scanOwners('/tree', hermes, signal);
      expect(await system.setTreeOwner('/tree', hermes, { signal })).toEqual(looked);
      if (!isAlone) expect(given().length).toBeGreaterThan(30);
      expect(given()).not.toContain('./7');
      results.push(entriesOf(root));
    }
    expect(results[1]).toEqual(results[0]);
  });

  it('is not used above what the rule is not about', async () => {
    const root = tree(50, ROOT);
    const { limits, given } = watched(root);
    const except = ['/tree/4/2', '/tree/3'];
    const rule = replacing(account, former, former, except);
    await new RealSystem(root, [], limits).setTreeOwner('/tree', rule, { signal });
    expect(given().length).toBeGreaterThan(40);
    expect(given().filter((path) => path === './3' || path === './4')).toEqual([]);
    for (const path of except) expect(lstatSync(root + path).uid).toBe(0);
  });

  it.each<[string, { top?: number; former?: readonly FormerId[] }]>([
    ['the top belongs to somebody else', { top: 10000 }],
    ['the rule leaves root alone', { former: [{ id: 10000 }] }],
    ['only what root has changed lately is meant', { former: [{ id: 0, since: 1 }] }],
  ])('is not used where %s', async (_, { top = 0, former: ids = former }) => {
    const root = tree(50, ROOT);
    lchownSync(`${root}/tree`, top, top);
    const { limits, given } = watched(root);
    const rule = replacing(account, ids, ids);
    const system = new RealSystem(root, [], limits);
    const looked = await system.scanOwners('/tree', rule, signal);
    expect(await system.setTreeOwner('/tree', rule, { signal })).toEqual(looked);
    expect(given()).toEqual([]);
  });

  it.each([
    ['is not there', undefined],
    ['is not GNU chown', 'echo "chown 1.0"'],
    ['fails', 'exec chown "$@" 2>&1 && exit 1'],
    ['is killed', '[ "$1" = --version ] && exec chown "$@"; kill -9 $$'],
  ])('is done without where it %s', async (_, script) => {
    const root = tree(50, ROOT);
    const chown = script === undefined ? '/no/such/chown' : standIn(root, script);
    const system = new RealSystem(root, [], { ...HELPED, chown });
    const looked = await system.scanOwners('/tree', hermes, signal);
    expect(await system.setTreeOwner('/tree', hermes, { signal })).toEqual(looked);
    expect((await system.scanOwners('/tree', hermes, signal)).wrong).toBe(0);
  });

  it('leaves what it cannot change to our own walk, which reports it once', async () => {
    const root = tree(50, ROOT);
    const kept = [10, 11, 12, 13, 14].map((name) => `${root}/tree/${name}/7`);
    execFileSync('chattr', ['+i', ...kept]);
    const { limits, given } = watched(root);
    const system = new RealSystem(root, [], limits);
    try {
      await expect(system.setTreeOwner('/tree', hermes, { signal })).rejects.toThrow(
        /^setting the owner of \/tree\/\d+\/7: operation not permitted \(EPERM\); .*; and 2 more below \/tree$/,
      );
    } finally {
      execFileSync('chattr', ['-i', ...kept]);
    }
    expect(given().length).toBe(50);
    expect((await system.scanOwners('/tree', hermes, signal)).wrong).toBe(5);
  });

  it('changes a directory after what is in it, as our safety needs it', () => {
    const root = tree(20, ROOT);
    const output = execFileSync('chown', ['-hRv', '+1:+1', `${root}/tree`], {
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
    });
    const paths = [...output.toString().matchAll(/^changed ownership of '(.*)'/gm)];
    const order = paths.map(([, path = '']) => path);
    expect(order).toHaveLength(421);
    for (const [index, path] of order.entries()) {
      expect(order.slice(index).filter((later) => later.startsWith(`${path}/`))).toEqual([]);
    }
  });

  it('ends when the time of the repair is up', async () => {
    const root = tree(50, ROOT);
    const stop = new AbortController();
    const fifo = `${root}/started`;
    execFileSync('mkfifo', [fifo]);
    const script = `[ "$1" = --version ] && exec chown "$@"; echo $$ >${fifo}; exec tail -f /dev/null`;
    const limits = { ...HELPED, chown: standIn(root, script) };
    const repair = new RealSystem(root, [], limits).setTreeOwner('/tree', hermes, stop);
    const pids = await readFile(fifo, 'utf8');
    stop.abort();
    await expect(repair).rejects.toThrow('time ran out while setting the owners below /tree');
    for (const pid of pids.trim().split('\n')) {
      expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH');
    }
  });

  it('lets the repair say how far it is', async () => {
    const root = tree(200, ROOT);
    const seen: number[] = [];
    const progress = ({ changed }: { readonly changed: number }): void => {
      seen.push(changed);
    };
    const { limits, given } = watched(root);
    await new RealSystem(root, [], limits).setTreeOwner('/tree', hermes, { signal, progress });
    expect(given().length).toBe(200);
    expect(seen.length).toBeGreaterThan(4);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });
});

const lacking = lackingFor('setpriv');

describe.skipIf(lacking !== undefined)(
  `the owner of a tree that is being changed${needs(lacking)}`,
  () => {
    it.each([
      ['our own walk', 'own', 0],
      ['chown where it may be used', 'chown', 0],
      ['our own walk, of somebody who had it before', 'own', 10000],
      ['chown where it may be used, of somebody who had some of it before', 'chown', 10000],
    ])('cannot lead %s out of the tree', async (_, way, before) => {
      const top = temporaryDirectory();
      chmodSync(top, 0o777);
      const outside = `${top}/outside`;
      mkdirSync(`${outside}/directory`, { recursive: true });
      for (const name of ['open', 'directory/file']) writeFileSync(`${outside}/${name}`, '');
      chmodSync(`${outside}/open`, 0o666);
      const root = tree(12, ROOT);
      execFileSync('mv', [root, `${top}/root`]);
      mkdirSync(root);
      chmodSync(`${top}/root`, 0o755);
      for (let index = 0; index < 12; index += 1) mkdirSync(`${top}/root/tree/${index}/sub`);
      const attackers = [account.uid, 10000].map((uid) => {
        const [program, ...rest] = asUser(uid, uid);
        const attacker = spawn(program, [...rest, process.execPath, '-e', attack(top)], {
          stdio: ['ignore', 'pipe', 'ignore'],
        });
        onTestFinished(() => {
          attacker.kill('SIGKILL');
        });
        return attacker;
      });
      await Promise.all(attackers.map((attacker) => once(attacker.stdout, 'data')));
      const { limits, given } = watched(top);
      for (let round = 0; round < 30; round += 1) {
        // What is swapped meanwhile it may not find.
        spawnSync('chown', ['-hR', '0:0', `${top}/root/tree`]);
        for (let index = 0; index < 12; index += 3) {
          try {
            lchownSync(`${top}/root/tree/${index}`, before, before);
          } catch {
            // Just now it has another name.
          }
        }
        const system = new RealSystem(`${top}/root`, [], way === 'own' ? ALONE : limits);
        await system.setTreeOwner('/tree', hermes, { signal });
      }
      for (const attacker of attackers) attacker.kill('SIGKILL');
      await Promise.all(attackers.map((attacker) => once(attacker, 'close')));
      if (way === 'chown') expect(given().length).toBeGreaterThan(30);
      const owners = execFileSync('find', [outside, '-printf', '%U:%G\n']).toString();
      expect(new Set(owners.trim().split('\n'))).toEqual(new Set(['0:0']));
    });
  },
);

/** Swaps whatever it can in /tree for links to what lies outside, and back, without end. */
function attack(top: string): string {
  return `
    const fs = require('node:fs');
    const attempt = (act) => { try { act(); } catch {} };
    const outside = ${JSON.stringify(`${top}/outside`)};
    const tree = ${JSON.stringify(`${top}/root/tree`)};
    process.stdout.write('ready');
    for (;;) for (let directory = 0; directory < 12; directory += 1) {
      const at = tree + '/' + directory;
      attempt(() => fs.linkSync(outside + '/open', at + '/x'));
      attempt(() => fs.renameSync(at + '/x', at + '/3'));
      attempt(() => fs.symlinkSync(outside + '/directory/file', at + '/y'));
      attempt(() => fs.renameSync(at + '/y', at + '/4'));
      attempt(() => fs.renameSync(at + '/sub', at + '/was'));
      attempt(() => fs.symlinkSync(outside + '/directory', at + '/sub'));
      attempt(() => fs.renameSync(at, tree + '/away'));
      attempt(() => fs.symlinkSync(outside, at));
      attempt(() => fs.unlinkSync(at));
      attempt(() => fs.renameSync(tree + '/away', at));
      attempt(() => fs.unlinkSync(at + '/sub'));
      attempt(() => fs.renameSync(at + '/was', at + '/sub'));
      attempt(() => fs.writeFileSync(at + '/z', ''));
      attempt(() => fs.renameSync(at + '/z', at + '/3'));
    }`;
}
