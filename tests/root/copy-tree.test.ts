import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Problem } from '../../src/errors/problem.ts';
import { RealSystem } from '../../src/system/real/real.ts';
import type { TreeCopy } from '../../src/system/new-directory.ts';
import { fill, isRoot, NEEDS_ROOT, realRoot, snapshot } from '../support/real-root.ts';
import { directory, file, link, special } from '../support/world.ts';

const owner = isRoot
  ? { uid: 10000, gid: 10000 }
  : { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };

const FROM = '/opt/hermes/skills/notes';
const TO = '/home/notes';

const COPY: TreeCopy = {
  from: FROM,
  owner,
  mode: 0o755,
  entries: [
    { name: 'SKILL.md', type: 'file', mode: 0o644 },
    { name: 'scripts', type: 'directory', mode: 0o755 },
    { name: 'scripts/run', type: 'file', mode: 0o755 },
  ],
  replaces: false,
};

const IMAGE = {
  [`${FROM}/SKILL.md`]: file('skill'),
  [`${FROM}/scripts/run`]: file('x'.repeat(600_000), { mode: 0o4755 }),
  '/home': directory({ owner }),
  '/victim/kept': file('kept'),
};

const { signal } = new AbortController();

/** Copies, and gives the copy its name. */
async function copied(system: RealSystem, ...args: Parameters<RealSystem['copyTree']>) {
  await system.copyTree(...args);
  await system.settle([{ path: args[0], replaces: args[1].replaces }], signal);
}

/** What a snapshot has to say of the copy. */
function expected(): Record<string, string> {
  const who = `${owner.uid}:${owner.gid}`;
  return {
    [TO]: `directory ${who} 755`,
    [`${TO}/SKILL.md`]: `file ${who} 644 skill`,
    [`${TO}/scripts`]: `directory ${who} 755`,
    [`${TO}/scripts/run`]: `file ${who} 755 ${'x'.repeat(600_000)}`,
  };
}

describe('a copied directory', () => {
  test.each(['000', '077'])('has owner and modes as it should under the umask %s', async (mask) => {
    const root = realRoot(IMAGE);
    const before = process.umask(Number.parseInt(mask, 8));
    onTestFinished(() => {
      process.umask(before);
    });
    await copied(new RealSystem(root), TO, COPY, signal);
    expect(Object.fromEntries(snapshot(root, TO))).toEqual(expected());
    expect(readdirSync(`${root}/home`)).toEqual(['notes']);
  });

  test.each([false, true])(
    'takes the place of what a killed copy left (replacing: %s)',
    async (replaces) => {
      const root = realRoot({
        ...IMAGE,
        '/home/.notes.hermes-boot/scripts': link('/victim'),
        ...(replaces ? { [`${TO}/old`]: file('old') } : {}),
        '/home/.notes.hermes-boot.bak/old': file('older'),
      });
      await copied(new RealSystem(root), TO, { ...COPY, replaces }, signal);
      expect(Object.fromEntries(snapshot(root, TO))).toEqual(expected());
      expect(readdirSync(`${root}/home`)).toEqual(
        replaces ? ['notes'] : ['.notes.hermes-boot.bak', 'notes'],
      );
      expect(readdirSync(`${root}/victim`)).toEqual(['kept']);
    },
  );

  test.each([
    ['a directory with something in it', { [`${TO}/mine`]: file('mine') }],
    ['a file', { [TO]: file('mine') }],
    ['a link', { [TO]: link('/victim') }],
  ])('takes no place that is taken by %s, and leaves nothing beside it', async (_, there) => {
    const root = realRoot({ ...IMAGE, ...there });
    const before = snapshot(root);
    await expect(copied(new RealSystem(root), TO, COPY, signal)).rejects.toThrow(Problem);
    expect(snapshot(root)).toEqual(before);
  });

  test.each([
    ['a link', link('/etc/passwd')],
    ['a FIFO', special('fifo')],
  ])('is not made at all where the source has %s, and the old one stays', async (_, odd) => {
    const root = realRoot({ ...IMAGE, [`${TO}/old`]: file('old') });
    fill(root, { [`${FROM}/zz`]: odd });
    const entries = [...COPY.entries, { name: 'zz', type: 'file', mode: 0o644 } as const];
    const before = snapshot(root);
    const copy = { ...COPY, entries, replaces: true };
    await expect(copied(new RealSystem(root), TO, copy, signal)).rejects.toThrow(Problem);
    expect(snapshot(root)).toEqual(before);
  });

  test('is not made at all when its time is up between two files', async () => {
    const root = realRoot(IMAGE);
    const before = snapshot(root);
    const late = AbortSignal.abort();
    await expect(copied(new RealSystem(root), TO, COPY, late)).rejects.toThrow('time ran out');
    expect(snapshot(root)).toEqual(before);
  });

  test('is made behind no link', async () => {
    const root = realRoot(IMAGE);
    symlinkSync('/victim', `${root}/home/skills`);
    const copying = copied(new RealSystem(root, ['/home']), '/home/skills/notes', COPY, signal);
    await expect(copying).rejects.toThrow('is a link to /victim');
  });
});

describe('a moved directory', () => {
  test('has everything in it that it had', () => {
    const root = realRoot({ '/home/a/x': file('x', { owner }), '/home/b': directory() });
    new RealSystem(root).moveDirectory('/home/a', '/home/b/c');
    expect([...snapshot(root, '/home').keys()]).toEqual([
      '/home',
      '/home/b',
      '/home/b/c',
      '/home/b/c/x',
    ]);
  });

  test('takes no place that is taken, and a link is none', () => {
    const root = realRoot({
      '/home/a/x': file(''),
      '/home/b/y': file(''),
      '/home/l': link('/home/a'),
    });
    const system = new RealSystem(root);
    expect(() => {
      system.moveDirectory('/home/a', '/home/b');
    }).toThrow(Problem);
    expect(() => {
      system.moveDirectory('/home/l', '/home/c');
    }).toThrow('l is not a directory');
    expect(existsSync(`${root}/home/b/y`)).toBe(true);
  });
});

/** Swaps whatever is made beside a name for a link, as fast as it can. */
const ATTACKER = `
  const fs = require('node:fs');
  const [directory, target] = process.argv.slice(1);
  process.stdout.write('ready');
  for (let round = 0; ; round += 1) {
    for (const name of ['.notes.hermes-boot', 'notes']) {
      try {
        fs.renameSync(directory + '/' + name, directory + '/aside' + round);
        fs.symlinkSync(target, directory + '/' + name);
        fs.unlinkSync(directory + '/' + name);
        fs.rmSync(directory + '/aside' + round, { recursive: true });
      } catch {}
    }
  }
`;

test.skipIf(!isRoot)(
  `a copy that is swapped for a link in the making writes nothing behind it (${NEEDS_ROOT}, CWE-367)`,
  async () => {
    const root = realRoot(IMAGE);
    mkdirSync(`${root}/victim/scripts`);
    const before = snapshot(root, '/victim');
    const attacker = spawn(process.execPath, ['-e', ATTACKER, `${root}/home`, '../victim']);
    await once(attacker.stdout, 'data');
    const system = new RealSystem(root, ['/home']);
    for (let round = 0; round < 300; round += 1) {
      const copy = { ...COPY, replaces: round % 2 === 1 };
      await copied(system, TO, copy, signal).catch((error: unknown) => {
        expect(error).toBeInstanceOf(Problem);
      });
    }
    attacker.kill('SIGKILL');
    await once(attacker, 'close');
    expect(snapshot(root, '/victim')).toEqual(before);
  },
);
