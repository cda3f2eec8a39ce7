import { owner, path, relativePaths } from '../src/step/fields.ts';
import { ownerOf, ownerTouches } from '../src/step/owner.ts';
import { counted, info, leftAlone } from '../src/step/phrases.ts';
import { canonical, existingDirectory, lookBelow } from '../src/step/place.ts';
import {
  isCovered,
  mountedElsewhere,
  outermost,
  refuseSystemDirectory,
  repairEntry,
  repairTree,
  type Repair,
  type Wanted,
} from '../src/step/repair.ts';
import { defineStep, type StepContext } from '../src/step/step.ts';
import { showOwner } from '../src/system/entry.ts';
import { LOCK_FILE } from '../src/system/home-lock.ts';
import { componentsOf, join } from '../src/system/path.ts';

/** The owner of listed paths. */
export const ownerPaths = defineStep({
  uses: 'owner.paths',
  summary: 'Keep user and group of listed paths below a base; nothing else is touched.',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['base', 'owner'],
    properties: {
      base: path('The directory below which the paths lie. It is there by then.'),
      owner: owner('Who owns them: user and group are compared, both.'),
      trees: relativePaths('Paths that are given to the owner with everything below them.'),
      files: relativePaths('Paths that are given to the owner by themselves.'),
      top: {
        type: 'boolean',
        default: true,
        description: 'Whether the base itself, but not what lies below it, is given to the owner.',
      },
    },
  },
  async plan(context) {
    const { system, with: options } = context;
    const stat = existingDirectory(context, 'base', options.base);
    const base = canonical(system, options.base);
    refuseSystemDirectory(base, context.variable('base'));
    const [name = ''] = options.owner.split(':');
    const wanted: Wanted = {
      owner: ownerOf(context, options.owner),
      name,
      byRoot: 'written by root, most likely through docker exec (#35098)',
    };
    const { trees = [], files = [], top = true } = options;
    const roots = outermost(trees);
    const repairs: Repair[] = [];
    for (const tree of roots) repairs.push(await repairBelow(context, base, tree, wanted, true));
    for (const file of files) {
      if (isCovered(file, roots)) continue;
      repairs.push(await repairBelow(context, base, file, wanted, false));
    }
    // Last, so that a repair that was interrupted is seen again by its owner alone.
    if (top) {
      const byRoot = `root has made it, and ${name} has to write to it`;
      repairs.push(repairEntry(base, { type: 'directory', stat }, { ...wanted, byRoot }));
    }
    const notes = repairs.flatMap((repair) => repair.notes);
    const others = unlisted(system.list(base), [...trees, ...files, LOCK_FILE]);
    if (others > 0) {
      const verb = others === 1 ? 'is' : 'are';
      notes.push(
        info(`${counted(others, 'name')} in ${base} ${verb} on no list here and left as found`),
      );
    }
    return {
      changes: repairs.flatMap((repair) => repair.changes),
      otherwise: `what is listed below ${base} belongs to ${showOwner(wanted.owner)}`,
      notes,
    };
  },
  touches: (options) => [
    ...(options.top === false
      ? []
      : [{ kind: 'path', path: options.base, aspect: 'owner' } as const]),
    ...(options.trees ?? []).map(
      (tree) =>
        ({ kind: 'path', path: join(options.base, tree), aspect: 'owner', tree: true }) as const,
    ),
    ...(options.files ?? []).map(
      (file) => ({ kind: 'path', path: join(options.base, file), aspect: 'owner' }) as const,
    ),
    ...ownerTouches(options.owner),
  ],
});

async function repairBelow(
  context: StepContext<unknown>,
  base: string,
  below: string,
  wanted: Wanted,
  recursive: boolean,
): Promise<Repair> {
  const { system } = context;
  const path = join(base, below);
  const entry = lookBelow(system, base, below);
  if (entry.type === 'missing') return { changes: [], notes: [] };
  if (!('stat' in entry) || entry.type === 'link') {
    const mend =
      entry.type === 'unreadable'
        ? undefined
        : `replace it by a ${recursive ? 'directory' : 'file'} if ${wanted.name} should own it`;
    return { changes: [], notes: [leftAlone(path, entry, mend)] };
  }
  const mount = mountBetween(context, base, below);
  if (mount !== undefined) return mountedElsewhere(context, mount, wanted);
  return recursive ? repairTree(context, path, wanted) : repairEntry(path, entry, wanted);
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

function unlisted(names: readonly string[], lists: readonly string[]): number {
  const listed = new Set(lists.map((path) => componentsOf(path)[0]));
  return names.filter((name) => !listed.has(name)).length;
}
