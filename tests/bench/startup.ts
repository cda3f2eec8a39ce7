import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BARE_NODE, findPython, hermesBoot, hook, settle, shell } from './commands.ts';
import type { Group, Row, Settings } from './group.ts';
import { runOnce, type Peer } from './measure.ts';
import { against, memoryOf, type Pair } from './rows.ts';
import { makeWorld, withDirectory, type World } from './worlds.ts';

const ROUNDS = { warm: 25, cold: 9 };
const BROWSERS = '/opt/hermes/.playwright';

/** What a boot costs that finds nothing to do. */
export const startup: Group = {
  name: 'startup',
  title: 'A warm boot',
  about: `A boot of a home that is as it should be. The hook ([hook.sh](../tests/bench/peers/hook.sh)) does the
job of the stage2 plan with the programs that a shell hook starts for it (id, stat, awk, find, grep),
and writes nothing either; each has a world of its own, made alike and booted by itself before. The
two helpers ([helper.py](../tests/bench/peers/helper.py)) compare a version and the hashes of 81
skills, and import next to nothing: a helper of the agent takes several times as long. After a
restart of a container /run is empty, so that both have to look for the browser and export it.`,
  measure: (settings) =>
    withDirectory((directory) => {
      const world = (name: string, python?: string): World =>
        makeWorld(join(directory, name), { python });
      const ours = settle(world('ours'), 'hermes-boot');
      const theirs = settle(world('theirs'), 'hook');
      const subject = hermesBoot(ours, ['run', 'stage2']);
      const what = 'warm boot';
      return [
        ...inBothCaches(settings, { id: 'startup-hook', what, subject, peer: hook(theirs) }),
        ...withHelpers(settings, world),
        ...inBothCaches(settings, { id: 'startup-node', what, subject, peer: BARE_NODE }),
        allPlans(settings, world('container')),
        afterRestart(settings, ours, theirs),
        ...programs(hook(theirs)),
        memoryOf({ id: 'memory-warm', what: 'peak memory of a warm boot', subject }),
      ];
    }),
};

/** With a warm cache and, unless it has to be quick, a cold one. */
function inBothCaches(settings: Settings, pair: Omit<Pair, 'cache' | 'rounds'>): Row[] {
  const caches = settings.short ? (['warm'] as const) : (['warm', 'cold'] as const);
  return caches.map((cache) =>
    against(settings, { ...pair, id: `${pair.id}-${cache}`, cache, rounds: ROUNDS[cache] }),
  );
}

/** The three plans of a container in one process, beside one process after the other. */
function allPlans(settings: Settings, world: World): Row {
  mkdirSync(join(world.root, 'run/service'));
  const plans = ['stage2', 'supervise-perms', 'reconcile-profiles'] as const;
  const together = hermesBoot(world, ['run', ...plans]);
  runOnce(together);
  runOnce({ ...together, argv: [...together.argv, '--strict'] });
  const script = plans.map((plan) => hermesBoot(world, ['run', plan]).argv.join(' ')).join('\n');
  return against(settings, {
    id: 'startup-plans',
    what: 'three plans, nothing to do, in one process',
    subject: { ...together, name: 'hermes-boot run with three plans' },
    peer: { ...shell('three processes', script), env: world.env },
    cache: 'warm',
    rounds: ROUNDS.warm,
  });
}

function withHelpers(settings: Settings, world: (name: string, python: string) => World): Row[] {
  const id = 'startup-helpers';
  const what = 'warm boot, its helpers not started';
  const python = findPython();
  if (python === undefined) {
    return [{ kind: 'skipped', id: `${id}-warm`, what, reason: 'there is no Python' }];
  }
  const ours = settle(world('ours-gated', python), 'hermes-boot');
  const theirs = settle(world('theirs-helped', python), 'hook');
  const peer = { ...hook(theirs), name: 'shell hook with two helpers' };
  const { stdout, stderr } = spawnSync(peer.argv[0], peer.argv.slice(1), {
    env: peer.env,
    encoding: 'utf8',
  });
  if (/helper|migration|skills/.test(stdout))
    throw new Error(`a helper fails:\n${stdout}${stderr}`);
  return inBothCaches(settings, { id, what, subject: hermesBoot(ours, ['run', 'stage2']), peer });
}

function afterRestart(settings: Settings, ours: World, theirs: World): Row {
  const restarted = (world: World): World => {
    return { ...world, env: { ...world.env, PLAYWRIGHT_BROWSERS_PATH: BROWSERS } };
  };
  const emptied = ({ root }: World): Pick<Peer, 'before'> => ({
    before: () => {
      rmSync(join(root, 'run/s6/container_environment'), { recursive: true, force: true });
    },
  });
  return against(settings, {
    id: 'startup-restart',
    what: 'boot after a restart, the browser is exported',
    subject: hermesBoot(restarted(ours), ['run', 'stage2'], emptied(ours)),
    peer: hook(restarted(theirs), emptied(theirs)),
    cache: 'warm',
    rounds: 15,
  });
}

/** How many programs the hook starts: what its time is spent on. */
function programs({ argv, env }: Peer): Row[] {
  const trace = ['-f', '-qq', '-e', 'trace=execve', '-e', 'status=successful'];
  const { status, stderr } = spawnSync('strace', [...trace, ...argv], { env, encoding: 'utf8' });
  if (status !== 0) return [];
  const value = stderr.split('\n').filter((line) => line.includes('execve(')).length;
  const what = 'programs that the hook starts, its own shell included';
  return [{ kind: 'figure', id: 'startup-hook-programs', what, value, unit: 'programs' }];
}
