/** docs/adopting.md and docs/upgrading.md, run as they stand, on a stand-in of the official image. */
import { randomUUID } from 'node:crypto';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { expectNoHarm, NODE_TRAP, SECRET, targetOf, trap, VICTIM } from './support/attacks.ts';
import { booted, describeInContainers, eventually } from './support/container.ts';
import { block, runBlock, type Names } from './support/documented.ts';
import { engine, mustDo } from './support/engine.ts';
import { profileFiles, running } from './support/gateways.ts';
import { buildText, officialImage, targetImage } from './support/images.ts';
import { bindMount, everything } from './support/volumes.ts';

const ADOPTING = 'adopting.md';
const UPGRADING = 'upgrading.md';
const ROOTS_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const VARIANTS = ['beside', 'in-place'] as const;

const images = new Map<string, string>();

function image(name: string): string {
  const id = images.get(name);
  if (id === undefined) throw new Error(`${name} was not built`);
  return id;
}

/** The official image, and what the document makes of it: nothing comes from anywhere else. */
async function buildAll(): Promise<void> {
  const official = await officialImage();
  const target = await targetImage();
  const names = {
    'nousresearch/hermes-agent:TAG': official,
    'ghcr.io/OWNER/hermes-boot:0.1.0': target,
  };
  images.set('official', official);
  for (const variant of VARIANTS) {
    images.set(variant, await buildText(`adopted-${variant}`, block(ADOPTING, variant, names)));
  }
}

/** What the documents name, for a home and an image of this test; containers go with the test. */
function named(home: string, adopted: string): Names {
  const [hermes, old, next] = [randomUUID(), randomUUID(), randomUUID()];
  onTestFinished(async () => {
    await engine('rm', '-f', '-v', '-t', '0', '-i', hermes, old, next);
  });
  return {
    'hermes-data(?=:)': home,
    'my-hermes': adopted,
    'new-hermes': adopted,
    'nousresearch/hermes-agent:TAG': image('official'),
    '(?<=--name |logs |exec |rm -f )hermes': hermes,
    OLD: old,
    NEW: next,
  };
}

function container(names: Names): string {
  return names['(?<=--name |logs |exec |rm -f )hermes'] ?? '';
}

/** Waits until a container's main program, the gateway, is there, and says who it is. */
async function gatewayUp(name: string): Promise<void> {
  await eventually(async () => {
    const { stdout } = await engine(
      'exec',
      name,
      '/usr/bin/pgrep',
      '-u',
      'hermes',
      '-f',
      'hermes.* gateway run',
    );
    expect(stdout).not.toBe('');
  });
}

/** Everything in a home that both boots keep: not their logs, and not what only hermes-boot has. */
function kept(home: string): string[] {
  const own =
    /^(?:\.hermes-boot|logs|gateway\.pid|gateway_state\.json|\.config-migration|skills\/\.bundled_fingerprint| )/;
  return everything(home)
    .split('\n')
    .filter((line) => !own.test(line));
}

/** Boots a home once with an image, to its end. */
async function bootOnce(image: string, home: string): Promise<string> {
  const words = ['run', '--rm', '--network', 'none', '-e', 'S6_KILL_GRACETIME=100'];
  const { code, stdout, stderr } = await engine(...words, '-v', `${home}:/opt/data`, image, 'true');
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return stdout + stderr;
}

