import { describe, expect, test } from 'vitest';
import type { MemoryNode } from '../../../src/system/memory-node.ts';
import { profileGateways } from '../../../steps/profile-gateways.ts';
import { converge, ROOT_FACTS } from '../../support/plan-step.ts';
import { SCANDIR } from '../../support/s6-world.ts';
import { directory, file, link } from '../../support/world.ts';
import { find, HOME, notesOf, options, profile, s6World, slots } from './gateways.ts';

describe('the recorded state', () => {
  test.each([
    ['{"desired_state":"running","gateway_state":"stopped"}', 'up'],
    ['{"desired_state":"stopped","gateway_state":"running"}', 'down'],
    ['{"desired_state":null,"gateway_state":"running"}', 'up'],
    ['{"gateway_state":"running"}', 'up'],
    ['\uFEFF{"gateway_state":"running"}', 'up'],
    ['{"gateway_state":"draining"}', 'up'],
    ['{"gateway_state":"degraded"}', 'up'],
    ['{"desired_state":"draining"}', 'down'],
    ['{"gateway_state":"starting"}', 'down'],
    ['{"gateway_state":"startup_failed"}', 'down'],
    ['{"gateway_state":"stopped"}', 'down'],
    ['{"gateway_state":["running"]}', 'down'],
    ['{}', 'down'],
    [undefined, 'down'],
  ] as const)('%s: %s', async (state, wanted) => {
    const system = s6World(profile('coder', state));
    await converge(profileGateways, options, system);
    expect(slots(system)).toEqual({ default: 'down', coder: wanted });
  });

  test('is told for every gateway that stays down', async () => {
    const system = s6World(
      profile('asked', '{"desired_state":"stopped"}'),
      profile('never'),
      profile('runner', '{"gateway_state":"running"}'),
      profile('writer', '{"gateway_state":"stopped"}'),
    );
    expect(await notesOf(system)).toEqual([
      'default stays down: no state is recorded',
      'asked stays down: its wanted state is "stopped"',
      'never stays down: no state is recorded',
      'writer stays down: its last state is "stopped"',
    ]);
  });

  test('goes to the log, one line a profile', async () => {
    const system = s6World(
      profile('coder', '{"gateway_state":"running"}'),
      profile('evil', '{"gateway_state":"x action=started\\nforged"}'),
    );
    await converge(profileGateways, options, system);
    expect(system.readText(`${HOME}/logs/container-boot.log`)).toBe(
      'TIME profile=default prior_state=none action=registered prior_exit=unknown\n' +
        'TIME profile=coder prior_state=running action=started prior_exit=unknown\n' +
        'TIME profile=evil prior_state=unknown action=registered prior_exit=unknown\n',
    );
  });
});

describe('one bad profile costs no other its gateway:', () => {
  const state = (node: MemoryNode) => ({ [`${HOME}/profiles/bad/gateway_state.json`]: node });
  test.each([
    ['text', file('not json'), 'profiles/bad/gateway_state.json is not a JSON object'],
    ['a list', file('[1]'), 'profiles/bad/gateway_state.json is not a JSON object'],
    ['an oversized file', file(' '.repeat(70_000)), 'has 70000 bytes; wanted at most 65536'],
    ['a link', link('/etc/shadow'), 'profiles/bad/gateway_state.json is a link to /etc/shadow'],
    ['a directory', directory(), 'profiles/bad/gateway_state.json is a directory'],
  ])('%s as its state', async (_, node, why) => {
    const good = profile('good', '{"gateway_state":"running"}');
    const system = s6World(profile('bad'), good, state(node));
    const { notes } = await find(system);
    const warnings = notes?.filter(({ severity }) => severity === 'warning');
    expect(warnings).toHaveLength(1);
    expect(warnings?.[0]?.text).toContain('bad stays down: ');
    expect(warnings?.[0]?.text).toContain(why);
    await converge(profileGateways, options, system);
    expect(slots(system)).toEqual({ bad: 'down', default: 'down', good: 'up' });
  });

  test.each(['Bad', '-x', '_x', 'a b', 'a.b', 'ä', 'x'.repeat(244)])(
    'the name %j',
    async (name) => {
      const system = s6World(profile(name), profile('good'));
      const { notes } = await find(system);
      expect(notes?.[0]).toMatchObject({ severity: 'warning' });
      expect(notes?.[0]?.text).toContain(`profiles/${name} gets no gateway`);
      await converge(profileGateways, options, system);
      expect(slots(system)).toEqual({ default: 'down', good: 'down' });
    },
  );

  test('a profile called default, since that one lies in the home itself', async () => {
    const system = s6World(profile('default'));
    expect((await notesOf(system))[0]).toContain('is the profile in the home itself');
  });

  test('something else in the place of its slot', async () => {
    const blocked = { [`${SCANDIR}/gateway-bad`]: link('/srv') };
    const system = s6World(profile('bad'), profile('good'), blocked);
    expect(await notesOf(system)).toContain(
      `bad gets no gateway: ${SCANDIR}/gateway-bad is a link to /srv; wanted a service directory, or nothing`,
    );
    await converge(profileGateways, options, system);
    expect(slots(system).good).toBe('down');
    expect(system.look(`${SCANDIR}/gateway-bad`).type).toBe('link');
  });
});

