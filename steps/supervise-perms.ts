/** supervise-perms: an account controls the services of a directory with s6-svc and s6-svstat. */
import type { Change } from '../src/changes/change.ts';
import { superviseRights, type SlotAccess } from '../src/gateway/slot-layout.ts';
import { accessFor } from '../src/gateway/slot.ts';
import { hasOwner } from '../src/step/facts.ts';
import { owner, path, slotAccess } from '../src/step/fields.ts';
import { ownerOf } from '../src/step/owner.ts';
import { leftAlone } from '../src/step/notes.ts';
import { canonical, existingDirectory } from '../src/step/paths.ts';
import { rightsChanges } from '../src/step/rights.ts';
import { changesOr, defineStep, type Note } from '../src/step/step.ts';
import { mayChange, reliesOnOwner, withTrees } from '../src/step/touch.ts';
import { showOwner } from '../src/system/entry.ts';
import { join } from '../src/system/path.ts';
import type { ReadSystem } from '../src/system/system.ts';

export const supervisePerms = defineStep({
  uses: 'supervise-perms',
  summary: 'Let an account control the services of a directory: s6-svc and s6-svstat.',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['root', 'owner'],
    properties: {
      root: path('The directory that holds the service directories.'),
      owner: owner('Who controls them.'),
      access: slotAccess(
        'Whether the account gets what takes to control a service and no more (closed), or what ' +
          'its supervisor writes to, too (open): then it can wait with s6-svwait, and also make ' +
          'root write through links.',
      ),
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
    const account = ownerOf(context, options.owner);
    const { uid, ids } = context.facts;
    if (uid === 0 ? !hasOwner(ids, account) : uid !== account.uid) {
      return { converged: `the services in ${options.root} run as uid ${uid}, like all else here` };
    }
    const access = accessFor(context.facts.uid === 0, options.access ?? 'closed', account);
    const root = canonical(system, options.root);
    const except = options.except ?? [];
    const changes: Change[] = [];
    const notes: Note[] = [];
    for (const name of system.list(root)) {
      if (except.some((start) => name.startsWith(start))) continue;
      const service = join(root, name);
      const entry = system.look(service);
      if (entry.type === 'link') notes.push(leftAlone(service, entry));
      if (entry.type === 'directory') share(system, service, access, { changes, notes });
    }
    const converged = `${showOwner(account)} controls the services in ${root} already`;
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
  access: SlotAccess,
  found: { readonly changes: Change[]; readonly notes: Note[] },
): void {
  const why = {
    mode: 's6-supervise has made it for root alone',
    owner: 's6-supervise has made it for root alone',
  };
  // The directory comes after what it holds, so that an interrupted repair is seen again.
  for (const { name, type, mode, owner } of superviseRights(access).toReversed()) {
    const at = join(service, name);
    const entry = system.look(at);
    if (entry.type === 'missing') continue;
    if (entry.type === type && 'stat' in entry) {
      found.changes.push(...rightsChanges(at, entry, { owner, mode }, why));
    } else {
      found.notes.push(leftAlone(at, entry));
    }
  }
}
