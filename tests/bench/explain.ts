import { join } from 'node:path';
import { hermesBoot, settle } from './commands.ts';
import type { Group } from './group.ts';
import { against } from './rows.ts';
import { makeWorld, withDirectory } from './worlds.ts';

/** What it costs to say what a boot would do, and why. */
export const explain: Group = {
  name: 'explain',
  title: 'plan --explain',
  about: `The whole stage2 plan explained, beside a warm boot of it: on a used volume with much to explain,
and on one where nothing is left to do.`,
  measure: (settings) =>
    withDirectory((directory) => {
      const used = makeWorld(join(directory, 'used'));
      const warm = settle(makeWorld(join(directory, 'warm')), 'hermes-boot');
      const peer = { ...hermesBoot(warm, ['run', 'stage2']), name: 'warm boot' };
      const pair = { peer, cache: 'warm', rounds: 25 } as const;
      return [
        against(settings, {
          ...pair,
          id: 'explain-used',
          what: 'plan --explain of a used volume',
          subject: hermesBoot(used, ['plan', 'stage2', '--explain']),
        }),
        against(settings, {
          ...pair,
          id: 'explain-warm',
          what: 'plan --explain, nothing left to do',
          subject: hermesBoot(warm, ['plan', 'stage2', '--explain']),
        }),
      ];
    }),
};
