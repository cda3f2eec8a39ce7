import { describe, expect, test } from 'vitest';
import { LookFailed } from '../../../src/errors/look-failed.ts';
import { profileGateways } from '../../../steps/profile-gateways.ts';
import { converge, findingsOf } from '../../support/plan-step.ts';
import { SCANDIR } from '../../support/s6-world.ts';
import { directory, file, link, special, world } from '../../support/world.ts';
import { find, HOME, notesOf, options, profile, s6World, slots } from './gateways.ts';

const RUNNING = '{"gateway_state":"running"}';
const one = { gateways: 'one' } as const;
const own = (state: string) => ({ [`${HOME}/gateway_state.json`]: file(state) });
const config = (name: string, text: string) => ({
  [name === '' ? `${HOME}/config.yaml` : `${HOME}/profiles/${name}/config.yaml`]: file(text),
});
const STANDALONE = 'gateway:\n  standalone: true\n';

describe('in an image whose default gateway serves all profiles', () => {
  test.each([
    ['nobody wants to run', '{"desired_state":"stopped"}', undefined, 'down'],
    ['it wants to run itself', RUNNING, undefined, 'up'],
    ['only a named profile wants to run', '{"desired_state":"stopped"}', RUNNING, 'up'],
    ['a named profile was draining', '{}', '{"gateway_state":"draining"}', 'up'],
    [
      'a named profile was stopped while degraded',
      '{}',
      '{"desired_state":"stopped","gateway_state":"degraded"}',
      'down',
    ],
  ] as const)(
    'the default gateway is the only one that may start: %s',
    async (_, root, named, wanted) => {
      const system = s6World(own(root), profile('coder', named), profile('writer'));
      await converge(profileGateways, { ...options, ...one }, system);
      expect(slots(system)).toEqual({ coder: 'down', default: wanted, writer: 'down' });
    },
  );

  test('the plan says for whom it starts', async () => {
    const system = s6World(profile('coder', RUNNING));
    const { changes } = await find(system, one);
    expect(changes.find(({ path }) => path.endsWith('gateway-default'))?.why).toBe(
      'it serves coder, which wants to run',
    );
  });

  test.each([
    ['true', RUNNING, 'up'],
    ['yes # 1.1', '{"gateway_state":"degraded"}', 'up'],
    ['true', '{"gateway_state":"stopped"}', 'down'],
  ] as const)(
    'a profile with gateway.standalone: %s has its own, started by its own intent: %s',
    async (value, state, wanted) => {
      const settings = config('alone', `gateway:\n  standalone: ${value}\n`);
      const system = s6World(profile('alone', state), settings);
      await converge(profileGateways, { ...options, ...one }, system);
      expect(slots(system)).toEqual({ alone: wanted, default: 'down' });
    },
  );

  test('multiplexing is no switch any more', async () => {
    const settings = config('', 'gateway:\n  multiplex_profiles: false\n');
    const system = s6World(profile('coder', RUNNING), settings);
    await converge(profileGateways, { ...options, ...one, multiplex: false }, system);
    expect(slots(system)).toEqual({ coder: 'down', default: 'up' });
  });

  test('a config.yaml that is broken makes nobody standalone, with a warning', async () => {
    const system = s6World(profile('coder', RUNNING), config('coder', 'gateway: [standalone\n'));
    const { notes } = await find(system, one);
    expect(notes).toContainEqual({
      severity: 'warning',
      text: `coder: its gateway settings count as unset: ${HOME}/profiles/coder/config.yaml is not valid YAML`,
    });
    await converge(profileGateways, { ...options, ...one }, system);
    expect(slots(system)).toEqual({ coder: 'down', default: 'up' });
  });

  test('while nobody knows whether a profile wants to run, the default gateway is not registered as down', async () => {
    const state = `${HOME}/profiles/coder/gateway_state.json`;
    const system = s6World(profile('coder', RUNNING));
    const look = system.look.bind(system);
    system.look = (path) => {
      if (path === state) throw new LookFailed(path, 'lstat', 'EIO');
      return look(path);
    };
    await converge(profileGateways, { ...options, ...one }, system);
    expect(slots(system)).toEqual({});
    system.look = look;
    await converge(profileGateways, { ...options, ...one }, system);
    expect(slots(system)).toEqual({ coder: 'down', default: 'up' });
  });
});

test('in an image with a gateway for each profile, standalone means nothing', async () => {
  const multiplex = config('', 'gateway:\n  multiplex_profiles: true\n');
  const system = s6World(own(RUNNING), profile('a', RUNNING), config('a', STANDALONE), multiplex);
  await converge(profileGateways, options, system);
  expect(slots(system)).toEqual({ a: 'down', default: 'up' });
});

describe('what wants to run and does not is never silent:', () => {
  test('a profile that the default gateway serves while that stays down', async () => {
    const system = s6World(profile('coder', RUNNING), profile('writer', RUNNING), profile('idle'));
    const { notes } = await find(system, { multiplex: true });
    expect(notes).toContainEqual({
      severity: 'warning',
      text: 'coder and writer want to run, but the default gateway, which serves all profiles, stays down: start it with hermes-boot gateway start default',
    });
    await converge(profileGateways, { ...options, multiplex: true }, system);
    expect(slots(system)).toEqual({ coder: 'down', default: 'down', idle: 'down', writer: 'down' });
  });

  test('a profile in a container without s6', async () => {
    const entries = { [HOME]: directory(), ...profile('coder', RUNNING) };
    expect((await findingsOf(profileGateways, options, world(entries))).notes).toEqual([
      {
        severity: 'warning',
        text: `coder wants to run, and nothing starts it: ${SCANDIR} is missing: no s6-svscan runs gateways here`,
      },
    ]);
  });
});

describe('prior_exit in the log', () => {
  test.each([
    ['clean', file('\uFEFF{"phase":"exited","pid":7}')],
    ['unclean', file('{"phase":"running"}')],
    ['unknown', file('{"phase":"starting"}')],
    ['unknown', file('[]')],
    ['unknown', file('{')],
    ['unknown', file('x'.repeat(70_000))],
    ['unknown', link('/etc/passwd')],
    ['unknown', directory()],
    ['unknown', special('fifo')],
  ])('is %s for what the gateway has recorded, and never in the way', async (exit, record) => {
    const at = `${HOME}/profiles/coder/state/gateway.lifecycle.json`;
    const system = s6World(profile('coder', RUNNING), { [at]: record });
    await converge(profileGateways, options, system);
    expect(system.readText(`${HOME}/logs/container-boot.log`)).toContain(
      `profile=coder prior_state=running action=started prior_exit=${exit}\n`,
    );
    expect(slots(system).coder).toBe('up');
  });

  test('is unknown where the record cannot be looked at', async () => {
    const system = s6World({
      [`${HOME}/state/gateway.lifecycle.json`]: file('{"phase":"exited"}'),
    });
    const look = system.look.bind(system);
    system.look = (path) => {
      if (path.endsWith('lifecycle.json')) throw new LookFailed(path, 'lstat', 'EIO');
      return look(path);
    };
    await converge(profileGateways, options, system);
    expect(system.readText(`${HOME}/logs/container-boot.log`)).toMatch(/prior_exit=unknown\n$/);
  });
});

test('a comment that mentions multiplexing is no reason to parse', async () => {
  const system = s6World(config('', '# multiplex_profiles: true\ngateway: [\n'));
  expect((await notesOf(system)).join()).not.toContain('not valid YAML');
});
