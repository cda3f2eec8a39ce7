import { join } from 'node:path';
import { hermesBoot, hook, settle, shell } from './commands.ts';
import { count, sizeOf, type Group, type Row, type Settings } from './group.ts';
import type { Peer } from './measure.ts';
import { against } from './rows.ts';
import {
  BUILT,
  giveTree,
  keepAccounts,
  makeTree,
  makeWorld,
  WANTED,
  withDirectory,
  type World,
} from './worlds.ts';

const FILES = 200_000;
const LISTED = 1_000;
const ROUNDS = 7;

/** What it costs to give the account other ids. */
export const remap: Group = {
  name: 'remap',
  title: 'Other ids for the account',
  about: `The first boot with PUID=1000 and PGID=1000 of a home that belongs to 10000, on the same world in
turn. \`usermod -R ROOT -u\` is the program of the machine in the world's root: it edits the account
and walks the whole home, as it does in an image (its look for running processes of the account finds
none). The hook calls it, then groupmod, and repairs the groups that usermod leaves behind; the boot
edits the records and walks what the plan lists. In the second row nearly all of the home is on no
list: usermod gives it away, the boot leaves it alone. Before each run the accounts and all owners
are as they were, and written to disk.`,
  measure: (settings) => [allListed(settings), ...fewListed(settings)],
};

function allListed(settings: Settings): Row {
  return withDirectory((directory) => {
    const files = sizeOf(settings, FILES);
    const { world, back } = builtWorld(directory, { sessions: files });
    return against(settings, {
      id: 'remap-all',
      what: `remap, ${count(files)} files, all listed`,
      subject: hermesBoot(world, ['run', 'stage2'], back),
      peer: { ...hook(world, back), name: 'shell hook with usermod -u' },
      cache: 'warm',
      rounds: ROUNDS,
    });
  });
}

function fewListed(settings: Settings): Row[] {
  return withDirectory((directory) => {
    const files = sizeOf(settings, FILES);
    const listed = Math.min(LISTED, Math.round(files / 10));
    const { world, back } = builtWorld(directory, { sessions: listed, photos: files - listed });
    const pair = {
      what: `remap, ${count(files)} files, ${count(listed)} of them listed`,
      subject: hermesBoot(world, ['run', 'stage2'], back),
      cache: 'warm',
      rounds: ROUNDS,
    } as const;
    const usermod = `usermod -R '${world.root}' -u ${WANTED.uid} hermes`;
    const peer = shell('usermod -u', usermod, back);
    return [against(settings, { ...pair, id: 'remap-few', peer })];
  });
}

/** A home of the built ids, and what makes it one again. */
function builtWorld(
  directory: string,
  trees: Readonly<Record<string, number>>,
): { world: World; back: Pick<Peer, 'before'> } {
  const world = makeWorld(join(directory, 'root'), { ids: BUILT });
  for (const [name, files] of Object.entries(trees)) makeTree(join(world.home, name), files, BUILT);
  settle(world, 'hermes-boot');
  const accounts = keepAccounts(world);
  const back = {
    before: (): void => {
      accounts();
      giveTree(world.home, BUILT);
      for (const tree of ['.venv', 'ui-tui', 'node_modules', 'gateway']) {
        giveTree(join(world.root, 'opt/hermes', tree), BUILT);
      }
    },
  };
  const env = { ...world.env, PUID: String(WANTED.uid), PGID: String(WANTED.gid) };
  return { world: { ...world, env }, back };
}
