/**
 * owner.paths: listed paths of a home, and all that the account had under earlier ids, belong to
 * it.
 */
import type { Change } from '../src/changes/change.ts';
import { LookFailed, unlessUnknown } from '../src/errors/look-failed.ts';
import { ids, owner, path, relativePaths } from '../src/step/fields.ts';
import { formerOf, idsChange, isSettled } from '../src/step/home-ids.ts';
import { acceptable, info, leftAlone, unknownNote, warning } from '../src/step/notes.ts';
import { ownerOf } from '../src/step/owner.ts';
import { canonical, existingDirectory, lookBelow } from '../src/step/paths.ts';
import {
  isCovered,
  mountedElsewhere,
  NOTHING,
  outermost,
  refuseSystemDirectory,
  type Repair,
  repairEntry,
  repairTree,
  repairWithin,
  type Wanted,
} from '../src/step/repair.ts';
import { keptGroup, startedGroups } from '../src/step/shared-group.ts';
import { changesOr, defineStep, type Note, type StepContext } from '../src/step/step.ts';
import { mayChange, reliesOnOwner, withTrees } from '../src/step/touch.ts';
import { type Owner, sameOwner, showOwner, type Stat } from '../src/system/entry.ts';
import { HOLDER_FILE } from '../src/gateway/holder.ts';
import { LOCK_FILE } from '../src/system/home-lock.ts';
import { type HomeIds, IDS_FILE } from '../src/system/ids-record.ts';
import {
  CLOSING_ID,
  isForeign,
  ownerBy,
  type Replaced,
  replacing,
} from '../src/system/owner-rule.ts';
import { componentsOf, join } from '../src/system/path.ts';
import { MOUNTS_FILE } from '../src/system/unkept.ts';
import { counted } from '../src/text/phrases.ts';

