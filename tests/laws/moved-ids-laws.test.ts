import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Owner } from '../../src/system/entry.ts';
import { isWithin } from '../../src/system/path.ts';
import type { MemoryNode } from '../../src/system/memory-node.ts';
import type { SimulatedSystem } from '../../src/system/simulated.ts';
import { bootOf, bootPlan, changeLines, plannedOf, STAGE2_WITH_EDITS } from '../support/boot.ts';
import { rounds } from '../support/rounds.ts';
import { ACCOUNT_FILES, directory, file, world } from '../support/world.ts';

/*
 * Law 9: after any sequence of boots, with any ids, in the same or new containers, everything that
 * a boot has made and everything that the account had belongs to the account of the last one.
 */

const IMAGE = 10000;

/** In listed trees, and on no list. */
const TREES = ['sessions', 'workspace', 'cron/deep'];
const UNLISTED = ['photos', 'platforms/telegram', 'projects.db', 'image_cache/a/b'];

const ids = fc.constantFrom(0, 33, 1000, 1026, IMAGE);
const owners = fc.record({ uid: ids, gid: ids });
const entries = fc
  .array(fc.tuple(fc.constantFrom(...TREES, ...UNLISTED), fc.nat({ max: 20 }), owners), {
    maxLength: 14,
  })
  .map((all) => new Map(all.map(([top, name, owner]) => [`/opt/data/${top}/${name}`, owner])));

const boots = fc.array(
  fc.record({
    PUID: fc.constantFrom('', '1000', '1026', '77'),
    PGID: fc.constantFrom('', '1000', '100'),
    isNew: fc.boolean(),
  }),
  { minLength: 1, maxLength: 4 },
);

/** Gives a container the accounts of its image again. */
function startAnew(system: SimulatedSystem): void {
  for (const [path, node] of Object.entries(ACCOUNT_FILES)) system.overlay.put(path, node);
  system.forgetAll();
}

function ownerIn(system: SimulatedSystem, path: string): Owner {
  const entry = system.look(path);
  if (!('stat' in entry)) throw new Error(`${path} is ${entry.type}`);
  return { uid: entry.stat.uid, gid: entry.stat.gid };
}

function isListed(path: string): boolean {
  return TREES.some((tree) => isWithin(path, `/opt/data/${tree.split('/')[0] ?? ''}`));
}

it('what the account had and what boots have made belongs to the ids of the last boot (law 9)', async () => {
  await fc.assert(
    fc.asyncProperty(entries, boots, async (had, sequence) => {
      const home: Record<string, MemoryNode> = { '/opt/data': directory({ owner: '10000:10000' }) };
      for (const [path, owner] of had) home[path] = file('', { owner });
      const system = world(home);
      const made = new Set<string>();
      const [users, groups] = [new Set([IMAGE]), new Set([IMAGE])];
      let account: Owner = { uid: IMAGE, gid: IMAGE };
      for (const { isNew, PUID, PGID } of sequence) {
        if (isNew) {
          startAnew(system);
          account = { uid: IMAGE, gid: IMAGE };
        }
        account = { uid: Number(PUID) || account.uid, gid: Number(PGID) || account.gid };
        users.add(account.uid);
        groups.add(account.gid);
        const plan = bootPlan(STAGE2_WITH_EDITS, { PUID, PGID });
        const report = await bootOf(plan, system);
        expect(report.status).toBe('done');
        for (const { changes } of report.steps) {
          for (const { kind, path } of changes) {
            if (kind === 'directory' && isWithin(path, '/opt/data')) made.add(path);
          }
        }
        expect(changeLines(await plannedOf(plan, system))).toEqual([]);
      }
      const becomes = (id: number, ours: Set<number>, listed: boolean, now: number): number =>
        ours.has(id) || (listed && id === 0) ? now : id;
      for (const [path, owner] of had) {
        const listed = isListed(path);
        expect([path, ownerIn(system, path)]).toEqual([
          path,
          {
            uid: becomes(owner.uid, users, listed, account.uid),
            gid: becomes(owner.gid, groups, listed, account.gid),
          },
        ]);
      }
      for (const path of made) expect([path, ownerIn(system, path)]).toEqual([path, account]);
    }),
    { numRuns: rounds(200) },
  );
});
