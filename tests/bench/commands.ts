import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { CLEAN, runOnce, type Peer } from './measure.ts';
import type { Ids, World } from './worlds.ts';

/** The built program. */
const CLI = join(import.meta.dirname, '../../dist/hermes-boot.cjs');

const HOOK = join(import.meta.dirname, 'peers/hook.sh');

/** The program on a world: `run stage2`, `plan stage2 --explain`. */
export function hermesBoot(
  { root, env }: Pick<World, 'root' | 'env'>,
  args: readonly [string, string, ...string[]],
  more: Pick<Peer, 'before'> = {},
): Peer {
  const argv = [process.execPath, CLI, ...args, '--root', root] as const;
  return { name: `hermes-boot ${args.join(' ')}`, argv, env, ...more };
}

/** The shell hook on a world. */
export function hook({ root, env }: World, more: Pick<Peer, 'before'> = {}): Peer {
  return { name: 'shell hook', argv: ['sh', HOOK], env: { ...env, HOOK_ROOT: root }, ...more };
}

/** Node with nothing to do. */
export const BARE_NODE: Peer = {
  name: 'node -e 0',
  argv: [process.execPath, '-e', '0'],
  env: CLEAN,
};

/** A line of the shell. */
export function shell(name: string, script: string, more: Pick<Peer, 'before'> = {}): Peer {
  return { name, argv: ['sh', '-c', script], env: CLEAN, ...more };
}

/** What tells the first entry of a tree with another user or group. */
export function findWrong(tree: string, { uid, gid }: Ids): string {
  return `find '${tree}' \\( ! -uid ${uid} -o ! -gid ${gid} \\) -print -quit`;
}

/** A Python that any user can start; undefined where there is none. */
export function findPython(): string | undefined {
  const ask = 'import os, sys; print(os.path.realpath(sys.executable))';
  for (const python of ['/usr/bin/python3', 'python3']) {
    const { status, stdout } = spawnSync(python, ['-c', ask], {
      env: CLEAN,
      encoding: 'utf8',
      uid: 65534,
      gid: 65534,
    });
    if (status === 0) return stdout.trim();
  }
  return undefined;
}

/**
 * Boots a world until the one that is measured there finds nothing to do.
 * @throws Error when something is left to do
 */
export function settle(world: World, by: 'hermes-boot' | 'hook'): World {
  if (by === 'hook') {
    runOnce(hook(world));
    return world;
  }
  runOnce(hermesBoot(world, ['run', 'stage2', '--strict']));
  runOnce(hermesBoot(world, ['verify', 'stage2']));
  return world;
}