export const ownerPaths = defineStep({
  uses: 'owner.paths',
  summary:
    'Change the owner of listed paths in a directory, and of all that the account had under earlier ids.',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['base', 'owner'],
    properties: {
      base: path('The directory below which the paths lie. It is there by then.'),
      owner: owner('Who owns them: user and group are compared, both.'),
      trees: relativePaths(
        'Paths in which everything that belongs to root, or to an earlier id of the owner, is ' +
          'given to the owner. What another user owns is left alone.',
      ),
      files: relativePaths('Paths that are given to the owner by themselves, whoever has them.'),
      top: {
        type: 'boolean',
        default: true,
        description:
          'Whether the base itself, without what lies below it, is given to the owner, too.',
      },
      former: ids('Ids that the owner has had in any case, such as those of the image.'),
      record: path('What account.remember keeps: the ids that the owner has had in this base.'),
      'former-ids': {
        type: 'string',
        enum: ['follow', 'leave'],
        default: 'follow',
        description:
          'Whether what the owner had under an earlier id follows it wherever it lies below the ' +
          'base, also where it is not listed. That takes one walk after the ids have changed.',
      },
    },
  },
  async plan(context) {
    const { system, with: options } = context;
    const stat = existingDirectory(context, 'base', options.base);
    const base = canonical(system, options.base);
    refuseSystemDirectory(base, context.variable('base'));
    const own = ownerOf(context, options.owner);
    // A base that keeps its group, as fsGroup wants it, keeps it in all that lies below it.
    const kept = keptGroup(stat, startedGroups(system, context.facts));
    const to = kept === undefined ? own : { uid: own.uid, gid: kept };
    const [name = ''] = options.owner.split(':');
    const { ids: record, users, ...had } = formerOf(system, options);
    const groups = kept === undefined ? had.groups : [];
    const ofRoot = kept === undefined ? [{ id: 0 }] : [];
    const wanted: Wanted = {
      owner: to,
      name,
      byRoot: 'written by root, most likely through docker exec (#35098)',
      rule: replacing(to, [{ id: 0 }, ...users], [...ofRoot, ...groups]),
    };
    const { trees = [], files = [], top = true } = options;
    const roots = outermost(trees);
    const singles = files.filter((file) => !isCovered(file, roots));
    const repairs: Repair[] = [];
    for (const tree of roots) repairs.push(await repairBelow(context, base, tree, wanted, true));
    for (const file of singles) {
      repairs.push(await repairBelow(context, base, file, wanted, false));
    }
    const follow = options['former-ids'] !== 'leave' && record && !isSettled(record, own);
    const listed = [...roots, ...singles].map((below) => join(base, below));
    const rest: Wanted = { ...wanted, rule: replacing(to, users, groups, listed) };
    if (follow === true) repairs.push(await followers(context, base, rest));
    // Last, so that a repair that was interrupted is seen again by its owner alone.
    if (top) {
      const found = isRemembered(context, base, options.record)
        ? repairTop(base, stat, wanted, follow === true ? rest : undefined)
        : topUnremembered(base, stat, wanted);
      repairs.push(found);
    }
    const notes = repairs.flatMap((repair) => repair.notes);
    const others = unlisted(system.list(base), [
      ...trees,
      ...files,
      LOCK_FILE,
      HOLDER_FILE,
      IDS_FILE,
      MOUNTS_FILE,
    ]);
    if (others > 0 && follow !== true) {
      const verb = others === 1 ? 'is' : 'are';
      const entries = counted(others, 'entry', 'entries');
      notes.push(
        info(`${entries} of ${base} ${verb} not listed in this step and ${verb} left alone`),
      );
    }
    const foreign = repairs.reduce((count, repair) => count + repair.others, 0);
    if (foreign > 0) {
      const [verb, stay] = foreign === 1 ? ['belongs', 'stays'] : ['belong', 'stay'];
      const entries = counted(foreign, 'entry', 'entries');
      notes.push(info(`${entries} below ${base} ${verb} to root or another user and ${stay} so`));
    }
    const changes = repairs.flatMap((repair) => repair.changes);
    if (
      follow === true &&
      options.record !== undefined &&
      repairs.every(({ unseen }) => unseen.length === 0)
    ) {
      changes.push(settling(options.record, name, record, own));
    }
    return changesOr(changes, `what is listed below ${base} belongs to ${showOwner(to)}`, notes);
  },
  touches: ({ base, top, trees = [], files = [], record, owner: to, 'former-ids': former }) => [
    ...mayChange(top === false ? undefined : base, 'owner'),
    ...withTrees(
      mayChange(
        trees.map((at) => join(base, at)),
        'owner',
      ),
    ),
    ...mayChange(
      files.map((at) => join(base, at)),
      'owner',
    ),
    ...(record === undefined || former === 'leave'
      ? []
      : [...withTrees(mayChange(base, 'owner')), ...mayChange(record)]),
    ...reliesOnOwner(to),
  ],
});

/** What is not listed and belonged to the owner under an earlier id. */
async function followers(
  context: StepContext<unknown>,
  base: string,
  rest: Wanted,
): Promise<Repair> {
  const repair = await repairWithin(context, base, rest);
  if (repair.changes.length === 0) return repair;
  const text =
    `${rest.name} has had ${idsOf(rest)}: what belongs to them below ${base} is given to ` +
    `${rest.name}, listed or not; one walk finds it all`;
  return { ...repair, notes: [info(text), ...repair.notes] };
}

/** The earlier ids in a sentence: `users 10000, 1001 and groups 10000`. */
function idsOf({ rule: { users, groups } }: Wanted): string {
  const shown = (replaced: Replaced): string =>
    replaced === 'any'
      ? 'any'
      : replaced.flatMap(({ id }) => (id === CLOSING_ID ? [] : [id])).join(', ');
  return `the user ids ${shown(users) || 'none'} and the group ids ${shown(groups) || 'none'}`;
}

