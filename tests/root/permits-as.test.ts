/** What the kernel answers an account is what a process of that account really finds. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { RealSystem } from '../../src/system/real/real.ts';
import type { Asked } from '../../src/system/question.ts';
import { accountReach } from '../../steps/account-reach.ts';
import { planStep } from '../support/plan-step.ts';
import { realRoot, temporaryDirectory } from '../support/real-root.ts';
import { lackingFor, needs } from '../support/unshared.ts';
import { directory, file } from '../support/world.ts';

const HERMES = { name: 'hermes', uid: 10_000, gid: 10_000, groups: [10_000, 2000], home: '/' };
const HOME = '/srv/home';
const ALL: readonly Asked[] = [
  { path: '/', right: 'enter' },
  { path: '/srv', right: 'enter' },
  { path: HOME, right: 'write-in' },
  { path: `${HOME}/.env`, right: 'read' },
];

const root = lackingFor('setpriv');
const lists = lackingFor('setpriv', 'setfacl');
const mounts = lackingFor('setpriv', 'mount', 'umount');
const fuse = lackingFor('setpriv', 'bindfs', 'fusermount');

/** A root whose account has a home to which nothing bars the way. */
function openRoot(): string {
  return realRoot({
    '/etc/group': file('root:x:0:\nhermes:x:10000:\nshare:x:2000:hermes\n'),
    [HOME]: directory({ owner: '10000:10000' }),
    [`${HOME}/.env`]: file('', { owner: '10000:10000', mode: 0o600 }),
  });
}

const answersIn = (at: string, asked = ALL) =>
  new RealSystem(at, []).ask({ kind: 'permitsAs', account: HERMES, asked });

describe.skipIf(root !== undefined)(`asked as root${needs(root)},`, () => {
  it('an open home is open, and a closed directory closes all that is behind it', () => {
    const at = openRoot();
    expect(answersIn(at)).toEqual([true, true, true, true]);
    chmodSync(join(at, 'srv'), 0o700);
    expect(answersIn(at)).toEqual([true, false, false, false]);
  });

  it('a group of the account opens what is its own', () => {
    const at = openRoot();
    chownSync(join(at, HOME), 0, 2000);
    chmodSync(join(at, HOME), 0o2770);
    expect(answersIn(at)).toEqual([true, true, true, true]);
    chmodSync(join(at, HOME), 0o2750);
    expect(answersIn(at)).toEqual([true, true, false, true]);
  });

  it('what is missing, or no regular file, has no answer', () => {
    const at = openRoot();
    execFileSync('mkfifo', [join(at, HOME, 'fifo')]);
    const asked = ['none', 'none/x', 'fifo'].map((name): Asked => {
      return { path: `${HOME}/${name}`, right: 'read' };
    });
    expect(answersIn(at, asked)).toEqual([undefined, undefined, undefined]);
  });

  it('nothing of the home changes, its times included, and this process is root again', () => {
    const at = openRoot();
    const lookOf = (): unknown[] =>
      ['srv', 'srv/home', 'srv/home/.env'].map((path) => {
        const { mtimeNs, ctimeNs, atimeNs } = lstatSync(join(at, path), { bigint: true });
        return [mtimeNs, ctimeNs, atimeNs];
      });
    const own = (): unknown => [process.geteuid?.(), process.getegid?.(), process.getgroups?.()];
    const [before, whose] = [lookOf(), own()];
    answersIn(at);
    expect(lookOf()).toEqual(before);
    expect(readdirSync(join(at, HOME))).toEqual(['.env']);
    expect(own()).toEqual(whose);
    writeFileSync(join(at, 'srv/roots'), '');
  });

  it('an account whose ids do not exist in the user namespace has no answer', () => {
    const ghost = { ...HERMES, uid: 2 ** 32 - 1 };
    expect(
      new RealSystem(openRoot(), []).ask({
        kind: 'permitsAs',
        account: ghost,
        asked: ALL.slice(0, 1),
      }),
    ).toEqual([undefined]);
    expect(process.geteuid?.()).toBe(0);
  });
});

it.skipIf(lists !== undefined)(
  `an access list closes what the mode opens, and opens what the mode closes${needs(lists)}`,
  () => {
    const at = openRoot();
    execFileSync('setfacl', ['-m', 'u:10000:---', join(at, 'srv')]);
    expect(answersIn(at)).toEqual([true, false, false, false]);
    execFileSync('setfacl', ['-b', join(at, 'srv')]);
    chownSync(join(at, HOME), 0, 0);
    expect(answersIn(at)[2]).toBe(false);
    execFileSync('setfacl', ['-m', 'u:10000:rwx', join(at, HOME)]);
    expect(answersIn(at)[2]).toBe(true);
    // The mask of a list takes back what the list gives.
    execFileSync('setfacl', ['-m', 'm::r-x', join(at, HOME)]);
    expect(answersIn(at)[2]).toBe(false);
  },
);

/** Mounts something on the home of a root until the test ends. */
function mountOn(at: string, program: string, args: readonly string[], unmount: string[]): void {
  execFileSync(program, args);
  const [end = '', ...rest] = unmount;
  onTestFinished(() => {
    execFileSync(end, [...rest, join(at, HOME)]);
  });
}

