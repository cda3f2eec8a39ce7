/** account.access: an account may use sockets and devices of the host, such as docker.sock. */
import { membershipChanges } from '../src/step/account-records.ts';
import { hasId } from '../src/step/facts.ts';
import { absolutePaths, account, choice } from '../src/step/fields.ts';
import { leftAlone, warning, whatIs } from '../src/step/notes.ts';
import { rightsChanges } from '../src/step/rights.ts';
import type { OptionsOf } from '../src/step/schema.ts';
import {
  changesOr,
  defineStep,
  type Note,
  type Outcome,
  type StepContext,
} from '../src/step/step.ts';
import {
  mayChange,
  mayChangeAccount,
  reliesOn,
  reliesOnAccount,
  withTrees,
} from '../src/step/touch.ts';
import { isLinked, type Present } from '../src/system/entry.ts';
import { join } from '../src/system/path.ts';
import type { ReadSystem } from '../src/system/system.ts';
import { listed } from '../src/text/phrases.ts';

const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['account'],
  anyOf: [choice('paths'), choice('directories')],
  properties: {
    account: account('The account that is to use it.'),
    paths: absolutePaths('Where the socket or device may be; the first that is one decides.'),
    directories: absolutePaths('Directories in which every socket and device is meant: /dev/dri.'),
    by: {
      type: 'string',
      enum: ['joining', 'giving'],
      default: 'joining',
      description:
        'joining: the account becomes a member of the group that owns it. giving: its group ' +
        'becomes that of the account, and may write to it.',
    },
    group: account('The group to make, or to move, when no group has the id that it takes.'),
    'allow-root-group': {
      type: 'boolean',
      default: false,
      description: 'Whether what belongs to gid 0 makes the account a member of the root group.',
    },
  },
} as const;

type Options = OptionsOf<typeof schema>;

/** The sockets and devices that the host shares with an account. */
export const accountAccess = defineStep({
  uses: 'account.access',
  summary: 'Let an account use a socket or device of the host: docker.sock, /dev/dri.',
  schema,
  plan(context) {
    const { system, with: options } = context;
    const { nodes, notes, absent } = findNodes(system, options);
    if (nodes.length === 0) return { converged: absent, notes };
    return options.by === 'giving'
      ? give(context, nodes, notes)
      : joinGroups(context, nodes, notes);
  },
  // What is given away changes; what belongs to a group that the account joins stays as it is.
  touches: ({ account: name, paths, directories, by }) => {
    const touch = by === 'giving' ? mayChange : reliesOn;
    return [
      by === 'giving' ? reliesOnAccount(name) : mayChangeAccount(name),
      ...touch(paths, 'owner', 'mode'),
      ...withTrees(touch(directories, 'owner', 'mode')),
    ];
  },
});

/** The account joins the groups of what it is to use. */
function joinGroups(
  { system, facts, with: options }: StepContext<Options>,
  nodes: readonly AccessNode[],
  found: readonly Note[],
): Outcome {
  const member = options.account;
  const own = system.accounts().identity(member).groups;
  const apart = nodes.filter(({ entry }) => !own.includes(entry.stat.gid));
  const foreign = apart.filter(({ entry }) => !hasId(facts.ids.groups, entry.stat.gid));
  const closed = firstOfEachGroup(apart.filter((node) => !foreign.includes(node)));
  const refused = closed.filter(
    ({ entry }) => entry.stat.gid === 0 && options['allow-root-group'] !== true,
  );
  const changes = closed
    .filter((node) => !refused.includes(node))
    .flatMap(({ path, entry: { stat } }) => {
      const why =
        `${path} belongs to gid ${stat.gid}, and a service that drops to ${member} keeps only ` +
        'the groups of /etc/group (#16703)';
      const newName = newGroup(options, stat.gid);
      return membershipChanges(system, { gid: stat.gid, newName, member, why });
    });
  const notes = foreign.map(({ path }) =>
    warning(
      `${path} belongs to a group that does not exist in this user namespace: no account of it ` +
        'can join that; chgrp it on the host, or have the container engine map the group',
    ),
  );
  const ofRoot = refused.map(({ path }) =>
    warning(
      `${path} belongs to gid 0: ${member} does not join the root group, which could read ` +
        'and write much more; chgrp it on the host, or set allow-root-group in the plan',
    ),
  );
  const shown = (some: readonly AccessNode[]) =>
    listed(some.map(({ path, entry }) => `${path} (${entry.stat.gid})`));
  const converged =
    refused.length + foreign.length > 0
      ? `${shown([...foreign, ...refused])} is left as it is`
      : `${member} is in the group of ${shown(nodes)} already`;
  return changesOr(changes, converged, [...found, ...notes, ...ofRoot]);
}

