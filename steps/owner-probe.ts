import { absolutePaths, owner, path } from '../src/step/fields.ts';
import { ownerOf, ownerTouches } from '../src/step/owner.ts';
import { leftAlone } from '../src/step/phrases.ts';
import { canonical } from '../src/step/place.ts';
import { refuseSystemDirectory, repairTree, type Repair, type Wanted } from '../src/step/repair.ts';
import { defineStep, type StepContext } from '../src/step/step.ts';
import { sameOwner, showOwner } from '../src/system/entry.ts';
import { isWithin } from '../src/system/path.ts';

/** The owner of trees that change owner together. */
export const ownerProbe = defineStep({
  uses: 'owner.probe',
  summary: 'Give trees to an owner when one look at the first of them tells that they are not his.',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['probe', 'trees', 'owner'],
    properties: {
      probe: path('The path whose owner decides, within one of the trees. It is owned last.'),
      trees: absolutePaths('The trees. Those that are missing are passed over.'),
      owner: owner('Who owns them: user and group are compared, both.'),
    },
  },
  async plan(context) {
    const { system, with: options } = context;
    const [name = ''] = options.owner.split(':');
    const wanted: Wanted = {
      owner: ownerOf(context, options.owner),
      name,
      byRoot: `it belongs to root, and ${name} has to write to it`,
    };
    const probe = system.look(options.probe);
    if (probe.type === 'missing') return { skipped: `${options.probe} is missing` };
    if (!('stat' in probe) || probe.type === 'link') {
      const notes = [leftAlone(options.probe, probe)];
      return { changes: [], otherwise: `${options.probe} tells nothing`, notes };
    }
    if (sameOwner(probe.stat, wanted.owner)) {
      const otherwise = `${options.probe} belongs to ${showOwner(wanted.owner)}`;
      return { changes: [], otherwise };
    }
    const repairs: Repair[] = [];
    for (const tree of probedLast(options.trees, options.probe)) {
      repairs.push(await repair(context, tree, wanted));
    }
    return {
      changes: repairs.flatMap(({ changes }) => changes),
      otherwise: `nothing in ${options.trees.join(', ')} can be given to ${name}`,
      notes: repairs.flatMap(({ notes }) => notes),
    };
  },
  touches: (options) => [
    { kind: 'path', path: options.probe, aspect: 'owner', reads: true },
    ...options.trees.map(
      (tree) => ({ kind: 'path', path: tree, aspect: 'owner', tree: true }) as const,
    ),
    ...ownerTouches(options.owner),
  ],
});

async function repair(
  context: StepContext<unknown>,
  tree: string,
  wanted: Wanted,
): Promise<Repair> {
  const entry = context.system.look(tree);
  if (entry.type === 'missing') return { changes: [], notes: [] };
  if (!('stat' in entry) || entry.type === 'link') {
    return { changes: [], notes: [leftAlone(tree, entry)] };
  }
  const path = canonical(context.system, tree);
  refuseSystemDirectory(path, context.variable('trees'));
  return repairTree(context, path, wanted);
}

/** The tree with the probe comes last: until then an interrupted repair is seen again. */
function probedLast(trees: readonly string[], probe: string): string[] {
  const holds = (tree: string): boolean => isWithin(probe, tree);
  return [...trees.filter((tree) => !holds(tree)), ...trees.filter(holds)];
}