it.skipIf(mounts !== undefined)(
  `on a read-only mount nobody writes, and all that is open is read${needs(mounts)}`,
  () => {
    const at = openRoot();
    const home = join(at, HOME);
    mountOn(at, 'mount', ['--bind', '-o', 'ro', home, home], ['umount']);
    execFileSync('mount', ['-o', 'remount,bind,ro', home]);
    expect(answersIn(at)).toEqual([true, true, false, true]);
  },
);

describe.skipIf(fuse !== undefined)(`on a FUSE mount${needs(fuse)}`, () => {
  it('whose modes deny it, the account is refused', () => {
    const [at, source] = [openRoot(), temporaryDirectory()];
    writeFileSync(join(source, '.env'), '');
    const args = [
      '-o',
      'nonempty',
      '--force-user=0',
      '--force-group=0',
      '--perms=0700:u+D',
      source,
      join(at, HOME),
    ];
    mountOn(at, 'bindfs', args, ['fusermount', '-u']);
    expect(answersIn(at)).toEqual([true, true, false, false]);
  });

  it('without allow_other, it cannot even be entered by the account, whatever the modes', async () => {
    const [at, source] = [openRoot(), temporaryDirectory()];
    writeFileSync(join(source, '.env'), '');
    mountOn(
      at,
      'bindfs',
      ['-o', 'nonempty', '--no-allow-other', source, join(at, HOME)],
      ['fusermount', '-u'],
    );
    chmodSync(source, 0o777);
    expect(answersIn(at)).toEqual([true, true, false, false]);
    const asked = planStep(
      accountReach,
      { account: 'hermes', home: HOME, reads: ['.env'] },
      new RealSystem(at, []),
    );
    await expect(asked).rejects.toThrow('which allows it: an access list or what it lies on');
  });
});

/** What an entry of a generated world is like. */
const look = fc.record({
  uid: fc.constantFrom(0, 10_000, 20_000),
  gid: fc.constantFrom(0, 10_000, 2000),
  mode: fc.constantFrom(
    0o700,
    0o750,
    0o770,
    0o755,
    0o711,
    0o2775,
    0o644,
    0o070,
    0o007,
    0o000,
    0o777,
  ),
  list: fc.constantFrom(undefined, undefined, 'u:10000:rwx', 'u:10000:---', 'g:2000:rwx,m::r-x'),
});

/** What a process does that tries each question: access(2) for directories, open(2) for files. */
const TRY = `
  const { accessSync, constants: { X_OK, W_OK }, openSync, readFileSync } = require('node:fs');
  const tries = { enter: (p) => accessSync(p, X_OK), 'write-in': (p) => accessSync(p, W_OK | X_OK),
    read: (p) => openSync(p, 'r') };
  const can = ({ path, right }) => { try { tries[right](path); return true } catch { return false } };
  console.log(JSON.parse(readFileSync(0, 'utf8')).map((one) => (can(one) ? 'y' : 'n')).join(' '));`;

it.skipIf(lists !== undefined)(
  `the answers for 200 generated homes are those that a process of the account finds, and the step ends well where all is open${needs(lists)}`,
  async () => {
    const at = temporaryDirectory();
    const samples = fc.sample(fc.tuple(look, look, look), 200);
    const worlds = samples.map(([way, home, env], index) => {
      const paths = [`/w${index}`, `/w${index}/home`, `/w${index}/home/.env`] as const;
      mkdirSync(join(at, paths[1]), { recursive: true });
      writeFileSync(join(at, paths[2]), '');
      for (const [one, path] of [
        [env, paths[2]],
        [home, paths[1]],
        [way, paths[0]],
      ] as const) {
        chownSync(join(at, path), one.uid, one.gid);
        chmodSync(join(at, path), one.mode);
        if (one.list !== undefined) execFileSync('setfacl', ['-m', one.list, join(at, path)]);
      }
      return paths;
    });
    mkdirSync(join(at, 'etc'));
    writeFileSync(
      join(at, 'etc/passwd'),
      'root:x:0:0::/:/bin/sh\nhermes:x:10000:10000::/:/bin/sh\n',
    );
    writeFileSync(join(at, 'etc/group'), 'hermes:x:10000:\nshare:x:2000:hermes\n');
    const asked = worlds.flatMap(([way, home, env]): Asked[] => [
      { path: way, right: 'enter' },
      { path: home, right: 'enter' },
      { path: home, right: 'write-in' },
      { path: env, right: 'read' },
    ]);
    const become = ['--reuid=10000', '--regid=10000', '--groups=10000,2000'];
    const { stdout, stderr } = spawnSync('setpriv', [...become, process.execPath, '-e', TRY], {
      input: JSON.stringify(asked.map(({ path, right }) => ({ path: join(at, path), right }))),
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    const found = stdout
      .trim()
      .split(' ')
      .map((answer) => answer === 'y');
    const system = new RealSystem(at, []);
    expect(system.ask({ kind: 'permitsAs', account: HERMES, asked })).toEqual(found);
    expect(new Set(found).size).toBe(2);
    for (const [index, [, home]] of worlds.entries()) {
      const options = { account: 'hermes', home, reads: ['.env'] };
      const ended = await planStep(accountReach, options, system).then(
        () => true,
        () => false,
      );
      expect([home, ended]).toEqual([home, found.slice(index * 4, index * 4 + 4).every(Boolean)]);
    }
  },
);