function firstOfEachGroup(nodes: readonly AccessNode[]): AccessNode[] {
  return nodes.filter(
    ({ entry }, index) =>
      nodes.findIndex((other) => other.entry.stat.gid === entry.stat.gid) === index,
  );
}

/** A name of its own for each where there can be several groups: one name cannot serve two ids. */
function newGroup({ group = 'host', directories }: Options, gid: number): string {
  return directories === undefined ? group : `${group}-${gid}`;
}

/** What the account is to use goes to its group. */
function give(
  { system, with: options }: StepContext<Options>,
  nodes: readonly AccessNode[],
  notes: readonly Note[],
): Outcome {
  const { gid } = system.accounts().user(options.account);
  const changes = nodes.flatMap(({ path, entry }) => {
    const { uid, mode } = entry.stat;
    const wanted = { owner: { uid, gid }, mode: mode | 0o020 };
    return rightsChanges(path, entry, wanted, {
      owner: `${options.account} is to use it`,
      mode: `the group of ${options.account} is to write to it`,
    });
  });
  const names = nodes.map(({ path }) => path).join(', ');
  return changesOr(changes, `the group of ${options.account} can use ${names} already`, notes);
}

/** A socket or device that an account is to use. */
export interface AccessNode {
  readonly path: string;
  readonly entry: Present;
}

interface Where {
  readonly paths?: readonly string[];
  readonly directories?: readonly string[];
}

interface Found {
  readonly nodes: readonly AccessNode[];
  readonly notes: readonly Note[];
  /** Why there are none. */
  readonly absent: string;
}

/** The first of the paths that is a socket or device, and all of them in the directories. */
export function findNodes(system: ReadSystem, { paths = [], directories = [] }: Where): Found {
  const notes: Note[] = [];
  const nodes: AccessNode[] = [];
  for (const path of paths) {
    const node = nodeAt(system, path);
    if (node !== undefined) {
      nodes.push(node);
      break;
    }
    const note = oddOne(system, path);
    if (note !== undefined) notes.push(note);
  }
  for (const directory of directories) {
    const entry = system.look(directory);
    if (entry.type !== 'directory' && entry.type !== 'missing') {
      notes.push(leftAlone(directory, entry));
      continue;
    }
    for (const name of system.list(directory)) {
      const node = nodeAt(system, join(directory, name));
      if (node !== undefined) nodes.push(node);
    }
  }
  const places = [...paths, ...directories.map((directory) => `${directory}/*`)];
  return { nodes, notes, absent: `no socket or device at ${places.join(' or ')}` };
}

function nodeAt(system: ReadSystem, path: string): AccessNode | undefined {
  const entry = system.look(path);
  if (entry.type !== 'socket' && entry.type !== 'device') return undefined;
  return { path, entry };
}

function oddOne(system: ReadSystem, path: string): Note | undefined {
  const entry = system.look(path);
  if (entry.type === 'missing') return undefined;
  if (isLinked(entry)) {
    return leftAlone(path, entry, 'name the socket itself in the plan');
  }
  // Docker makes a directory where a socket to be mounted is not there on the host.
  return warning(`${path} is ${whatIs(entry)} and no socket or device`);
}
