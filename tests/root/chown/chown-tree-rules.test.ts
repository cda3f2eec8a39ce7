import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { everythingTo, replacing } from '../../../src/system/owner-rule.ts';
import type { Progress } from '../../../src/system/scan.ts';
import { RealSystem } from '../../../src/system/real/real.ts';
import { OWNERS } from '../../support/odd-tree.ts';
import { ALONE, giveAll, HELPED, startRepair, tree } from '../../support/owned-tree.ts';
import { isRoot, NEEDS_ROOT } from '../../support/real-root.ts';

const { signal } = new AbortController();
const [account] = OWNERS;
const hermes = everythingTo(account);

/** How many entries of a tree do not belong to the account. */
async function wrongIn(root: string): Promise<number> {
  return (await new RealSystem(root).scanOwners('/tree', hermes, signal)).wrong;
}

describe.skipIf(!isRoot)(`a walk that keeps a rule (${NEEDS_ROOT})`, () => {
  it('leaves the top as it is where that proves that all is done, and something could not be', async () => {
    const rule = { ...hermes, topProves: true };
    for (const lists of [true, false]) {
      const root = tree(2);
      const kept = `${root}/tree/0/7`;
      execFileSync('chattr', ['+i', kept]);
      try {
        const system = new RealSystem(root, [], HELPED);
        if (lists) await system.lookToOwn('/tree', rule, { signal });
        await expect(system.setTreeOwner('/tree', rule, { signal })).rejects.toThrow('EPERM');
      } finally {
        execFileSync('chattr', ['-i', kept]);
      }
      expect(lstatSync(`${root}/tree`).uid).not.toBe(account.uid);
      expect(await wrongIn(root)).toBe(2);
    }
  });

  it('leaves no directory to anybody else where it is killed and the rule leaves root alone', async () => {
    const rule = replacing(account, [{ id: 10000 }], [{ id: 10000 }]);
    for (const enough of [10, 1000, 2500]) {
      const root = tree(200);
      giveAll(root, { uid: 10000, gid: 10000 });
      execFileSync('chown', ['root:root', ...[1, 2].map((index) => `${root}/tree/${index}/3`)]);
      const wrong = async (): Promise<number> =>
        (await new RealSystem(root).scanOwners('/tree', rule, signal)).wrong;
      const repair = startRepair(root, 'former');
      const ended = once(repair, 'exit');
      while ((await wrong()) > 4199 - enough) await setImmediate();
      repair.kill('SIGKILL');
      await ended;
      await new RealSystem(root, [], HELPED).setTreeOwner('/tree', rule, { signal });
      const owners = execFileSync('find', [`${root}/tree`, '-printf', '%y %U:%G\\n']).toString();
      const counts = new Map<string, number>();
      for (const line of owners.trim().split('\n')) counts.set(line, (counts.get(line) ?? 0) + 1);
      expect(Object.fromEntries(counts)).toEqual({
        'd 1000:1000': 201,
        'f 1000:1000': 3998,
        'f 0:0': 2,
      });
    }
  });

  it.each([
    ['in this process', ALONE],
    ['with help', HELPED],
  ])('%s leaves alone what the rule is not about, and what is in it', async (_, limits) => {
    const root = tree(20);
    const except = ['/tree/3', '/tree/4/2', '/tree/none'];
    const rule = replacing(account, [{ id: 10000 }], [{ id: 10000 }], except);
    const system = new RealSystem(root, [], limits);
    const look = await system.scanOwners('/tree', rule, signal);
    expect(look).toMatchObject({ entries: 421 - 22, wrong: 421 - 22 });
    expect(await system.setTreeOwner('/tree', rule, { signal })).toMatchObject({ wrong: 421 - 22 });
    const left = execFileSync('find', [`${root}/tree`, '-uid', '10000', '-printf', '/tree/%P\\n']);
    const names = left.toString().trim().split('\n').sort();
    expect(names).toHaveLength(22);
    expect(names.every((path) => path.startsWith('/tree/3') || path === '/tree/4/2')).toBe(true);
  });

  it('says how far it is', async () => {
    const root = tree(200);
    const seen: number[] = [];
    const progress = ({ changed }: { readonly changed: number }): void => {
      seen.push(changed);
    };
    await new RealSystem(root, [], ALONE).setTreeOwner('/tree', hermes, { signal, progress });
    expect(seen.length).toBeGreaterThan(2);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });

  it('says about how many entries there are, as soon as it has seen some', async () => {
    const root = tree(200);
    const totals: (number | undefined)[] = [];
    const progress = ({ total, looked }: Progress): void => {
      totals.push(total);
      expect(total ?? Infinity).toBeGreaterThanOrEqual(looked);
    };
    const system = new RealSystem(root, [], ALONE);
    await system.lookToOwn('/tree', hermes, { signal, progress });
    await system.setTreeOwner('/tree', hermes, { signal, progress });
    const known = totals.filter((total) => total !== undefined);
    expect(known.length).toBeGreaterThan(2);
    for (const total of known) expect(total).toBeLessThan(3 * 4201);
  });
});
