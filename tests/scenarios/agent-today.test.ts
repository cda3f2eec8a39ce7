import { describe, expect, test } from 'vitest';
import type { MemoryNode } from '../../src/system/memory-node.ts';
import type { SimulatedSystem } from '../../src/system/simulated.ts';
import { bootOf, bootPlan, changeLines, plannedOf, planText } from '../support/boot.ts';
import { directory, file, special, world } from '../support/world.ts';

/*
 * The plan stage2 over images and homes of the agent of today: what the plan lists. What the step
 * types do is held in tests/steps.
 */

const HERMES = '10000:10000';
const HOME = '/opt/data';
const INSTALL = '/opt/hermes';
const PYTHON = `${INSTALL}/.venv/bin/python`;

const IMAGE: Readonly<Record<string, MemoryNode>> = {
  '/run/s6': directory(),
  '/tmp': directory({ mode: 0o1777 }),
  [PYTHON]: special('device', { mode: 0o755 }),
  [`${INSTALL}/scripts/docker_config_migrate.py`]: file('print()'),
  [`${INSTALL}/hermes_cli/config.py`]: file('DEFAULTS = {"_config_version": 33}\n'),
  [`${INSTALL}/pm/ensure.py`]: file(''),
  [`${INSTALL}/uv.lock`]: file('version = 1\n'),
  [`${INSTALL}/.env.example`]: file('# EXAMPLE=\n'),
  [`${INSTALL}/cli-config.yaml.example`]: file('# Every option.\nmodel: x\n'),
  [`${INSTALL}/docker/SOUL.md`]: file('soul\n'),
};

function container(entries: Readonly<Record<string, MemoryNode>> = {}): SimulatedSystem {
  const below = Object.entries(entries).map(([name, node]) => [`${HOME}/${name}`, node] as const);
  return world({ ...IMAGE, [HOME]: directory({ owner: HERMES }), ...Object.fromEntries(below) });
}

/** What a boot changes, and that a second one has nothing to do. */
async function boot(
  system: SimulatedSystem,
  env: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const plan = bootPlan(planText('stage2'), env);
  const lines = changeLines(await bootOf(plan, system));
  expect(changeLines(await plannedOf(plan, system))).toEqual([]);
  return lines;
}

const running = (lines: readonly string[], what: string): string[] =>
  lines.filter((line) => line.includes('command ') && line.includes(what));

test('a fresh volume has the commented config.yaml of the image, and no migration takes that away', async () => {
  const system = container();
  expect(running(await boot(system), 'migrate')).toEqual([]);
  expect(system.readText(`${HOME}/config.yaml`)).toBe(
    '# Every option.\nmodel: x\n_config_version: 33\n',
  );
});

describe("the account's packages", () => {
  const installs = { 'installs/one/pyvenv.cfg': file('', { owner: HERMES }) };

  test("are refreshed when the image's lock file is another one, or their list, as the account", async () => {
    const system = container(installs);
    const first = running(await boot(system), 'sync_venv');
    expect(first).toHaveLength(1);
    expect(first[0]).toContain('as hermes; what it changes is known after the run');
    system.overlay.put(`${INSTALL}/uv.lock`, file('version = 2\n'));
    expect(running(await boot(system), 'sync_venv')).toHaveLength(1);
    system.overlay.put(`${HOME}/installs/enabled-features.json`, file('{}', { owner: HERMES }));
    expect(running(await boot(system), 'sync_venv')).toHaveLength(1);
  });

  test('are left alone on a volume to which nothing was added, and in an image without the tool', async () => {
    expect(running(await boot(container()), 'sync_venv')).toEqual([]);
    const older = container(installs);
    older.remove(`${INSTALL}/pm/ensure.py`);
    expect(running(await boot(older), 'sync_venv')).toEqual([]);
  });

  test('that cannot be refreshed are a failure that the boot goes on from', () => {
    const plan = bootPlan(planText('stage2'));
    expect(plan.steps.find(({ id }) => id === 'dependencies')?.onFailure).toBe('degrade');
  });
});

test('the directory of packages that an image without a writable tree names is made for the account', async () => {
  const system = container();
  await boot(system);
  expect(system.look(`${HOME}/lazy-packages`).type).toBe('missing');
  await boot(system, { HERMES_LAZY_INSTALL_TARGET: `${HOME}/lazy-packages` });
  expect(system.look(`${HOME}/lazy-packages`)).toMatchObject({
    type: 'directory',
    stat: { uid: 10000, gid: 10000, mode: 0o755 },
  });
});

test('the plan takes the headless shell before a full browser', async () => {
  const program = file('', { mode: 0o755 });
  const browsers = '/opt/hermes/.playwright';
  const system = container();
  system.overlay.put(browsers, directory());
  for (const name of ['chromium-1', 'chromium_headless_shell-1']) {
    system.overlay.put(`${browsers}/${name}`, directory());
  }
  system.overlay.put(`${browsers}/chromium-1/chrome`, program);
  const shell = `${browsers}/chromium_headless_shell-1/headless_shell`;
  system.overlay.put(shell, program);
  await boot(system, { PLAYWRIGHT_BROWSERS_PATH: browsers });
  const exported = '/run/s6/container_environment/AGENT_BROWSER_EXECUTABLE_PATH';
  expect(system.readText(exported)).toBe(shell);
});

test('a home of an older boot gets its rights and its lines back in one boot', async () => {
  const session = { access_token: 'a', refresh_token: 'r' };
  const over = { last_auth_error: { relogin_required: true } };
  const system = container({
    'SOUL.md': file('mine\n', { owner: HERMES, mode: 0o444 }),
    'config.yaml': file('_config_version: 33\n', { owner: HERMES, mode: 0o640 }),
    '.env': file('NOUS_PORTAL_BASE_URL=https://old.example # stage2-managed\nA=1\n', {
      owner: HERMES,
      mode: 0o600,
    }),
    'profiles/coder/SOUL.md': file('coder\n', { owner: HERMES }),
    'profiles/coder/.env': file('TOKEN=x\n', { owner: HERMES, mode: 0o644 }),
    'auth.json': file(JSON.stringify({ providers: { nous: over } }), { owner: HERMES }),
  });
  const seed = (client: string): string =>
    JSON.stringify({ providers: { nous: { ...session, client_id: client } } });
  await boot(system, { HERMES_AUTH_JSON_REBOOTSTRAP: seed('hermes-desktop') });
  expect(system.look(`${HOME}/SOUL.md`)).toMatchObject({ stat: { mode: 0o644 } });
  expect(system.look(`${HOME}/profiles/coder/.env`)).toMatchObject({ stat: { mode: 0o600 } });
  expect(system.readText(`${HOME}/.env`)).toMatch(/^A=1\n/);
  expect(system.readText(`${HOME}/auth.json`)).not.toContain('access_token');
  await boot(system, { HERMES_AUTH_JSON_REBOOTSTRAP: seed('hermes-cli-vps') });
  expect(system.readText(`${HOME}/auth.json`)).toContain('hermes-cli-vps');
});
