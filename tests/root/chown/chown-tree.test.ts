import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, lchownSync, lstatSync, mkdtempSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { everythingTo } from '../../../src/system/owner-rule.ts';
import { RealSystem } from '../../../src/system/real/real.ts';
import { makeOddTree, oddTrees, OWNERS } from '../../support/odd-tree.ts';
import { ALONE, giveAll, HELPED, startRepair, tree } from '../../support/owned-tree.ts';
import { isRoot, NEEDS_ROOT, snapshot, temporaryDirectory } from '../../support/real-root.ts';
import { asUser, lackingFor, needs } from '../../support/unshared.ts';

const { signal } = new AbortController();
const [account] = OWNERS;
const hermes = everythingTo(account);

/** Path, type and mode of all entries; without the bits that the kernel clears. */
function modesIn(path: string): string[] {
  const printed = execFileSync('find', [path, '-printf', String.raw`%P %y %M\0`], {
    encoding: 'latin1',
  });
  return printed
    .split('\0')
    .map((line) => (/ [fp] /.test(line) ? line.replace(/s/g, 'x') : line))
    .sort();
}

/** How many entries of a tree do not belong to the account. */
async function wrongIn(root: string): Promise<number> {
  return (await new RealSystem(root).scanOwners('/tree', hermes, signal)).wrong;
}

/** Where a tree is on this machine, and what a world with its parent as the root calls it. */
interface Place {
  readonly top: string;
  readonly path: string;
  readonly name: string;
}

/** Checks something of many trees with odd entries. */
async function forOddTrees(check: (place: Place) => Promise<void>): Promise<void> {
  const top = temporaryDirectory();
  await fc.assert(
    fc.asyncProperty(oddTrees, async (odd) => {
      const path = mkdtempSync(`${top}/tree`);
      makeOddTree(path, odd);
      await check({ top, path, name: `/${basename(path)}` });
    }),
    { numRuns: 30 },
  );
}