test('a directory without a soul, and a link to one, are no profiles', async () => {
  const system = s6World(
    { [`${HOME}/profiles/notes/x`]: file('') },
    { [`${HOME}/profiles/linked`]: link('/srv/me'), '/srv/me/SOUL.md': file('') },
  );
  const notes = await notesOf(system);
  expect(notes[0]).toContain(
    'profiles/linked is a link to /srv/me: refusing to follow it; left alone',
  );
  await converge(profileGateways, options, system);
  expect(slots(system)).toEqual({ default: 'down' });
});

describe('stale files', () => {
  const stale = {
    [`${HOME}/gateway.pid`]: file('1'),
    [`${HOME}/processes.json`]: link('/etc/passwd'),
    [`${HOME}/profiles/coder/gateway.pid`]: file('2'),
  };

  test('of a gateway that does not run are removed, a link itself', async () => {
    const system = s6World(profile('coder'), stale);
    await converge(profileGateways, options, system);
    for (const path of Object.keys(stale)) expect(system.look(path).type).toBe('missing');
    expect(system.look('/etc/passwd').type).toBe('file');
  });

  test('of a gateway that is supervised are no such files', async () => {
    const system = s6World(profile('coder'));
    await converge(profileGateways, options, system);
    for (const [path, node] of Object.entries(stale)) system.overlay.put(path, node);
    expect((await find(system)).changes).toEqual([]);
  });
});

describe('a container that was started for `gateway run` before gateways were services (#34339)', () => {
  const facts = { ...ROOT_FACTS, mainProgram: ['gateway', 'run'] };

  test('gets the state that starts it, once', async () => {
    const system = s6World();
    expect((await converge(profileGateways, options, system, { facts })).changes).toEqual([]);
    expect(system.readText(`${HOME}/gateway_state.json`)).toBe(
      '{"gateway_state":"running","desired_state":"running","migrated_from":"legacy-container-cmd"}\n',
    );
    expect(slots(system)).toEqual({ default: 'up' });
  });

  test.each([
    ['a recorded state', { [`${HOME}/gateway_state.json`]: file('{}') }, facts, {}],
    ['HERMES_GATEWAY_NO_SUPERVISE', {}, facts, { 'no-supervise': true }],
    ['--no-supervise', {}, { ...facts, mainProgram: ['gateway', 'run', '--no-supervise'] }, {}],
    ['another program', {}, { ...facts, mainProgram: ['gateway', 'status'] }, {}],
  ])('is left as it is with %s', async (_, entries, seen, more) => {
    const system = s6World(entries);
    await converge(profileGateways, { ...options, ...more }, system, { facts: seen });
    expect(slots(system)).toEqual({ default: 'down' });
  });
});

describe('under multiplexing', () => {
  const running = profile('coder', '{"gateway_state":"running"}');
  const own = { [`${HOME}/gateway_state.json`]: file('{"gateway_state":"running"}') };
  const config = (text: string) => ({ [`${HOME}/config.yaml`]: file(text) });

  test.each([
    ['\uFEFFgateway:\n  multiplex_profiles: true\n', 'down'],
    ['gateway:\n  multiplex_profiles: true\n', 'down'],
    ['gateway:\n  "multiplex_profiles": "on"\n', 'down'],
    ['shared: &s\n  multiplex_profiles: true\ngateway:\n  <<: *s\n', 'down'],
    ['text: |\n  gateway:\n    multiplex_profiles: true\n', 'up'],
    ['gateway:\n  nested:\n    multiplex_profiles: true\n', 'up'],
    ['gateway: { port: 1, multiplex_profiles: yes }\n', 'down'],
    ['gateway:\n  # multiplex_profiles: true\n  multiplex_profiles: false # true\n', 'up'],
    ['other:\n  multiplex_profiles: true\n', 'up'],
    ['gateway:\n  port: 1\nmultiplex_profiles: true\n', 'up'],
    ['model: x\n', 'up'],
  ] as const)(
    'that config.yaml asks for, a named gateway is only registered: %j',
    async (text, wanted) => {
      const system = s6World(running, own, config(text));
      await converge(profileGateways, options, system);
      expect(slots(system)).toEqual({ default: 'up', coder: wanted });
    },
  );

  test('the environment counts before config.yaml', async () => {
    const off = s6World(running, config('gateway:\n  multiplex_profiles: true\n'));
    await converge(profileGateways, { ...options, multiplex: false }, off);
    expect(slots(off).coder).toBe('up');
    const on = s6World(running);
    expect((await find(on, { multiplex: true })).notes?.map(({ text }) => text)).toContain(
      'coder stays down: the default gateway serves all profiles',
    );
  });
});
