/** owner.probe: changes the owner of trees when a check of the first one shows that it is wrong. */
import { LookFailed, unlessUnknown } from '../src/errors/look-failed.ts';
import { Problem } from '../src/errors/problem.ts';
import { absolutePaths, ids, owner, path } from '../src/step/fields.ts';
import { formerOf } from '../src/step/home-ids.ts';
import { leftAlone, unknownNote } from '../src/step/notes.ts';
import { ownerOf } from '../src/step/owner.ts';
import { canonical } from '../src/step/paths.ts';
import {
  NOTHING,
  refuseSystemDirectory,
  type Repair,
  repairTree,
  type Wanted,
} from '../src/step/repair.ts';
import { changesOr, defineStep, type StepContext } from '../src/step/step.ts';
import { mayChange, reliesOn, reliesOnOwner, withTrees } from '../src/step/touch.ts';
import { sameOwner, showOwner, type Stat } from '../src/system/entry.ts';
import { keepsRule, replacing } from '../src/system/owner-rule.ts';
import { isWithin } from '../src/system/path.ts';
import { listed } from '../src/text/phrases.ts';

/** How many paths are named one by one. */
const NAMED = 8;

export const ownerProbe = defineStep({
  uses: 'owner.probe',
  summary:
    'Change the owner of trees of the image when a check of one path shows that it is wrong.',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['probe', 'trees', 'owner'],
    properties: {
      probe: path(
        'The path whose owner decides, within one of the trees. It is owned last. Where it belongs ' +
          'to root the image is sealed, and the trees stay as they are.',
      ),
      trees: absolutePaths('The trees. Those that are missing are passed over.'),
      owner: owner('Who owns them: user and group are compared, each by itself.'),
      former: ids('Ids that the owner has had in any case, such as those of the image.'),
      record: path('What account.remember keeps: the ids that the owner has had.'),
    },
  },
  async plan(context) {
    const { system, with: options } = context;
    const to = ownerOf(context, options.owner);
    const { users, groups } = formerOf(system, options);
    const [name = ''] = options.owner.split(':');
    const wanted: Wanted = {
      owner: to,
      name,
      byRoot: `it belongs to root, and ${name} has to write to it`,
      rule: { ...replacing(to, users, groups), topProves: true },
    };
    const probe = system.look(options.probe);
    if (probe.type === 'missing') return { skipped: `${options.probe} is missing` };
    if (!('stat' in probe) || probe.type === 'link') {
      const notes = [leftAlone(options.probe, probe)];
      return { converged: `${options.probe} tells nothing`, notes };
    }
    if (keepsRule(wanted.rule, probe.stat)) {
      return { converged: whyKept(options.probe, probe.stat, wanted) };
    }
    const repairs: Repair[] = [];
    for (const tree of probedLast(options.trees, options.probe)) {
      repairs.push(await repair(context, tree, wanted));
    }
    const unfinished = unfinishedOf(repairs);
    const changes = repairs.flatMap((one) => one.changes);
    const notes = repairs.flatMap((one) => one.notes);
    if (unfinished !== undefined) {
      // Once the probe is right no boot looks at the trees again: it waits until all are done.
      return {
        changes: changes.filter(({ path }) => !isWithin(options.probe, path)),
        notes,
        unfinished,
      };
    }
    return changesOr(
      changes,
      `nothing in ${options.trees.join(', ')} can be given to ${name}`,
      notes,
    );
  },
  touches: (options) => [
    ...reliesOn(options.probe, 'owner'),
    ...withTrees(mayChange(options.trees, 'owner')),
    ...reliesOnOwner(options.owner),
  ],
});

function whyKept(probe: string, stat: Stat, { owner: to, name }: Wanted): string {
  if (sameOwner(stat, to)) return `${probe} belongs to ${showOwner(to)}`;
  if (stat.uid === 0) {
    return `${probe} belongs to root: the install tree is sealed, as in images since July 2026`;
  }
  return `${probe} belongs to ${showOwner(stat)}, which is not an earlier id of ${name}`;
}

async function repair(
  context: StepContext<unknown>,
  tree: string,
  wanted: Wanted,
): Promise<Repair> {
  const entry = unlessUnknown(() => context.system.look(tree));
  if (entry instanceof LookFailed) {
    return { ...NOTHING, notes: [unknownNote(tree, entry)], unseen: [tree] };
  }
  if (entry.type === 'missing') return NOTHING;
  if (!('stat' in entry) || entry.type === 'link') {
    return { ...NOTHING, notes: [leftAlone(tree, entry)] };
  }
  const path = canonical(context.system, tree);
  refuseSystemDirectory(path, context.variable('trees'));
  return repairTree(context, path, wanted);
}

/** Why the trees may not be called done; undefined where all of them could be looked at. */
function unfinishedOf(repairs: readonly Repair[]): Problem | undefined {
  const unseen = repairs.flatMap((repair) => repair.unseen);
  if (unseen.length === 0) return undefined;
  return new Problem({
    found: `${listed(unseen.slice(0, NAMED))} cannot be looked at: nobody knows who owns it`,
    mend: 'start it again; if it stays, look at the disk or the share that this lies on',
  });
}

/** The tree with the probe comes last: until then an interrupted repair is seen again. */
function probedLast(trees: readonly string[], probe: string): string[] {
  const holds = (tree: string): boolean => isWithin(probe, tree);
  return [...trees.filter((tree) => !holds(tree)), ...trees.filter(holds)];
}
