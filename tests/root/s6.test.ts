import { chownSync, existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  eventually,
  HERMES,
  lackingForS6,
  supervision,
  type Supervision,
  type Supervisor,
} from '../support/s6.ts';
import { file } from '../support/world.ts';

const STARTED = `${HERMES.uid}: gateway run --replace`;
const ON_PURPOSE = 'stopped on purpose';

/** Controls one gateway, and expects that to work. */
function control(on: Supervision, action: string, profile = 'default'): string {
  const { code, stdout, stderr } = on.hermesBoot(['gateway', action, profile]);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return stdout.trim();
}

/** The process of a gateway that runs. */
function pidOf({ hermesBoot }: Supervision): number {
  const { stdout } = hermesBoot(['gateway', 'status', 'default', '--json']);
  return Number(/"pid":(\d+)/.exec(stdout)?.[1]);
}

/** Waits until the status of the default gateway matches. */
function status(on: Supervision, pattern: RegExp): Promise<void> {
  return eventually(() => {
    expect(control(on, 'status')).toMatch(pattern);
  });
}

describe.each<Supervisor>(['account', 'root'])('under an s6-svscan of %s', (supervisor) => {
  const lacking = lackingForS6(supervisor);
  const needs = lacking === undefined ? '' : ` (needs ${lacking})`;
  const scenario = test.skipIf(lacking !== undefined);

  scenario(
    `a gateway is registered, controlled and gone again without a trace${needs}`,
    async () => {
      const on = await supervision(supervisor);
      expect(on.processes()).toEqual(['s6-svscan']);
      expect(control(on, 'register')).toBe('default  registered, down');
      expect(control(on, 'status')).toMatch(/^default {2}down {2}no state is recorded {2}/);
      expect(on.hermesBoot(['gateway', 'list']).stdout).toBe('default\n');
      const again = on.hermesBoot(['gateway', 'register', 'default', '--json']);
      expect(JSON.parse(again.stdout)).toMatchObject({
        type: 'gateway-results',
        action: 'register',
        gateways: [{ profile: 'default', ok: false }],
      });

      expect(control(on, 'start')).toBe('default  starting');
      expect(await on.told(1)).toEqual([STARTED]);
      const pid = pidOf(on);
      expect(control(on, 'status')).toMatch(new RegExp(`^default {2}up {2}pid ${pid}, \\d+ s$`));
      await eventually(() => {
        const log = readFileSync(`${on.home}/logs/gateways/default/current`, 'utf8');
        expect(log).toMatch(/^\d{4}-\d\d-\d\d .* {2}a line for the log\n$/);
      });

      expect(control(on, 'restart')).toBe('default  restarted');
      expect(await on.told(3)).toEqual([STARTED, ON_PURPOSE, STARTED]);
      expect(pidOf(on)).not.toBe(pid);
      expect(readFileSync(`${on.home}/gateway_state.json`, 'utf8')).toContain('"running"');

      expect(control(on, 'stop')).toBe('default  stopping');
      await status(on, /^default {2}down {2}stopped by you \(gateway stop, /);
      expect(await on.told(4)).toContain(ON_PURPOSE);
      expect(readFileSync(`${on.home}/gateway_state.json`, 'utf8')).toContain('"stopped"');

      expect(control(on, 'unregister')).toBe('default  unregistered');
      expect(readdirSync(on.scandir)).toEqual(['.s6-svscan']);
      expect(on.processes()).toEqual(['s6-svscan']);
      expect(control(on, 'unregister')).toBe('default  was not registered');
    },
  );

  scenario(
    `a gateway that runs is stopped on purpose when it is unregistered${needs}`,
    async () => {
      const on = await supervision(supervisor, { '/home/profiles/coder/SOUL.md': file('') });
      for (const profile of ['coder', 'default']) {
        control(on, 'register', profile);
        control(on, 'start', profile);
      }
      const coder = `${HERMES.uid}: -p coder gateway run --replace`;
      expect((await on.told(2)).sort()).toEqual([coder, STARTED].sort());
      expect(on.hermesBoot(['gateway', 'unregister', '--all']).code).toBe(0);
      expect(readdirSync(on.scandir)).toEqual(['.s6-svscan']);
      expect(on.processes()).toEqual(['s6-svscan']);
      // It goes on where it was when its profile is registered again.
      control(on, 'register');
      control(on, 'start');
      expect((await on.told(5))[4]).toBe(STARTED);
    },
  );

  scenario(`what ended a gateway decides whether it comes back${needs}`, async () => {
    const on = await supervision(supervisor);
    control(on, 'register');
    control(on, 'start');
    await on.told(1);
    for (const [starts, signal] of [
      [2, 'SIGUSR1'],
      [3, 'SIGKILL'],
    ] as const) {
      process.kill(pidOf(on), signal);
      expect(await on.told(starts)).toHaveLength(starts);
    }
    process.kill(pidOf(on), 'SIGUSR2');
    await status(on, /^default {2}parked {2}ended with 78 /);
    control(on, 'start');
    await on.told(4);
    process.kill(pidOf(on), 'SIGTERM');
    await status(on, /^default {2}down {2}ended with 0, which counts as done, /);
    expect((await on.told(5))[4]).toBe('stopped by accident');
  });

  scenario(`what cannot be done is refused, and changes nothing${needs}`, async () => {
    const on = await supervision(supervisor);
    control(on, 'register');
    const refusals = [
      ['register', 'default', 'a gateway is already registered for default'],
      ['register', 'nobody', 'profiles/nobody is missing; wanted the directory of the profile'],
      ['start', 'nobody', 'no gateway is registered for nobody'],
    ] as const;
    for (const [action, profile, why] of refusals) {
      const { code, stderr } = on.hermesBoot(['gateway', action, profile]);
      expect(stderr).toContain(why);
      expect(code).toBe(1);
    }
    expect(readdirSync(on.scandir).sort()).toEqual(['.s6-svscan', 'gateway-default']);
    expect(existsSync(`${on.home}/gateway_state.json`)).toBe(false);
  });
});

const lacking = lackingForS6('root');
const needs = lacking === undefined ? '' : ` (needs ${lacking})`;

test.skipIf(lacking !== undefined)(
  `hermes controls, makes and takes away gateways once it may tell the s6-svscan of root to look${needs}`,
  async () => {
    const on = await supervision('root', { '/home/profiles/coder/SOUL.md': file('') });
    control(on, 'register');
    expect(lstatSync(`${on.scandir}/gateway-default`)).toMatchObject(HERMES);
    const asHermes = (action: string, profile: string) =>
      on.hermesBoot(['gateway', action, profile], HERMES);
    expect(asHermes('start', 'default').code).toBe(77);
    for (const name of ['control', 'lock']) {
      chownSync(`${on.scandir}/.s6-svscan/${name}`, HERMES.uid, HERMES.gid);
    }
    expect(asHermes('start', 'default')).toMatchObject({ code: 0, stderr: '' });
    expect(await on.told(1)).toEqual([STARTED]);
    expect(asHermes('register', 'coder')).toMatchObject({ code: 0, stderr: '' });
    for (const profile of ['coder', 'default']) {
      expect(asHermes('unregister', profile)).toMatchObject({ code: 0, stderr: '' });
    }
    expect(await on.told(2)).toEqual([STARTED, ON_PURPOSE]);
    expect(readdirSync(on.scandir)).toEqual(['.s6-svscan']);
    expect(on.processes()).toEqual(['s6-svscan']);
  },
);

test.skipIf(lacking !== undefined)(
  `a boot starts the gateways that ran, and the next finds nothing to do${needs}`,
  async () => {
    const on = await supervision('root', {
      '/home/gateway_state.json': file('{"gateway_state":"running"}'),
      '/home/profiles/coder/SOUL.md': file(''),
    });
    const boot = ['run', 'reconcile-profiles'];
    const { code, stderr } = on.hermesBoot(boot);
    expect(stderr).toContain('reconcile-profiles: done');
    expect(code).toBe(0);
    expect(await on.told(1)).toEqual([STARTED]);
    expect(control(on, 'status', 'coder')).toMatch(/^coder {2}down/);
    expect(on.hermesBoot(['verify', 'reconcile-profiles']).code).toBe(0);
    const pid = pidOf(on);
    expect(on.hermesBoot(boot).stderr).toContain('nothing to do');
    expect(pidOf(on)).toBe(pid);
  },
);