describe.skipIf(!isRoot)(`giving a tree to its owner (${NEEDS_ROOT})`, () => {
  it.each([
    ['in this process', ALONE],
    ['with help', HELPED],
  ])('%s finds what a look finds, and leaves nothing to find', async (_, limits) => {
    await forOddTrees(async ({ top, path, name }) => {
      const before = modesIn(path);
      const home = process.cwd();
      const looked = await new RealSystem(top, [], ALONE).scanOwners(name, hermes, signal);
      const found = await new RealSystem(top, [], limits).setTreeOwner(name, hermes, { signal });
      expect(found).toEqual(looked);
      const { wrong, hardLinked } = await new RealSystem(top).scanOwners(name, hermes, signal);
      expect({ wrong, hardLinked }).toEqual({ wrong: 0, hardLinked: looked.hardLinked });
      expect(modesIn(path)).toEqual(before);
      expect(process.cwd()).toBe(home);
    });
  });

  it('changes what a look has met, without another look', async () => {
    await forOddTrees(async ({ top, path, name }) => {
      const system = new RealSystem(top);
      const look = await system.lookToOwn(name, hermes, { signal });
      expect(look.complete).toBe(true);
      writeFileSync(`${path}/later`, '');
      expect(await system.setTreeOwner(name, hermes, { signal })).toBeUndefined();
      expect(lstatSync(`${path}/later`).uid).toBe(0);
      const { wrong, hardLinked } = await system.scanOwners(name, hermes, signal);
      expect({ wrong, hardLinked }).toEqual({ wrong: 1, hardLinked: look.hardLinked });
    });
  });

  it('looks again when something was changed there since the look, or for somebody else', async () => {
    const root = tree(2);
    const system = new RealSystem(root);
    const counts = { entries: 43, wrong: 43 };
    await system.lookToOwn('/tree', hermes, { signal });
    system.setMode('/tree/1', 0o700);
    expect(await system.setTreeOwner('/tree', hermes, { signal })).toMatchObject(counts);
    await system.lookToOwn('/tree', everythingTo({ uid: 1, gid: 1 }), { signal });
    const other = everythingTo({ uid: 2, gid: 2 });
    expect(await system.setTreeOwner('/tree', other, { signal })).toMatchObject(counts);
    await system.lookToOwn('/tree', hermes, { signal });
    system.forgetAll();
    expect(await system.setTreeOwner('/tree', hermes, { signal })).toMatchObject(counts);
  });

  it.each([
    ['most entries', { least: 10, most: 1000 }],
    ['very many entries', { least: 5, most: 10 }],
  ])(
    'stops to look when %s are wrong, and counts them as it changes them',
    async (_, remembered) => {
      const root = tree(10);
      const system = new RealSystem(root, [], { ...HELPED, remembered });
      const look = await system.lookToOwn('/tree', hermes, { signal });
      expect(look.complete).toBe(false);
      expect(look.wrong).toBeGreaterThan(10);
      expect(look.wrong).toBeLessThanOrEqual(211);
      const found = await system.setTreeOwner('/tree', hermes, { signal });
      expect(found).toMatchObject({
        entries: 211,
        wrong: 211,
        owners: [{ uid: 10000, gid: 10000 }],
      });
      expect(await wrongIn(root)).toBe(0);
    },
  );

  it('ends finds as soon as it has met enough', async () => {
    const root = tree(200);
    const limits = { ...HELPED, remembered: { least: 5000, most: 100 } };
    const system = new RealSystem(root, [], limits);
    const look = await system.lookToOwn('/tree', hermes, { signal });
    expect(look).toMatchObject({ complete: false });
    expect(look.wrong).toBeGreaterThan(100);
  });

  it('gives directories to which others can write to their owner with their mode', async () => {
    const root = tree(3);
    chmodSync(`${root}/tree/0`, 0o777);
    chmodSync(`${root}/tree/1`, 0o1777);
    chmodSync(`${root}/tree/2`, 0o2775);
    await new RealSystem(root, [], HELPED).setTreeOwner('/tree', hermes, { signal });
    expect(await wrongIn(root)).toBe(0);
    const modes = ['0', '1', '2'].map((name) => lstatSync(`${root}/tree/${name}`).mode & 0o7777);
    expect(modes).toEqual([0o777, 0o1777, 0o2775]);
  });

  it('ends when its time is up, with no directory left to root', async () => {
    const root = tree(400);
    const stop = new AbortController();
    const system = new RealSystem(root, [], HELPED);
    const owning = system.setTreeOwner('/tree', hermes, stop);
    while ((await wrongIn(root)) > 8000) await setImmediate();
    stop.abort();
    await expect(owning).rejects.toThrow('time ran out while setting the owners below /tree');
    const { owners } = await system.scanOwners('/tree', hermes, signal);
    expect(owners).toEqual([{ uid: 10000, gid: 10000 }]);
  });

  it('is mended by the next one when it was killed', async () => {
    const root = tree(200);
    const before = snapshot(root, '/tree');
    for (const enough of [10, 1000, 2500]) {
      giveAll(root, { uid: 10000, gid: 10000 });
      const repair = startRepair(root, 'everything');
      const ended = once(repair, 'exit');
      while ((await wrongIn(root)) > 4201 - enough) await setImmediate();
      repair.kill('SIGKILL');
      await ended;
      await new RealSystem(root, [], HELPED).setTreeOwner('/tree', hermes, { signal });
      const after = [...snapshot(root, '/tree')].map(([path, line]) => [
        path,
        line.replace('1000:1000', '10000:10000'),
      ]);
      expect(after).toEqual([...before]);
    }
  });
});

const lacking = lackingFor('setpriv');

it.skipIf(lacking !== undefined)(
  `a file swapped for another name of somebody's file is never given away with it${needs(lacking)}`,
  async () => {
    const root = tree(1);
    const path = `${root}/tree/0`;
    const victim = `${root}/victim`;
    writeFileSync(victim, '');
    chmodSync(victim, 0o666);
    chmodSync(root, 0o777);
    const [before, ...rest] = asUser(10000, 10000);
    const script = `
      const fs = require('node:fs');
      const attempt = (act) => { try { act(); } catch {} };
      process.stdout.write('ready');
      for (;;) for (let name = 0; name < 20; name += 1) {
        attempt(() => fs.linkSync(${JSON.stringify(victim)}, '../x'));
        attempt(() => fs.renameSync('../x', String(name)));
        attempt(() => fs.writeFileSync('../y', ''));
        attempt(() => fs.renameSync('../y', String(name)));
      }`;
    chmodSync(`${root}/tree`, 0o777);
    const attacker = spawn(before, [...rest, process.execPath, '-e', script], { cwd: path });
    await once(attacker.stdout, 'data');
    for (let round = 0; round < 200; round += 1) {
      lchownSync(path, 10000, 10000);
      const system = new RealSystem(root, [], ALONE);
      await system.setTreeOwner('/tree', hermes, { signal });
    }
    attacker.kill('SIGKILL');
    await once(attacker, 'close');
    expect(lstatSync(victim).uid).toBe(0);
  },
);
