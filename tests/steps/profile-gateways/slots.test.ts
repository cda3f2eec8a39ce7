import { LookFailed } from '../../../src/errors/look-failed.ts';
import { describe, expect, test } from 'vitest';
import { showChange } from '../../../src/changes/kinds.ts';
import { profileGateways } from '../../../steps/profile-gateways.ts';
import { showOwner } from '../../../src/system/entry.ts';
import { converge, findingsOf, planStep } from '../../support/plan-step.ts';
import { listened, S6, SCANDIR } from '../../support/s6-world.ts';
import { directory, file, link, world } from '../../support/world.ts';
import { find, HOME, notesOf, options, s6World, slots } from './gateways.ts';

describe('an empty home', () => {
  test('gets the default gateway, down, told to s6 and to the log', async () => {
    const system = s6World();
    const { changes, notes } = await find(system);
    expect(changes.map(showChange)).toEqual([
      `${SCANDIR}/gateway-default new: gateway of default, down`,
      `${HOME}/logs/container-boot.log + profile=default prior_state=none action=registered prior_exit=unknown`,
      `command /command/s6-svscanctl -a ${SCANDIR}`,
    ]);
    expect(notes).toEqual([{ severity: 'info', text: 'default stays down: no state is recorded' }]);
    expect(await converge(profileGateways, options, system)).toMatchObject({
      changes: [],
      converged: `every profile has its gateway in ${SCANDIR} already`,
    });
  });

  test('gets a slot of root, whose control and status the group of the account gets to', async () => {
    const system = s6World();
    await converge(profileGateways, options, system);
    const rights = ['', '/log'].flatMap((below) =>
      ['event', 'supervise', 'supervise/lock', 'supervise/control'].map((name) => {
        const entry = system.look(`${SCANDIR}/gateway-default${below}/${name}`);
        return 'stat' in entry
          ? `${entry.type} ${showOwner(entry.stat)} ${entry.stat.mode.toString(8)}`
          : '';
      }),
    );
    const skeleton = [
      'directory 0:0 700',
      'directory 0:10000 710',
      'file 0:10000 640',
      'fifo 0:10000 660',
    ];
    expect(rights).toEqual([...skeleton, ...skeleton]);
    expect(system.readText(`${SCANDIR}/gateway-default/type`)).toBe('longrun\n');
  });
});

describe('in the scan directory', () => {
  test('what interrupted registrations left is removed, dotted or not', async () => {
    const system = s6World(
      { [`${SCANDIR}/.gateway-coder.tmp/run`]: file('') },
      { [`${SCANDIR}/gateway-old.tmp/log/run`]: file('') },
    );
    expect((await find(system)).changes.slice(0, 2).map(showChange)).toEqual([
      `${SCANDIR}/.gateway-coder.tmp removed with everything in it (half a service directory)`,
      `${SCANDIR}/gateway-old.tmp removed with everything in it (half a service directory)`,
    ]);
    await converge(profileGateways, options, system);
    expect(slots(system)).toEqual({ default: 'down' });
  });

  test('the slot of a profile that is gone is removed, unless it is supervised', async () => {
    const system = s6World(
      { [`${SCANDIR}/gateway-dead/run`]: file('') },
      { [`${SCANDIR}/gateway-alive/supervise/control`]: listened() },
      { [`${SCANDIR}/dashboard/run`]: file('') },
    );
    expect(await notesOf(system)).toContain(
      `${SCANDIR}/gateway-alive is left as it is, since it is supervised: its profile is gone; hermes-boot gateway unregister takes it away`,
    );
    await converge(profileGateways, options, system);
    expect(slots(system)).toEqual({ alive: 'up', default: 'down' });
    expect(system.look(`${SCANDIR}/dashboard/run`).type).toBe('file');
  });

  test('a slot on which nothing runs is made anew when it differs', async () => {
    const system = s6World({ [`${SCANDIR}/gateway-default/run`]: file('old', { owner: '33:33' }) });
    expect((await find(system)).changes.map(({ kind }) => kind)).toEqual([
      'tree-removal',
      'slot',
      'log',
      'command',
    ]);
    expect((await converge(profileGateways, options, system)).changes).toEqual([]);
  });

  test('a slot that is supervised is mended file by file, and s6 is not told', async () => {
    const system = s6World();
    await converge(profileGateways, options, system);
    const slot = `${SCANDIR}/gateway-default`;
    system.overlay.put(`${slot}/run`, file('old', { owner: '10000:10000', mode: 0o755 }));
    system.remove(`${slot}/finish`);
    system.setMode(`${slot}/supervise`, 0o700);
    // Of the next supervisor alone, and so of the next boot.
    system.remove(`${slot}/down`);
    expect((await find(system)).changes.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      `file ${slot}/run`,
      `file ${slot}/finish`,
      `mode ${slot}/supervise`,
    ]);
    expect((await converge(profileGateways, options, system)).changes).toEqual([]);
    expect(system.ask({ kind: 'listens', path: `${slot}/supervise/control` })).toBe(true);
  });

  test('s6 is told again of slots that it has not seen yet', async () => {
    const system = s6World();
    const { changes } = await find(system);
    const [slot] = changes;
    if (slot?.kind !== 'slot') throw new Error('no slot');
    system.publish(slot.path, slot.slot);
    expect((await find(system)).changes.map(({ kind }) => kind)).toEqual(['log', 'command']);
  });

  test('s6 is not told where none runs', async () => {
    const system = s6World();
    system.remove(`${SCANDIR}/.s6-svscan/control`);
    expect((await find(system)).changes.map(({ kind }) => kind)).toEqual(['slot', 'log']);
    expect((await converge(profileGateways, options, system)).changes).toEqual([]);
  });
});