describeInContainers('a derived image that docs/adopting.md shows', () => {
  beforeAll(buildAll, 300_000);

  it.each(VARIANTS)('is seven lines, %s', (variant) => {
    const lines = block(ADOPTING, variant, {}).trim().split('\n');
    expect(lines).toHaveLength(7);
  });

  it.each(VARIANTS)(
    'is audited, started, looked at and left again by the commands there: %s',
    async (variant) => {
      const home = bindMount({ '.env': 'A=1\n', 'sessions/a': '' }, 500);
      const before = everything(home);
      const names = named(home, image(variant));
      const audit = await runBlock(ADOPTING, 'audit', names);
      expect(audit).toMatchObject({ code: 0, stderr: '' });
      expect(audit.stdout).toContain('/opt/data/sessions/a');
      expect(everything(home)).toBe(before);
      expect(await runBlock(ADOPTING, 'start', names)).toMatchObject({ code: 0 });
      await gatewayUp(container(names));
      const look = await runBlock(ADOPTING, 'look', names);
      expect(look.stdout + look.stderr).toContain('stage2: done');
      expect(look).toMatchObject({ code: 0 });
      expect(await runBlock(ADOPTING, 'back', names)).toMatchObject({ code: 0 });
      await gatewayUp(container(names));
      const { stdout } = await engine('logs', container(names));
      expect(stdout).toContain('stage2: setup complete');
      expect(stdout).not.toContain('warning');
    },
  );

  it.each(VARIANTS)(
    'takes a volume from the hook and gives it back, to and fro, without a repair: %s',
    async (variant) => {
      const home = bindMount({ 'profiles/coder/SOUL.md': 'soul' });
      await bootOnce(image('official'), home);
      // The hook may have left what it would itself put right at its second boot.
      await bootOnce(image('official'), home);
      const hooked = kept(home);
      await bootOnce(image(variant), home);
      const first = kept(home);
      // What is in both is as it was, to the times; hermes-boot may add, and nothing goes.
      expect(hooked.filter((line) => !first.includes(line))).toEqual([]);
      await bootOnce(image('official'), home);
      expect(kept(home)).toEqual(first);
      const again = await bootOnce(image(variant), home);
      expect(kept(home)).toEqual(first);
      expect(again).not.toContain('warning');
    },
  );

  it('has the holes of the official scripts beside them, and none of them in their place', async () => {
    const owners = async (name: string): Promise<string> => {
      const container = await booted([], undefined, image(name));
      return container.ask('/usr/bin/stat', '-c', '%U', '/run/service');
    };
    expect(await owners('official')).toBe('hermes');
    expect(await owners('beside')).toBe('hermes');
    expect(await owners('in-place')).toBe('root');
  });

  it('runs nothing of the account as root in their place: planted programs, slots and links', async () => {
    const programs = ['cat', 'chown', 'env', 'id', 'node', 'rm', 'sed', 'sh', 'stat', 'tr'];
    const planted = programs.map(
      (name) => [`.local/bin/${name}`, trap(name, `exec /usr/bin/${name} "$@"`)] as const,
    );
    const home = bindMount({
      ...Object.fromEntries(planted),
      ...profileFiles('coder', '{"desired_state":"running"}'),
      'evil.cjs': NODE_TRAP,
    });
    for (const name of programs) chmodSync(join(home, '.local/bin', name), 0o755);
    const variables = [
      `PATH=/opt/data/.local/bin:/opt/hermes/bin:/opt/hermes/.venv/bin:${ROOTS_PATH}`,
      ...['NODE_OPTIONS=--require /opt/data/evil.cjs', 'ENV=/opt/data/.local/bin/sh'],
      ...['HERMES_DASHBOARD=1', 'HERMES_GATEWAYS=each'],
    ].flatMap((variable) => ['-e', variable]);
    const container = await booted(
      ['-v', `${home}:/opt/data`, ...variables],
      undefined,
      image('in-place'),
    );
    const here = await targetOf(container);
    await running(container, 'coder');
    const slot = '/run/service/gateway-coder';
    const slots = [
      `mkdir /run/service/gateway-evil`,
      `echo '#!/bin/sh' > ${slot}/run`,
      `mv ${slot} /run/service/gateway-other`,
      `echo > /etc/cont-init.d/99-evil`,
      `echo > /opt/hermes/docker/stage2-hook.sh`,
    ];
    for (const line of slots) expect((await here.attack(line)).code, line).not.toBe(0);
    for (const name of ['.env', 'SOUL.md', 'config.yaml', 'auth.json', 'gateway_state.json']) {
      await here.attack(`ln -sfn ${SECRET} /opt/data/${name}`);
    }
    await here.attack(`rm -rf /opt/data/skins && ln -s ${VICTIM} /opt/data/skins`);
    await container.restart();
    await running(container, 'coder');
    const hermes = await container.exec('/usr/local/bin/hermes', '--version');
    expect(hermes).toMatchObject({ code: 0, stdout: 'hermes stand-in 1.0' });
    await expectNoHarm(here);
  });

  it('is previewed, upgraded to and left again by the commands of docs/upgrading.md', async () => {
    const home = bindMount({ 'profiles/coder/SOUL.md': 'soul' });
    const names = named(home, image('in-place'));
    const old = names.OLD ?? '';
    const start = ['run', '-d', '--network', 'none', '--name', old, '-v', `${home}:/opt/data`];
    await mustDo(...start, image('beside'), 'gateway', 'run');
    await gatewayUp(old);
    const preview = await runBlock(UPGRADING, 'preview', names);
    expect(preview).toMatchObject({ code: 0, stderr: '' });
    expect(preview.stdout).toMatch(/^stage2: /);
    const facts = await runBlock(UPGRADING, 'preview-facts', names);
    expect(facts).toMatchObject({ code: 0 });
    expect(facts.stdout).toMatch(/^Planned from facts .*\nstage2: /);
    await mustDo('exec', old, '/usr/local/bin/hermes-boot', 'verify');
    expect(await runBlock(UPGRADING, 'upgrade', names)).toMatchObject({ code: 0 });
    await gatewayUp(names.NEW ?? '');
    expect(await runBlock(UPGRADING, 'upgraded', names)).toMatchObject({ code: 0 });
    const back = await runBlock(UPGRADING, 'rollback', names);
    expect(back).toMatchObject({ code: 0 });
    await gatewayUp(old);
    await mustDo('exec', old, '/usr/local/bin/hermes-boot', 'verify');
  });
});
