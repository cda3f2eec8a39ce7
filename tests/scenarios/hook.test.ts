import { spawnSync } from 'node:child_process';
import { lstatSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isRoot, NEEDS_ROOT, snapshot, temporaryDirectory } from '../support/real-root.ts';
import { findPython, hermesBoot, hook, settle } from '../bench/commands.ts';
import type { Peer } from '../bench/measure.ts';
import { BUILT, makeProfiles, makeWorld, type World } from '../bench/worlds.ts';

const needs = isRoot ? '' : ` (${NEEDS_ROOT})`;
const python = isRoot ? findPython() : undefined;
const needsPython = python === undefined ? ' (needs root and Python)' : '';

/** What a user may ask for, all at once. */
const ASKED = {
  PLAYWRIGHT_BROWSERS_PATH: '/opt/hermes/.playwright',
  HERMES_PORTAL_BASE_URL: 'https://portal.example/a?b="c"',
  HERMES_GATEWAY_BOOTSTRAP_STATE: 'running',
};

function usedWorld(python?: string): World {
  const world = makeWorld(join(temporaryDirectory(), 'root'), { python });
  makeProfiles(world, 3, BUILT);
  return { ...world, env: { ...world.env, ...ASKED } };
}

it.skipIf(!isRoot)(`the hook leaves the world that the stage2 plan leaves${needs}`, () => {
  const [ours, theirs] = [usedWorld(), usedWorld()];
  runs(hermesBoot(ours, ['run', 'stage2', '--strict']));
  runs(hook(theirs));
  expect(worldOf(theirs)).toEqual(worldOf(ours));
});

it.skipIf(!isRoot)(`the hook changes nothing the second time${needs}`, () => {
  const world = settle(usedWorld(python), 'hook');
  const before = times(world.root);
  expect(runs(hook(world))).toBe('stage2: setup complete, starting services\n');
  expect(times(world.root)).toEqual(before);
});

it.skipIf(python === undefined)(`helpers that find work do it, once${needsPython}`, () => {
  const world = usedWorld(python);
  const config = join(world.home, 'config.yaml');
  spawnSync('sed', ['-i', 's/_version: 12/_version: 11/', config]);
  spawnSync('rm', ['-r', join(world.home, 'skills')]);
  settle(world, 'hook');
  expect(readFileSync(config, 'utf8')).toContain('_config_version: 12');
  expect(readdirSync(join(world.home, 'skills/group-0'))).toContain('skill-00');
  const before = times(world.root);
  runs(hook(world));
  expect(times(world.root)).toEqual(before);
});

function runs({ argv: [program, ...args], env }: Peer): string {
  const { status, stdout, stderr } = spawnSync(program, args, { env, encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  return stdout;
}

/** A world without what each keeps for itself, what shadow leaves, and keys, which are random. */
function worldOf({ root }: World): Map<string, string> {
  const own =
    /^\/etc\/(?:passwd|group|g?shadow|subuid|subgid)-$|^\/etc\/\.pwd\.lock$|\/\.hermes-boot|\/\.bundled_fingerprint$|^\/run\/hermes-boot/;
  return new Map(
    [...snapshot(root)]
      .filter(([path]) => !own.test(path))
      .map(([path, line]) => [path, line.replace(/(API_SERVER_KEY=)[0-9a-f]{64}/, '$1KEY')]),
  );
}

/** When each entry was changed last. */
function times(root: string): Map<string, number> {
  return new Map([...snapshot(root).keys()].map((path) => [path, lstatSync(root + path).ctimeMs]));
}
