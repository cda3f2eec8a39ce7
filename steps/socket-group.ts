import type { RecordChange } from '../src/changes/change.ts';
import { hasShadowGroups, requireDatabase, shadowMembers } from '../src/step/account-files.ts';
import { absolutePaths, account } from '../src/step/fields.ts';
import { leftAlone, warning, whatIs } from '../src/step/phrases.ts';
import { defineStep, type Note } from '../src/step/step.ts';
import type { ReadSystem } from '../src/system/system.ts';

const DEFAULT_GROUP = 'hostdocker';

/** The group of a socket that the host shares. */
export const socketGroup = defineStep({
  uses: 'socket-group',
  summary: 'Make an account a member of the group that owns a shared socket, such as docker.sock.',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['account', 'sockets'],
    properties: {
      account: account('The account that is to use the socket.'),
      sockets: absolutePaths('Where the socket may be; the first that is one decides.'),
      group: {
        ...account("The group to make, or to move, when no group has the socket's id."),
        default: DEFAULT_GROUP,
      },
      'allow-root-group': {
        type: 'boolean',
        default: false,
        description: 'Whether a socket of gid 0 makes the account a member of the root group.',
      },
    },
  },
  plan({ system, with: options }) {
    const { path, gid, notes } = findSocket(system, options.sockets);
    if (path === undefined || gid === undefined) {
      return { changes: [], otherwise: `no socket at ${options.sockets.join(' or ')}`, notes };
    }
    const accounts = system.accounts();
    if (accounts.identity(options.account).groups.includes(gid)) {
      const otherwise = `${options.account} is in the group of ${path} (${gid}) already`;
      return { changes: [], otherwise, notes };
    }
    if (gid === 0 && options['allow-root-group'] !== true) {
      const text =
        `${path} belongs to gid 0: ${options.account} does not join the root group, which could ` +
        'read and write much more than the socket; chgrp the socket on the host, or set ' +
        'allow-root-group in the plan';
      return { changes: [], otherwise: `${path} is of gid 0`, notes: [...notes, warning(text)] };
    }
    requireDatabase(system, '/etc/group');
    const name = accounts.groupWithId(gid)?.name ?? options.group ?? DEFAULT_GROUP;
    const why =
      `${path} belongs to gid ${gid}, and a service that drops to ${options.account} keeps only ` +
      'the groups of /etc/group (#16703)';
    const membership: Membership = { group: name, gid, member: options.account, why };
    // /etc/group comes last: until it is right, the next boot does what is left.
    const changes = [...shadowChanges(system, membership), ...groupChanges(system, membership)];
    return { changes, otherwise: '', notes };
  },
  touches: (options) => [{ kind: 'account', name: options.account, access: 'changes' }],
});

interface Membership {
  readonly group: string;
  readonly gid: number;
  readonly member: string;
  readonly why: string;
}

function findSocket(
  system: ReadSystem,
  paths: readonly string[],
): { path?: string; gid?: number; notes: Note[] } {
  const notes: Note[] = [];
  for (const path of paths) {
    const entry = system.look(path);
    if (entry.type === 'socket') return { path, gid: entry.stat.gid, notes };
    if (entry.type === 'link' || entry.type === 'behind-link') {
      notes.push(leftAlone(path, entry, 'name the socket itself in the plan'));
    } else if (entry.type !== 'missing') {
      // Docker makes a directory where a socket to be mounted is not there on the host.
      notes.push(warning(`${path} is ${whatIs(entry)} and no socket`));
    }
  }
  return { notes };
}

function shadowChanges(system: ReadSystem, membership: Membership): RecordChange[] {
  if (!hasShadowGroups(system)) return [];
  const { group, member, why } = membership;
  const isNew = !system.accounts().groups.some(({ name }) => name === group);
  const members = shadowMembers(system, group);
  if (members === undefined && !isNew) return [];
  const record = { kind: 'group', path: '/etc/gshadow', why } as const;
  if (members === undefined) {
    const edit = { edit: 'shadow-group-create', name: group, member } as const;
    return [{ ...record, edit, from: null, to: `no password, ${shown([member])}` }];
  }
  if (members.includes(member)) return [];
  const edit = { edit: 'shadow-group-member', name: group, member } as const;
  return [{ ...record, edit, ...joining(members, member) }];
}

function groupChanges(system: ReadSystem, membership: Membership): RecordChange[] {
  const { group: name, gid, member, why } = membership;
  const existing = system.accounts().groups.find((group) => group.name === name);
  const record = { kind: 'group', path: '/etc/group', why } as const;
  if (existing === undefined) {
    const edit = { edit: 'group-create', name, gid, member } as const;
    return [{ ...record, edit, from: null, to: `${gid}, ${shown([member])}` }];
  }
  const changes: RecordChange[] = [];
  if (existing.gid !== gid) {
    const edit = { edit: 'group-id', name, gid } as const;
    changes.push({ ...record, edit, from: String(existing.gid), to: String(gid) });
  }
  if (!existing.members.includes(member)) {
    const edit = { edit: 'group-member', name, member } as const;
    changes.push({ ...record, edit, ...joining(existing.members, member) });
  }
  return changes;
}

function joining(members: readonly string[], member: string): { from: string; to: string } {
  return { from: shown(members), to: shown([...members, member]) };
}

function shown(members: readonly string[]): string {
  return members.length === 0 ? 'no members' : `members ${members.join(',')}`;
}
