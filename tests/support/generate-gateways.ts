import fc from 'fast-check';
import type { Facts } from '../../src/step/facts.ts';
import type { MemoryNode } from '../../src/system/memory-node.ts';
import { ROOT_FACTS } from './plan-step.ts';
import { listened, S6, SCANDIR } from './s6-world.ts';
import { directory, file, link, special } from './world.ts';

/*
 * Homes with profiles in every state, and scan directories as boots, kills and hands leave them.
 */

const HOME = '/opt/data';

const states = fc.constantFrom<(MemoryNode | undefined)[]>(
  undefined,
  file('{"gateway_state":"running"}', { owner: '10000:10000' }),
  file('{"desired_state":"running","gateway_state":"stopped"}'),
  file('{"gateway_state":"draining"}'),
  file('{"gateway_state":"stopped"}'),
  file('\uFEFF{"desired_state":null}'),
  file('[]'),
  file('{'),
  file('"'.repeat(70_000)),
  link('/etc/passwd'),
  directory(),
  special('fifo'),
);

const leftovers = fc.constantFrom<(MemoryNode | undefined)[]>(
  undefined,
  undefined,
  file('1\n'),
  link('/etc/passwd'),
  directory(),
);

/** What a profile says of its gateway, and what that left behind. */
const ownFiles = fc.constantFrom<Record<string, MemoryNode>[]>(
  {},
  {},
  { '/config.yaml': file('gateway:\n  standalone: true\n') },
  { '/config.yaml': file('gateway: [standalone\n') },
  { '/state/gateway.lifecycle.json': file('{"phase":"running"}') },
  { '/state/gateway.lifecycle.json': file('\uFEFF{"phase":"exited"}') },
  { '/state/gateway.lifecycle.json': link('/etc/passwd') },
);

const PROFILES = ['coder', 'writer', 'a-1', 'Bad', 'default', '-x'];

const profiles = fc
  .record({ soul: fc.boolean(), state: states, pid: leftovers, own: ownFiles })
  .map(({ soul, state, pid, own }) => ({
    ...own,
    '': directory({ owner: '10000:10000' }),
    ...(soul ? { '/SOUL.md': file('soul') } : {}),
    ...(state === undefined ? {} : { '/gateway_state.json': state }),
    ...(pid === undefined ? {} : { '/gateway.pid': pid }),
  }));

const SLOT: Readonly<Record<string, MemoryNode>> = {
  '/run': file('#!/bin/sh\n', { mode: 0o755 }),
  '/log/run': file('#!/bin/sh\n', { mode: 0o755 }),
  '/supervise/status': file('', { mode: 0o644 }),
};

/** What may stand where a slot belongs. */
const slots = fc.constantFrom<Record<string, MemoryNode>[]>(
  {},
  SLOT,
  { ...SLOT, '/supervise/control': special('fifo') },
  { ...SLOT, '/supervise/control': listened() },
  { ...SLOT, '/supervise/control': listened(), '/event': directory({ mode: 0o700 }) },
  { '': file('') },
  { '': link('/srv') },
  { '': directory({ owner: '10000:10000', mode: 0o700 }) },
);

const SLOTS = [
  ...['default', 'coder', 'writer', 'gone', 'BAD'].map((name) => `gateway-${name}`),
  '.gateway-coder.tmp',
  'gateway-writer.tmp',
  'dashboard',
];

const configs = fc.constantFrom(
  '',
  'gateway:\n  multiplex_profiles: true\n',
  'gateway: {multiplex_profiles: false}\n',
);

const logs = fc.constantFrom<Record<string, MemoryNode>[]>(
  {},
  { '/logs': directory({ owner: '10000:10000' }) },
  { '/logs/container-boot.log': file('TIME before\n') },
  { '/logs/container-boot.log': file('x'.repeat(300_000)) },
  { '/logs/container-boot.log': link('/etc/passwd') },
  { '/logs': link('/srv') },
);

/** A world before the gateways are reconciled. */
export const gatewayWorlds: fc.Arbitrary<Record<string, MemoryNode>> = fc
  .record({
    scanned: fc.boolean(),
    own: profiles,
    named: fc.array(fc.tuple(fc.constantFrom(...PROFILES), profiles), { maxLength: 4 }),
    slots: fc.array(fc.tuple(fc.constantFrom(...SLOTS), slots), { maxLength: 3 }),
    config: configs,
    log: logs,
  })
  .map(({ scanned, own, named, slots: there, config, log }) => {
    const entries: Record<string, MemoryNode> = {
      '/srv': directory(),
      ...S6,
      ...(scanned ? {} : { [`${SCANDIR}/.s6-svscan/control`]: special('fifo') }),
    };
    const put = (base: string, nodes: Readonly<Record<string, MemoryNode>>): void => {
      for (const [path, node] of Object.entries(nodes)) entries[base + path] = node;
    };
    put(HOME, { ...own, ...log, '/config.yaml': file(config) });
    for (const [name, nodes] of new Map(named)) put(`${HOME}/profiles/${name}`, nodes);
    for (const [name, nodes] of new Map(there)) put(`${SCANDIR}/${name}`, nodes);
    return entries;
  });

/** What a container is started with. */
export const gatewayEnvironments: fc.Arbitrary<Record<string, string>> = fc.record({
  GATEWAY_MULTIPLEX_PROFILES: fc.constantFrom('', 'true', '0', 'maybe'),
  HERMES_GATEWAYS: fc.constantFrom('', 'each', 'one', 'some'),
  HERMES_GATEWAY_NO_SUPERVISE: fc.constantFrom('', '1'),
});

/** What a container is started for. */
export const gatewayFacts: fc.Arbitrary<Facts> = fc
  .constantFrom(
    [],
    ['gateway', 'run'],
    ['gateway', 'run', '--no-supervise'],
    ['dashboard'],
    ['chat'],
  )
  .map((mainProgram) => ({ ...ROOT_FACTS, mainProgram }));
