import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, writeFileSync, type Stats } from 'node:fs';
import { expect, it } from 'vitest';
import { everythingTo } from '../../src/system/owner-rule.ts';
import { RealSystem } from '../../src/system/real/real.ts';
import { isRoot, NEEDS_ROOT, realRoot } from '../support/real-root.ts';
import { directory, file } from '../support/world.ts';

/** Swaps a name for a link and back, as fast as it can. */
const ATTACKER = `
  const fs = require('node:fs');
  const [name, target] = process.argv.slice(1);
  process.stdout.write('ready');
  for (;;) {
    fs.renameSync(name, name + '.aside');
    fs.symlinkSync(target, name);
    fs.unlinkSync(name);
    fs.renameSync(name + '.aside', name);
  }
`;

/** How often a race is run at least, and until it was won once at most. */
const ROUNDS = { least: 300, most: 20_000 };

/**
 * Acts again and again while somebody swaps `name` for a link to `target`, until it has hit the
 * real thing at least once. An attacked write may fail; it must never hit anything else.
 */
async function race(
  name: string,
  target: string,
  act: (round: number) => unknown,
  hit: (stats: Stats) => boolean,
): Promise<void> {
  const attacker = spawn(process.execPath, ['-e', ATTACKER, name, target]);
  await once(attacker.stdout, 'data');
  let hits = 0;
  for (let round = 1; round <= ROUNDS.least || (hits === 0 && round <= ROUNDS.most); round += 1) {
    try {
      await act(round);
    } catch {
      continue;
    }
    const stats = [name, `${name}.aside`].map((path) => lstatSync(path, { throwIfNoEntry: false }));
    if (stats.some((each) => each !== undefined && !each.isSymbolicLink() && hit(each))) hits += 1;
  }
  attacker.kill('SIGKILL');
  await once(attacker, 'close');
  expect(hits).toBeGreaterThan(0);
}

it.skipIf(!isRoot)(
  `a directory swapped for a link while it is being owned leads to nothing outside (${NEEDS_ROOT}, CWE-367)`,
  async () => {
    const root = realRoot({ '/home/sessions': directory(), '/victim': directory() });
    for (let index = 0; index < 100; index += 1) {
      writeFileSync(`${root}/home/sessions/${index}`, '');
      writeFileSync(`${root}/victim/${index}`, '');
    }
    const system = new RealSystem(root, ['/home']);
    const { signal } = new AbortController();
    await race(
      `${root}/home/sessions`,
      '../victim',
      (round) =>
        system.setTreeOwner('/home/sessions', everythingTo({ uid: 1000 + round, gid: 1000 }), {
          signal,
        }),
      ({ uid }) => uid !== 0,
    );
    const owners = ['', ...Array.from({ length: 100 }, (_, index) => `/${index}`)].map(
      (path) => lstatSync(`${root}/victim${path}`).uid,
    );
    expect(new Set(owners)).toEqual(new Set([0]));
  },
);

it.skipIf(!isRoot)(
  `a file swapped for a link keeps mode and owner of what the link points to (${NEEDS_ROOT})`,
  async () => {
    const root = realRoot({ '/home/.env': file('', { mode: 0o644 }), '/victim': file('kept') });
    const system = new RealSystem(root, ['/home']);
    await race(
      `${root}/home/.env`,
      '../victim',
      () => {
        system.setOwner('/home/.env', { uid: 1000, gid: 1000 });
        system.setMode('/home/.env', 0o600);
      },
      ({ uid, mode }) => uid === 1000 && (mode & 0o777) === 0o600,
    );
    const { uid, mode } = lstatSync(`${root}/victim`);
    expect([uid, mode & 0o777]).toEqual([0, 0o644]);
  },
);

it.skipIf(!isRoot)(
  `a file is read from where it is, or not at all, while a directory on its way is swapped for a link (${NEEDS_ROOT})`,
  async () => {
    const root = realRoot({
      '/home/skills': directory(),
      '/home/skills/notes': file('ours'),
      '/victim': directory(),
      '/victim/notes': file('a secret'),
    });
    const { tree } = new RealSystem(root, ['/home']);
    const seen = new Set<string>();
    await race(
      `${root}/home/skills`,
      '../victim',
      () => {
        seen.add(tree.read('/home/skills/notes', 100).text());
      },
      () => seen.size > 0,
    );
    expect([...seen]).toEqual(['ours']);
  },
);
