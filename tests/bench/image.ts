import { randomUUID } from 'node:crypto';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { lackingForBase } from '../containers/support/debian.ts';
import { engine, mustDo } from '../containers/support/engine.ts';
import { buildImage } from '../containers/support/images.ts';
import { environment } from './environment.ts';
import type { GroupResult, ImageGroup, Settings } from './group.ts';
import { withDirectoryAsync } from './worlds.ts';

/** What a boot costs in a container of the image. */
export const image: ImageGroup = {
  name: 'image',
  title: 'In the image',
  about: `In a booted container of the image (the tests' stand-ins for the agent and s6-overlay, real s6), with
76 skills and a config.yaml as large as the agent's (83 kB, mostly comments): what its scripts call, as they call it, \`hermes-boot\` with the official Node that the
image brings. The hook ([hook.sh](../tests/bench/peers/hook.sh)) is the careful one of "A warm boot",
with two helpers in Python that do what the agent's do: one reads config.yaml as YAML and compares its
version ([migrate.py](../tests/bench/peers/migrate.py)), one hashes the skills against the manifest
([helper.py](../tests/bench/peers/helper.py)). A container's start is the hook, a look at the static
services and a reconciler in Python ([reconcile.py](../tests/bench/peers/reconcile.py)). With Debian's
Node: the same program, with a code cache of that Node. What no boot can do without ([floor.cjs](../tests/bench/peers/floor.cjs))
is the program loaded with its code cache, and one look at each entry of the home: no plan, no step and
no receipt. The fragment switches one step off, and was validated once, as in the Dockerfile of a
derived image.`,
  measureInImage: async (settings) => {
    const lacking = await lackingHere();
    if (lacking === undefined) return inContainer(settings);
    const what = 'all of it';
    const row = { kind: 'skipped', id: 'image', what, reason: `needs ${lacking}` } as const;
    return { environment: environment(), rows: [row] };
  },
};

async function lackingHere(): Promise<string | undefined> {
  return (await engine('info')).code === 0 ? lackingForBase() : 'podman';
}

async function inContainer(settings: Settings): Promise<GroupResult> {
  const built = await buildImage();
  const name = `hermes-boot-bench-${randomUUID()}`;
  return withDirectoryAsync(async (directory) => {
    cpSync(join(import.meta.dirname, 'peers'), join(directory, 'peers'), { recursive: true });
    await build({
      entryPoints: [join(import.meta.dirname, 'in-image.ts')],
      outfile: join(directory, 'in-image.mjs'),
      bundle: true,
      platform: 'node',
      target: 'node22',
      format: 'esm',
      logLevel: 'error',
    });
    const mount = ['-v', `${directory}:/bench:ro`, '--network', 'none'];
    await mustDo('run', '-d', '--name', name, ...mount, built, 'sleep', 'infinity');
    try {
      const node = '/opt/hermes-boot/bin/node';
      const wanted = JSON.stringify({ short: settings.short, rounds: settings.rounds });
      const json = await mustDo('exec', name, node, '/bench/in-image.mjs', wanted);
      return resultOf(JSON.parse(json));
    } finally {
      await engine('rm', '-f', '-v', '-t', '0', name);
    }
  });
}

/** What in-image.ts has printed: both are of one version. */
function resultOf(value: unknown): GroupResult {
  if (isResult(value)) return value;
  throw new Error('found something else, wanted the result of in-image.ts');
}

function isResult(value: unknown): value is GroupResult {
  return typeof value === 'object' && value !== null && 'environment' in value && 'rows' in value;
}
