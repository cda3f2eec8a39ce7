import { describe, expect, test } from 'vitest';
import type { StepResult } from '../../src/engine/result.ts';
import type { MemoryNode } from '../../src/system/memory-node.ts';
import { isWithin, parentOf } from '../../src/system/path.ts';
import type { SimulatedSystem } from '../../src/system/simulated.ts';
import { bootOf, bootPlan, changeLines, plannedOf, STAGE2_WITH_EDITS } from '../support/boot.ts';
import { directory, file, link, world } from '../support/world.ts';

/*
 * The plan stage2 itself, over homes as `docker exec` and images leave them. What the step types do
 * is held in tests/steps; this is about what the plan lists.
 */

const HERMES = '10000:10000';
const HOME = '/opt/data';
const IMAGE: Readonly<Record<string, MemoryNode>> = {
  '/run': directory(),
  '/opt/hermes/.env.example': file('# EXAMPLE=\n'),
  '/opt/hermes/cli-config.yaml.example': file('_config_version: 12\n'),
  '/opt/hermes/docker/SOUL.md': file('soul\n'),
};
const SEEDS = [
  ['.env', '/opt/hermes/.env.example'],
  ['config.yaml', '/opt/hermes/cli-config.yaml.example'],
  ['SOUL.md', '/opt/hermes/docker/SOUL.md'],
] as const;

/** A home whose top belongs to hermes, which upstream takes for a reason to look no further. */
function home(entries: Readonly<Record<string, MemoryNode>>, image = IMAGE): SimulatedSystem {
  const below = Object.entries(entries).map(([name, node]) => [`${HOME}/${name}`, node] as const);
  const top = { [HOME]: directory({ owner: HERMES }) };
  return world({ ...image, ...top, ...Object.fromEntries(below) });
}

async function boot(system: SimulatedSystem) {
  const plan = bootPlan(STAGE2_WITH_EDITS);
  const report = await bootOf(plan, system);
  expect(changeLines(await plannedOf(plan, system))).toEqual([]);
  return report;
}

function statOf(system: SimulatedSystem, name: string): unknown {
  const entry = system.look(`${HOME}/${name}`);
  if (!('stat' in entry)) return entry.type;
  const { uid, gid, mode } = entry.stat;
  return `${uid}:${gid} ${mode.toString(8)}`;
}

function warningsOf(steps: readonly StepResult[]): string[] {
  const notes = steps.flatMap((step) => step.notes);
  return notes.flatMap(({ severity, text }) => (severity === 'warning' ? [text] : []));
}

function imageWithout(source: string): Record<string, MemoryNode> {
  return Object.fromEntries(Object.entries(IMAGE).filter(([path]) => path !== source));
}

describe('on every boot, whoever owns the top of the home (B13),', () => {
  test.each(['profiles', 'cron', 'platforms/pairing', 'pairing'])(
    '%s gets back what root has left at any depth, and each entry keeps its mode',
    async (tree) => {
      const system = home({
        [tree]: directory({ owner: HERMES, mode: 0o700 }),
        [`${tree}/a`]: directory({ owner: HERMES }),
        [`${tree}/a/b`]: directory({ mode: 0o750 }),
        [`${tree}/a/b/approved.json`]: file('{}', { mode: 0o600 }),
        [`${tree}/mine`]: file('', { owner: HERMES, mode: 0o640 }),
      });
      await boot(system);
      const looks = ['', '/a', '/a/b', '/a/b/approved.json', '/mine'].map((below) =>
        statOf(system, tree + below),
      );
      expect(looks).toEqual(['700', '755', '750', '600', '640'].map((mode) => `${HERMES} ${mode}`));
    },
  );

  test.each(['profiles', 'cron', 'platforms/pairing', 'pairing'])(
    'a link in place of %s is left alone, with a warning that says "refusing" and the path (B15)',
    async (tree) => {
      const system = home({ [tree]: link('/srv/theirs') });
      system.createDirectory('/srv', 0o755, { uid: 0, gid: 0 });
      system.createDirectory('/srv/theirs', 0o755, { uid: 0, gid: 0 });
      const { steps } = await boot(system);
      expect(statOf(system, tree)).toBe('0:0 777');
      expect(system.look('/srv/theirs')).toMatchObject({ stat: { uid: 0, gid: 0 } });
      const start = `${HOME}/${tree} is a link to /srv/theirs: refusing to follow it`;
      expect(warningsOf(steps).some((text) => text.startsWith(start))).toBe(true);
    },
  );

  test('logs/gateways, which root has made, is hermes’ again, for every profile logs there (#45258)', async () => {
    const system = home({
      logs: directory({ owner: HERMES }),
      'logs/gateways': directory(),
    });
    await boot(system);
    expect(statOf(system, 'logs/gateways')).toBe(`${HERMES} 755`);
  });

  test('what root has written below logs/gateways is repaired, too: logs is a tree of the list (B11)', async () => {
    const system = home({
      logs: directory({ owner: HERMES }),
      'logs/gateways/coder/current': file('', { mode: 0o644 }),
    });
    await boot(system);
    expect(statOf(system, 'logs/gateways/coder/current')).toBe(`${HERMES} 644`);
  });

  test('a missing profiles is not made: the agent makes it with its first profile', async () => {
    const system = home({});
    await boot(system);
    expect(statOf(system, 'profiles')).toBe('missing');
    const made = ['cron', 'platforms/pairing', 'pairing', 'logs/gateways'];
    for (const name of made) expect(statOf(system, name)).toBe(`${HERMES} 755`);
  });

  test.each(['profiles', 'cron', 'platforms/pairing', 'pairing', 'logs/gateways'])(
    '%s is not written to where everything in it is right (#62208, #76910)',
    async (tree) => {
      const system = home({
        [parentOf(`/${tree}`).slice(1) || tree]: directory({ owner: HERMES }),
        [tree]: directory({ owner: HERMES }),
        [`${tree}/a`]: file('', { owner: HERMES, mode: 0o600 }),
      });
      const { steps } = await boot(system);
      const paths = steps.flatMap(({ changes }) => changes.map(({ path }) => path));
      expect(paths.filter((path) => isWithin(path, `${HOME}/${tree}`))).toEqual([]);
    },
  );

  test('what lies beside them is on no list and stays root’s (#19788)', async () => {
    const system = home({
      'platforms/other': directory(),
      'platforms/other/a': file(''),
      'pairing-old/a': file(''),
    });
    await boot(system);
    expect(statOf(system, 'platforms/other/a')).toBe('0:0 644');
    expect(statOf(system, 'pairing-old/a')).toBe('0:0 644');
  });
});

