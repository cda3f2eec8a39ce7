import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findPython, findWrong, hermesBoot, shell } from './commands.ts';
import { count, sizeOf, type Group } from './group.ts';
import { CLEAN } from './measure.ts';
import { against } from './rows.ts';
import { HELPER, makeTree, WANTED, withDirectory } from './worlds.ts';

/** In seconds of one processor. */
const BUSY = { whole: 0.5, short: 0.2 };

/** What find takes half a second for, about. */
const FILES = 250_000;

/** What steps that do not need each other cost. */
export const parallel: Group = {
  name: 'parallel',
  title: 'Steps at the same time',
  about: `A plan of three steps that do not need each other: two commands that each keep a processor busy for
half a second, and a look at the owners of a tree, which find takes about as long for; beside a shell
that runs one after the other. Both start the same helper.`,
  measure: (settings) => {
    const id = 'parallel';
    const python = findPython();
    if (python === undefined) {
      const what = 'two helpers and a walk';
      return [{ kind: 'skipped', id, what, reason: 'there is no Python' }];
    }
    return withDirectory((directory) => {
      const files = sizeOf(settings, FILES);
      const busy = settings.short ? BUSY.short : BUSY.whole;
      const tree = join(directory, 'tree');
      makeTree(tree, files, WANTED);
      const done = ['first', 'second'].map((name) => join(directory, name));
      const helper = (file: string): string[] => [python, HELPER, 'busy', String(busy), file];
      const plan = join(directory, 'plan.yaml');
      writeFileSync(plan, planOf(directory, done, helper));
      const again = {
        before: (): void => {
          for (const file of done) rmSync(file, { force: true });
        },
      };
      const script = [...done.map((file) => helper(file).join(' ')), findWrong(tree, WANTED)];
      return [
        against(settings, {
          id,
          what: `two helpers of ${busy} s and a walk of ${count(files)} files`,
          subject: hermesBoot({ root: '/', env: CLEAN }, ['run', plan], again),
          peer: shell('one after the other', script.join('\n'), again),
          cache: 'warm',
          rounds: 9,
        }),
      ];
    });
  },
};

function planOf(
  base: string,
  done: readonly string[],
  helper: (file: string) => readonly string[],
): string {
  const commands = done.map((file, index) => ({
    id: `helper-${index}`,
    uses: 'command',
    with: { argv: helper(file), creates: file },
    // What can stop a boot lets nothing behind it change anything before it has ended.
    'on-failure': 'degrade',
  }));
  const walk = {
    id: 'walk',
    uses: 'owner.paths',
    with: { base, owner: `${WANTED.uid}:${WANTED.gid}`, trees: ['tree'], top: false },
  };
  return JSON.stringify({ version: 1, name: 'parallel', steps: [...commands, walk] });
}
