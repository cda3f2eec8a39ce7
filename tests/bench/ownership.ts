import { join } from 'node:path';
import { findWrong, hermesBoot, settle, shell } from './commands.ts';
import { count, sizeOf, type Group } from './group.ts';
import { against, memoryOf } from './rows.ts';
import { giveTree, makeTree, makeWorld, spoil, WANTED, withDirectory } from './worlds.ts';

const FILES = 200_000;
const ROUNDS = { warm: 9, cold: 5 };
const ROOT = { uid: 0, gid: 0 };

/** What it costs to look at the owners of a large tree, and to mend them. */
export const ownership: Group = {
  name: 'ownership',
  title: 'Owners of a large tree',
  about: `A boot of the whole stage2 plan on a home with many sessions, 20 to a directory, beside what a
shell would do for that tree alone: find what is wrong, and where something is, chown -hR. The boot
looks at user and group, as find does here, and changes owners through open directories, so that no
swapped link leads it astray; what only root can change, as here, it leaves to chown. Before each run
the owners are made wrong again and written to disk.`,
  measure: (settings) =>
    withDirectory((directory) => {
      const files = sizeOf(settings, FILES);
      const world = makeWorld(join(directory, 'root'));
      const tree = join(world.home, 'sessions');
      makeTree(tree, files, WANTED);
      settle(world, 'hermes-boot');
      const mend = `chown -hR ${WANTED.uid}:${WANTED.gid} '${tree}'`;
      const find = findWrong(tree, WANTED);
      const few = {
        before: (): void => {
          spoil(tree, files, ROOT);
        },
      };
      const all = {
        before: (): void => {
          giveTree(tree, ROOT);
        },
      };
      const right = {
        what: `${count(files)} files, all right`,
        subject: hermesBoot(world, ['run', 'stage2']),
        peer: shell('find', find),
      };
      const wrong = hermesBoot(world, ['run', 'stage2'], all);
      const caches = settings.short ? (['warm'] as const) : (['warm', 'cold'] as const);
      return [
        ...caches.map((cache) =>
          against(settings, {
            ...right,
            id: `ownership-right-${cache}`,
            cache,
            rounds: ROUNDS[cache],
          }),
        ),
        against(settings, {
          id: 'ownership-few',
          what: `${count(files)} files, 1% wrong`,
          subject: hermesBoot(world, ['run', 'stage2'], few),
          peer: shell('find, then chown -hR', `[ -z "$(${find})" ] || ${mend}`, few),
          cache: 'warm',
          rounds: ROUNDS.warm,
        }),
        against(settings, {
          id: 'ownership-all',
          what: `${count(files)} files, all wrong`,
          subject: wrong,
          peer: shell('chown -hR', mend, all),
          cache: 'warm',
          rounds: ROUNDS.warm,
        }),
        memoryOf({
          id: 'memory-ownership-all',
          what: `peak memory, ${count(files)} files all wrong`,
          subject: wrong,
        }),
      ];
    }),
};
