/** directory: a directory is there, with its parents, its owner and its mode. */
import { Problem } from '../src/errors/problem.ts';
import { mode, owner, path } from '../src/step/fields.ts';
import { ownerOf } from '../src/step/owner.ts';
import { canonical, notADirectory, parentChanges } from '../src/step/paths.ts';
import { refuseSystemDirectory } from '../src/step/repair.ts';
import { rightsChanges } from '../src/step/rights.ts';
import { changesOr, defineStep, type StepContext } from '../src/step/step.ts';
import { mayChange, reliesOnOwner } from '../src/step/touch.ts';
import { parseMode, showMode, showOwner } from '../src/system/entry.ts';
import { isWithin } from '../src/system/path.ts';

export const directory = defineStep({
  uses: 'directory',
  summary: 'Keep a directory in place, with its owner and mode.',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['path'],
    properties: {
      path: path('The directory. Missing parents are made for root, with mode 0755.'),
      owner: owner('Who owns it. Without this and `as`, an existing one keeps its owner.'),
      mode: mode('Its mode. Without this a new one gets 0755 and an existing one keeps its own.'),
      dedicated: {
        type: 'boolean',
        default: false,
        description:
          'Whether a directory of the system, such as /etc, is refused, also where it is missing.',
      },
      'apart-from': {
        type: 'array',
        items: path('A path.'),
        description:
          'Paths that it must neither be, lie in nor hold, such as the install tree of the image.',
      },
    },
  },
  plan(context) {
    const { system, with: options } = context;
    const entry = system.look(options.path);
    // Before the first change, also where it is still to be made.
    if (entry.type === 'directory' || entry.type === 'missing') {
      const at = canonical(system, options.path);
      if (options.dedicated === true) refuseSystemDirectory(at, context.variable('path'));
      for (const other of options['apart-from'] ?? []) refuseOverlap(context, at, other);
    }
    const givesOwner = options.owner !== undefined || context.as !== undefined;
    const wanted = {
      owner: givesOwner ? ownerOf(context, options.owner) : undefined,
      mode: options.mode === undefined ? undefined : parseMode(options.mode),
    };
    if (entry.type === 'missing') {
      const at = canonical(system, options.path);
      return {
        changes: [
          ...parentChanges(context, at),
          {
            kind: 'directory',
            path: at,
            mode: wanted.mode ?? 0o755,
            owner: wanted.owner ?? ownerOf(context),
            why: 'it is missing',
          },
        ],
      };
    }
    if (entry.type !== 'directory') throw notADirectory(context, 'path', options.path, entry);
    const changes = rightsChanges(options.path, entry, wanted, {
      mode: `the plan wants ${showMode(wanted.mode ?? entry.stat.mode)}`,
      owner: `it should belong to ${options.owner ?? context.as ?? ''}`,
    });
    const { mode: present } = entry.stat;
    const converged = `${options.path} is there, ${showMode(present)} ${showOwner(entry.stat)}`;
    return changesOr(changes, converged);
  },
  touches: (options) => [
    ...mayChange(options.path, 'existence', 'mode', 'owner'),
    ...reliesOnOwner(options.owner),
  ],
});

/** @throws Problem when a directory, with a canonical path, and another one have anything in common */
function refuseOverlap(context: StepContext<unknown>, at: string, other: string): void {
  const resolution = context.system.resolve(other);
  const apart = resolution.kind === 'path' ? resolution.path : other;
  if (!isWithin(at, apart) && !isWithin(apart, at)) return;
  const how = isWithin(at, apart) ? 'lies in' : 'holds';
  const variable = context.variable('path');
  throw new Problem({
    found:
      at === apart
        ? `${at} belongs to the image`
        : `${at} ${how} ${apart}, which belongs to the image`,
    wanted: 'a directory of its own, such as /opt/data',
    mend:
      variable === undefined ? 'name another one in the plan' : `set ${variable} to another one`,
  });
}