/** The base itself, as a walk over the rest leaves it. */
function repairTop(base: string, stat: Stat, wanted: Wanted, rest: Wanted | undefined): Repair {
  const byRoot = `root has made it, and ${wanted.name} has to write to it`;
  const left = rest === undefined ? stat : { ...stat, ...ownerBy(rest.rule, stat) };
  return repairEntry(base, { type: 'directory', stat: left }, { ...wanted, byRoot });
}

/**
 * Whether the ids that the home was given to last are written down, as far as they can be: root
 * alone keeps such a record, and a share without owners has one that is not root's.
 */
function isRemembered(
  { system, facts }: StepContext<unknown>,
  base: string,
  record: string | undefined,
): boolean {
  if (record === undefined || facts.uid !== 0) return true;
  return system.look(record).type === 'file' || system.mountOf(base)?.readOnly === true;
}

/**
 * The base where no record could be written: its owner alone tells the next boot which ids the
 * account has had, unless root made it.
 */
function topUnremembered(base: string, stat: Stat, wanted: Wanted): Repair {
  const owner = ownerBy(wanted.rule, stat);
  const repair = repairTop(base, stat, { ...wanted, owner }, undefined);
  if (sameOwner(owner, wanted.owner)) return repair;
  const text =
    `${base} keeps its owner, ${showOwner(owner)}, until the ids that ${wanted.name} has had are ` +
    'written down';
  return { ...repair, notes: [...repair.notes, warning(text)] };
}

async function repairBelow(
  context: StepContext<unknown>,
  base: string,
  below: string,
  wanted: Wanted,
  recursive: boolean,
): Promise<Repair> {
  const { system } = context;
  const path = join(base, below);
  const entry = unlessUnknown(() => lookBelow(system, base, below));
  // One that cannot be looked at costs no other one its repair; each boot looks at all of them.
  if (entry instanceof LookFailed) {
    return { ...NOTHING, unseen: [path], notes: [unknownNote(path, entry)] };
  }
  if (entry.type === 'missing') return NOTHING;
  if (!('stat' in entry) || entry.type === 'link') {
    const mend = `replace it by a ${recursive ? 'directory' : 'file'} if ${wanted.name} should own it`;
    return { ...NOTHING, notes: [leftAlone(path, entry, mend)] };
  }
  const mount = mountBetween(context, base, below);
  if (
    mount === path &&
    !recursive &&
    entry.type === 'directory' &&
    system.list(path).length === 0
  ) {
    return { ...NOTHING, notes: [leftAlone(path, entry)] };
  }
  if (mount !== undefined) return mountedElsewhere(context, mount, wanted);
  if (!recursive) return repairEntry(path, entry, wanted);
  const repair = await repairTree(context, path, wanted);
  if (!isForeign(wanted.rule, entry.stat)) return repair;
  return { ...repair, notes: [foreignTree(path, entry.stat, wanted), ...repair.notes] };
}

/** A listed tree of somebody else: the owner may have to write there, and cannot. */
function foreignTree(path: string, stat: Stat, { name, owner: to }: Wanted): Note {
  return acceptable(
    'foreign',
    path,
    `${path} belongs to ${showOwner(stat)}, neither root nor an earlier id of ${name}: left alone; ` +
      `chown it to ${showOwner(to)}, or start the container with these ids, if ${name} should have it`,
  );
}

/** The first mount point on the way from a base to a path below it. */
function mountBetween(
  { system }: StepContext<unknown>,
  base: string,
  below: string,
): string | undefined {
  let at = base;
  return componentsOf(below)
    .map((name) => (at = join(at, name)))
    .find((path) => system.isMount(path));
}

/** The last change: until it is made, the next boot walks again. */
function settling(path: string, name: string, record: HomeIds, to: Owner): Change {
  const why = `what ${name} owned under earlier ids has followed; no later boot has to walk for it`;
  return idsChange(path, name, record, { ...record, settled: to }, why);
}

function unlisted(names: readonly string[], lists: readonly string[]): number {
  const listed = new Set(lists.map((path) => componentsOf(path)[0]));
  return names.filter((name) => !listed.has(name)).length;
}
