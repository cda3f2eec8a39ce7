import { chmodSync, lchownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BARE_NODE, findWrong, hermesBoot, hook, settle, shell } from './commands.ts';
import { count, sizeOf, type Group, type Row, type Settings } from './group.ts';
import { rounded, runOnce } from './measure.ts';
import { against, memoryOf } from './rows.ts';
import { giveTree, makeProfiles, makeTree, makeWorld, WANTED, withDirectory } from './worlds.ts';

const ENTRIES = [1_000, 10_000, 100_000, 1_000_000] as const;
const PROFILES = [1, 10, 100, 1_000] as const;
const STEPS = [10, 100, 1_000] as const;
const ROUNDS = 7;

/** How cost and memory grow with what there is to look at. */
export const scale: Group = {
  name: 'scale',
  title: 'Cost against size',
  about: `Warm boots of ever larger homes and plans. Entries: files in one listed tree, beside find on that
tree; growth is what a file costs between the two largest sizes, to what it costs between the two
before. Profiles: the stage2 plan beside the hook, and reconcile-profiles, which has no peer in the
shell, beside bare Node. Steps: a plan of \`file.mode\` steps, one a file, beside a shell that asks stat
for each file.`,
  measure: (settings) => [...byEntries(settings), ...byProfiles(settings), ...bySteps(settings)],
};

function byEntries(settings: Settings): Row[] {
  return withDirectory((directory) => {
    const world = makeWorld(join(directory, 'root'));
    const tree = join(world.home, 'sessions');
    const sizes = ENTRIES.map((entries) => sizeOf(settings, entries));
    let made = 0;
    const rows = ENTRIES.flatMap((entries): Row[] => {
      const files = sizeOf(settings, entries);
      settings.say(`making a tree of ${count(files)} files`);
      makeTree(tree, files, WANTED, made);
      made = files;
      settle(world, 'hermes-boot');
      const subject = hermesBoot(world, ['run', 'stage2']);
      const wrong = {
        before: (): void => {
          giveTree(tree, { uid: 0, gid: 0 });
        },
      };
      return [
        against(settings, {
          id: `scale-entries-${entries}`,
          what: `warm boot, ${count(files)} files`,
          subject,
          peer: shell('find', findWrong(tree, WANTED)),
          cache: 'warm',
          rounds: ROUNDS,
        }),
        memoryOf({
          id: `memory-entries-${entries}`,
          what: `peak memory, ${count(files)} files all right`,
          subject,
        }),
        memoryOf({
          id: `memory-wrong-${entries}`,
          what: `peak memory, ${count(files)} files all wrong`,
          subject: hermesBoot(world, ['run', 'stage2'], wrong),
        }),
      ];
    });
    return [...rows, ...growth(sizes, rows)];
  });
}

/** What a file costs between the two largest sizes, to what it costs between the two before. */
function growth(sizes: readonly number[], rows: readonly Row[]): Row[] {
  const times = rows.flatMap((row) => (row.kind === 'ratio' ? [row.time.median] : []));
  const costs = sizes.slice(1).map((size, index) => {
    const [time = 0, later = 0] = times.slice(index);
    const before = sizes[index] ?? 0;
    return { before, perFile: (later - time) / (size - before) };
  });
  const [middle, large] = costs.slice(-2);
  // In small trees the noise is larger than what a file costs.
  if (middle === undefined || large === undefined || middle.perFile <= 0) return [];
  return [
    {
      kind: 'figure',
      id: 'scale-growth',
      what: `cost of a file beyond ${count(large.before)}, to one beyond ${count(middle.before)}`,
      value: rounded(large.perFile / middle.perFile),
      unit: 'times',
    },
  ];
}

function byProfiles(settings: Settings): Row[] {
  return PROFILES.flatMap((profiles) =>
    withDirectory((directory): Row[] => {
      const worlds = ['ours', 'theirs'].map((name) => {
        const world = makeWorld(join(directory, name));
        mkdirSync(join(world.root, 'run/service'));
        makeProfiles(world, profiles, WANTED);
        return world;
      });
      const [ours, theirs] = worlds;
      if (ours === undefined || theirs === undefined) throw new Error('two worlds were made');
      settle(ours, 'hermes-boot');
      settle(theirs, 'hook');
      const subject = hermesBoot(ours, ['run', 'stage2']);
      const reconcile = hermesBoot(ours, ['run', 'reconcile-profiles']);
      runOnce(reconcile);
      runOnce(hermesBoot(ours, ['verify', 'reconcile-profiles']));
      const of = `${count(profiles)} ${profiles === 1 ? 'profile' : 'profiles'}`;
      const pair = { cache: 'warm', rounds: ROUNDS } as const;
      return [
        against(settings, {
          ...pair,
          id: `scale-profiles-${profiles}`,
          what: `warm boot, ${of}`,
          subject,
          peer: hook(theirs),
        }),
        against(settings, {
          ...pair,
          id: `scale-reconcile-${profiles}`,
          what: `warm reconcile-profiles, ${of}`,
          subject: reconcile,
          peer: BARE_NODE,
        }),
        memoryOf({
          id: `memory-profiles-${profiles}`,
          what: `peak memory, ${of}, stage2`,
          subject,
        }),
        memoryOf({
          id: `memory-reconcile-${profiles}`,
          what: `peak memory, ${of}, reconcile-profiles`,
          subject: reconcile,
        }),
      ];
    }),
  );
}

function bySteps(settings: Settings): Row[] {
  return STEPS.flatMap((steps) =>
    withDirectory((directory): Row[] => {
      const world = makeWorld(join(directory, 'root'));
      const files = Array.from({ length: steps }, (_, index) => `/srv/secrets/s${index}`);
      mkdirSync(join(world.root, 'srv/secrets'));
      for (const file of files) {
        const path = join(world.root, file);
        writeFileSync(path, 'secret\n');
        chmodSync(path, 0o600);
        lchownSync(path, WANTED.uid, WANTED.gid);
      }
      const plan = join(directory, 'plan.yaml');
      writeFileSync(plan, planOf(files));
      const subject = hermesBoot(world, ['run', plan]);
      runOnce(subject);
      return [
        against(settings, {
          id: `scale-steps-${steps}`,
          what: `warm boot of a plan of ${count(steps)} steps`,
          subject,
          peer: shell('stat of each file', scriptOf(join(world.root, 'srv/secrets'))),
          cache: 'warm',
          rounds: ROUNDS,
        }),
        memoryOf({
          id: `memory-steps-${steps}`,
          what: `peak memory, a plan of ${count(steps)} steps`,
          subject,
        }),
      ];
    }),
  );
}

function planOf(files: readonly string[]): string {
  const steps = files.map((path, index) => {
    const owner = `${WANTED.uid}:${WANTED.gid}`;
    return `  - id: secret-${index}
    uses: file.mode
    with: { path: ${path}, owner: '${owner}', mode: '0600' }
`;
  });
  return `version: 1\nname: steps\nsteps:\n${steps.join('')}`;
}

function scriptOf(directory: string): string {
  const owner = `${WANTED.uid}:${WANTED.gid}`;
  return `for file in '${directory}'/*; do
  [ "$(stat -c '%u:%g %a' "$file")" = '${owner} 600' ] || {
    chown -h ${owner} "$file" && chmod 600 "$file"
  }
done`;
}