test('a log that is no file is left alone, and the gateways are registered all the same', async () => {
  const system = s6World({ [`${HOME}/logs/container-boot.log`]: link('/etc/passwd') });
  expect((await notesOf(system)).at(-1)).toContain('container-boot.log is a link to /etc/passwd');
  await converge(profileGateways, options, system);
  expect(slots(system)).toEqual({ default: 'down' });
});

test('variables for the gateways are exported, sorted and quoted', async () => {
  const system = s6World();
  await converge(profileGateways, { ...options, env: { B: "it's", A: '$(id)' } }, system);
  expect(system.readText(`${SCANDIR}/gateway-default/run`)).toContain(
    "export A='$(id)'\nexport B='it'\\''s'\n",
  );
});

test('what is not a name of a variable is refused before it gets into a script', async () => {
  const env = { 'A;id': '' };
  await expect(find(s6World(), { env })).rejects.toThrow('env has "A;id"');
});

test('without a scan directory there is nothing to register with', async () => {
  expect(await planStep(profileGateways, options, world({ [HOME]: directory() }))).toEqual({
    skipped: `${SCANDIR} is missing: no s6-svscan runs gateways here`,
  });
});

test('without a home, an account or s6-svscanctl it is impossible', async () => {
  const homeless = world(S6);
  await expect(findingsOf(profileGateways, options, homeless)).rejects.toThrow(
    `${HOME} is missing`,
  );
  const ghost = { ...options, account: 'ghost' };
  await expect(findingsOf(profileGateways, ghost, s6World())).rejects.toThrow('no account ghost');
  const toolless = s6World();
  toolless.remove('/command/s6-svscanctl');
  await expect(find(toolless)).rejects.toThrow('s6-svscanctl is missing');
});

test('a scan directory that is a link is refused', async () => {
  const system = world({ [HOME]: directory(), [SCANDIR]: link('/srv') });
  await expect(findingsOf(profileGateways, options, system)).rejects.toThrow('is a link to /srv');
});

test('a profile that cannot be looked at costs no other one its gateway, and none starts as it was', async () => {
  const state = `${HOME}/profiles/coder/gateway_state.json`;
  const system = s6World({
    [`${HOME}/profiles/coder/SOUL.md`]: file('soul'),
    [state]: file('{"desired_state":"stopped"}'),
    [`${SCANDIR}/gateway-coder/run`]: file('an older one', { mode: 0o755 }),
  });
  const look = system.look.bind(system);
  system.look = (path) => {
    if (path === state) throw new LookFailed(path, 'lstat', 'EIO');
    return look(path);
  };
  const { changes, notes } = await find(system);
  expect(changes.map(({ kind, path }) => `${kind} ${path}`)).toEqual(
    expect.arrayContaining([
      `tree-removal ${SCANDIR}/gateway-coder`,
      `slot ${SCANDIR}/gateway-default`,
    ]),
  );
  expect(notes?.map(({ text }) => text)).toContain(
    `coder gets no gateway: cannot look at ${state} (lstat: EIO, input/output error)`,
  );
});
