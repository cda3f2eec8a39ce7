import type { MemoryNode } from '../../../src/system/memory-node.ts';
import { profileGateways } from '../../../steps/profile-gateways.ts';
import { findingsOf, type Findings } from '../../support/plan-step.ts';
import { S6, S6World, SCANDIR } from '../../support/s6-world.ts';
import { directory, file, world } from '../../support/world.ts';

/** The home of every world here. */
export const HOME = '/opt/data';

/** What the step is told in every world here. */
export const options = { home: HOME, scandir: SCANDIR, account: 'hermes' };

/** A profile with a recorded state; none for undefined. */
export function profile(name: string, state?: string): Record<string, MemoryNode> {
  const at = `${HOME}/profiles/${name}`;
  return {
    [`${at}/SOUL.md`]: file('soul\n'),
    ...(state === undefined ? {} : { [`${at}/gateway_state.json`]: file(state) }),
  };
}

/** A home under s6, with these entries. */
export function s6World(...entries: Record<string, MemoryNode>[]): S6World {
  const home = { [HOME]: directory({ owner: '10000:10000' }), [`${HOME}/logs`]: directory() };
  const nodes = [S6, home, ...entries].flatMap((some) => Object.entries(some));
  return new S6World(world(Object.fromEntries(nodes)));
}

type More = Partial<Parameters<typeof profileGateways.plan>[0]['with']>;

/** What the step finds. */
export function find(system: S6World, more: More = {}): Promise<Findings> {
  return findingsOf(profileGateways, { ...options, ...more }, system);
}

/** The notes of a plan, without their severity. */
export async function notesOf(system: S6World): Promise<string[]> {
  return (await find(system)).notes?.map(({ text }) => text) ?? [];
}

/** Which slots are there, and which of them s6 starts at once. */
export function slots(system: S6World): Record<string, 'up' | 'down'> {
  const names = system.list(SCANDIR).filter((name) => name.startsWith('gateway-'));
  return Object.fromEntries(
    names.map((name) => {
      const { type } = system.look(`${SCANDIR}/${name}/down`);
      return [name.slice('gateway-'.length), type === 'missing' ? 'up' : 'down'];
    }),
  );
}
