/**
 * supervise-perms: an account controls the services of a directory with s6-svc, s6-svstat and
 * s6-svwait.
 */
import type { Change } from '../src/changes/change.ts';
import { owner, path } from '../src/step/fields.ts';
import { ownerOf } from '../src/step/owner.ts';
import { leftAlone } from '../src/step/notes.ts';
import { canonical, existingDirectory } from '../src/step/paths.ts';
import { rightsChanges } from '../src/step/rights.ts';
import { changesOr, defineStep, type Note } from '../src/step/step.ts';
import { mayChange, reliesOnOwner, withTrees } from '../src/step/touch.ts';
import { showOwner, type Owner } from '../src/system/entry.ts';
import { join } from '../src/system/path.ts';
import type { ReadSystem } from '../src/system/system.ts';

/**
 * What s6-supervise makes for its own user alone, and the rights with which another one can control
 * the service; see servicedir in the documentation of s6. The directory comes after what it holds,
 * so that an interrupted repair is seen again. Its regular files are not in the list: the
 * supervisor writes them anew at each turn of the service, and to be readable is all they need.
 */
const SHARED = [
  { name: 'supervise/control', type: 'fifo', mode: 0o660 },
  { name: 'supervise/event', type: 'directory', mode: 0o3730 },
  { name: 'supervise', type: 'directory', mode: 0o710 },
  { name: 'event', type: 'directory', mode: 0o3730 },
] as const;

export const supervisePerms = defineStep({
  uses: 'supervise-perms',
  summary: 'Let an account control the services of a directory: s6-svc, s6-svstat, s6-svwait.',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['root', 'owner'],
    properties: {
      root: path('The directory that holds the service directories.'),
      owner: owner('Who controls them.'),
      except: {
        type: 'array',
        items: { type: 'string', minLength: 1, description: 'The start of a name.' },
        uniqueItems: true,
        description: 'Services whose names start with one of these stay as they are.',
      },
    },
  },
  plan(context) {
    const { system, with: options } = context;
    if (system.look(options.root).type === 'missing') {
      return { skipped: `${options.root} is missing: no static services here` };
    }
    existingDirectory(context, 'root', options.root);
    const wanted = ownerOf(context, options.owner);
    const root = canonical(system, options.root);
    const except = options.except ?? [];
    const changes: Change[] = [];
    const notes: Note[] = [];
    for (const name of system.list(root)) {
      if (except.some((start) => name.startsWith(start))) continue;
      const service = join(root, name);
      const entry = system.look(service);
      if (entry.type === 'link') notes.push(leftAlone(service, entry));
      if (entry.type === 'directory') share(system, service, wanted, { changes, notes });
    }
    const converged = `${showOwner(wanted)} controls the services in ${root} already`;
    return changesOr(changes, converged, notes);
  },
  touches: (options) => [
    ...withTrees(mayChange(options.root, 'owner', 'mode')),
    ...reliesOnOwner(options.owner),
  ],
});

function share(
  system: ReadSystem,
  service: string,
  to: Owner,
  found: { readonly changes: Change[]; readonly notes: Note[] },
): void {
  const why = {
    mode: 's6-supervise has made it for root alone',
    owner: 's6-supervise has made it for root alone',
  };
  for (const { name, type, mode } of SHARED) {
    const at = join(service, name);
    const entry = system.look(at);
    if (entry.type === 'missing') continue;
    if (entry.type === type && 'stat' in entry) {
      found.changes.push(...rightsChanges(at, entry, { owner: to, mode }, why));
    } else {
      found.notes.push(leftAlone(at, entry));
    }
  }
}