describe('of the files that an image seeds (B20),', () => {
  test.each(SEEDS)('%s starts as a copy of %s that belongs to hermes', async (name, source) => {
    const system = home({});
    await boot(system);
    const mode = { '.env': '600', 'config.yaml': '640', 'SOUL.md': '644' }[name];
    expect(statOf(system, name)).toBe(`${HERMES} ${mode}`);
    const text = system.readText(`${HOME}/${name}`);
    const seeded = system.readText(source);
    // The key of this installation comes behind what was seeded (B21).
    expect(name === '.env' ? text.startsWith(seeded) : text === seeded).toBe(true);
  });

  test.each(SEEDS)('%s is left as it is where it is there', async (name) => {
    const own = {
      '.env': 'API_SERVER_KEY=mine\n',
      'config.yaml': '_config_version: 12\nmine: true\n',
      'SOUL.md': '',
    }[name];
    const system = home({ [name]: file(own, { owner: HERMES }) });
    await boot(system);
    expect(system.readText(`${HOME}/${name}`)).toBe(own);
  });

  test.each(SEEDS)('%s is reported where the image has no %s (#88926)', async (name, source) => {
    const system = home({}, imageWithout(source));
    const { steps, status } = await boot(system);
    const text = `${source} is missing, so that ${HOME}/${name} is not seeded (#88926)`;
    expect(warningsOf(steps)).toContain(text);
    expect(status).toBe('done');
  });

  test('an image without .env.example still gets its key, so that no cron is lost with it (#88926)', async () => {
    const system = home({}, imageWithout('/opt/hermes/.env.example'));
    await boot(system);
    expect(system.readText(`${HOME}/.env`)).toMatch(/^API_SERVER_KEY=[0-9a-f]{64}\n$/);
  });

  test.each(SEEDS)('%s is not written through a dangling link (B15)', async (name) => {
    const system = home({ [name]: link('/srv/gone') });
    const { steps } = await boot(system);
    expect(statOf(system, name)).toBe('0:0 777');
    expect(system.look('/srv/gone').type).toBe('missing');
    const start = `${HOME}/${name} is a link to /srv/gone: refusing to follow it`;
    expect(warningsOf(steps).some((text) => text.startsWith(start))).toBe(true);
  });

  test('a link to a SOUL.md that is there counts as seeded, without a warning of the seeding', async () => {
    const system = home({ 'SOUL.md': link('notes.md'), 'notes.md': file('mine') });
    const { steps } = await boot(system);
    const seeding = steps.filter(({ step }) => step.type.uses === 'file.seed');
    const notes = seeding.flatMap((step) => step.notes);
    expect(notes).toEqual([
      { severity: 'info', text: `${HOME}/SOUL.md is a link to notes.md: left alone` },
    ]);
    expect(system.readText(`${HOME}/notes.md`)).toBe('mine');
  });
});
