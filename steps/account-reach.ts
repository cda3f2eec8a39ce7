/** account.reach: says whether an account can get to its home, write in it and read its files. */
import { type Cause, Problem } from '../src/errors/problem.ts';
import { account, path, relativePaths } from '../src/step/fields.ts';
import { closedMountKey } from '../src/step/mounted-files.ts';
import { existingDirectory, lookBelow, wayTo } from '../src/step/paths.ts';
import { defineStep, type StepContext } from '../src/step/step.ts';
import { reliesOn, reliesOnAccount } from '../src/step/touch.ts';
import type { Identity } from '../src/system/accounts.ts';
import { showMode, showOwner, type Stat } from '../src/system/entry.ts';
import { join } from '../src/system/path.ts';
import type { Asked, Right } from '../src/system/question.ts';
import { listed } from '../src/text/phrases.ts';

/** A right as the bits of the last octal digit of a mode. */
const BITS: Readonly<Record<Right, number>> = { enter: 0o1, 'write-in': 0o3, read: 0o4 };

export const accountReach = defineStep({
  uses: 'account.reach',
  summary: 'Report whether an account can enter its home, write in it and read its files.',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['account', 'home'],
    properties: {
      account: account('The account that the services run as.'),
      home: path('Its home. It is there by then.'),
      reads: relativePaths('Files below it that it has to be able to read where they are there.'),
    },
  },
  plan(context) {
    const { system, facts, with: options } = context;
    const { home } = options;
    existingDirectory(context, 'home', home);
    const identity = system.accounts().identity(options.account);
    const asked = questions(context);
    const answers = facts.assumed
      ? []
      : system.ask({ kind: 'permitsAs', account: identity, asked });
    const barred = asked.flatMap((one, at) => barrierOf(context, identity, one, answers[at]));
    const who = `${options.account} (${showOwner(identity)})`;
    const [first] = barred;
    if (first === undefined) {
      return { converged: `${who} can use ${home}` };
    }
    // Behind a directory that is closed everything is closed.
    const told = first.right === 'read' ? barred : [first];
    const cannot = told.map(({ path: at, because }) => `${at} (${because})`);
    const onTheWay = first.right === 'enter' ? `, on the way to ${home}` : '';
    const what = `cannot ${VERBS[first.right]} ${listed(cannot)}${onTheWay}`;
    throw new Problem({
      code: 'not-permitted',
      found: `${who} ${what}`,
      cause: causeOf(context, identity, first, what),
    });
  },
  touches: ({ account: name, home, reads = [] }) => [
    ...reliesOn([home, ...reads.map((below) => join(home, below))], 'existence', 'mode', 'owner'),
    reliesOnAccount(name),
  ],
});

const VERBS: Readonly<Record<Right, string>> = {
  enter: 'enter',
  'write-in': 'write in',
  read: 'read',
};

interface Reach {
  readonly account: string;
  readonly home: string;
  readonly reads?: readonly string[] | undefined;
}

/** Something that bars the way of an account. */
interface Barrier extends Asked {
  /** Its mode and owner, or how it is mounted. */
  readonly because: string;
  readonly kind: 'read-only' | 'mode' | 'other';
  /** Of the cause that other steps tell of the same, where there is one. */
  readonly key?: string;
}

/** What the account needs, in the order in which it comes to it. */
function questions({ system, with: { home, reads = [] } }: StepContext<Reach>): Asked[] {
  const way = wayTo(system, home);
  const at = way.at(-1) ?? home;
  const files = reads.filter((below) => lookBelow(system, at, below).type === 'file');
  return [
    ...way.slice(0, -1).map((path): Asked => ({ path, right: 'enter' })),
    { path: at, right: 'write-in' },
    ...files.map((below): Asked => ({ path: join(at, below), right: 'read' })),
  ];
}

/** None or one. @param answer of the kernel; where it has none the mode tells */
function barrierOf(
  { system }: StepContext<Reach>,
  identity: Identity,
  { path: at, right }: Asked,
  answer: boolean | undefined,
): Barrier[] {
  const entry = system.look(at);
  const mount = system.mountOf(at);
  if (right === 'write-in' && mount?.readOnly === true) {
    const because = `${mount.point} is read-only`;
    return [{ path: at, right, because, kind: 'read-only', key: `read-only:${mount.point}` }];
  }
  if (!('stat' in entry)) return [];
  const allowed = isGranted(entry.stat, identity, BITS[right]);
  const isPermitted = answer ?? allowed;
  if (isPermitted) return [];
  const rights = `${showMode(entry.stat.mode)} ${showOwner(entry.stat)}`;
  // The steps that keep a mounted file have told of it before, with what to do about it.
  const told = right === 'read' && system.isMount(at) ? { key: closedMountKey(at) } : {};
  if (!allowed) return [{ path: at, right, because: rights, kind: 'mode', ...told }];
  const because = `${rights}, which allows it: an access list or what it lies on does not`;
  return [{ path: at, right, because, kind: 'other' }];
}

/** Whether a mode gives an account rights, as in path_resolution(7). */
function isGranted({ uid, gid, mode }: Stat, who: Identity, bits: number): boolean {
  if (who.uid === 0) return true;
  const isMember = who.gid === gid || who.groups.includes(gid);
  const shift = who.uid === uid ? 6 : isMember ? 3 : 0;
  return ((mode >> shift) & bits) === bits;
}

function causeOf(
  context: StepContext<Reach>,
  identity: Identity,
  barrier: Barrier,
  found: string,
): Cause {
  const { account: name, home } = context.with;
  return {
    key: barrier.key ?? `reach:${name}:${barrier.path}`,
    denies: `${name} cannot use its home`,
    found: `it ${found}`,
    effect:
      barrier.right === 'read'
        ? 'The agent starts without what stands in there, such as its keys and its settings.'
        : `Every service that runs as ${name} fails as soon as it needs ${home}.`,
    mend: [...adviceOf(context, identity, barrier)],
  };
}

function adviceOf(
  context: StepContext<Reach>,
  identity: Identity,
  { path: at, right, kind }: Barrier,
): string[] {
  if (kind === 'read-only') return ['mount it writable'];
  const lists = [
    `look for an access list, or what it is mounted with: getfacl ${at}`,
    '  FUSE:        the option allow_other',
  ];
  if (right === 'enter') {
    const home = context.variable('home') ?? 'the home of the plan';
    return [
      `set ${home} to a directory that it can get to, such as /opt/data, and mount the volume there`,
      `the boot leaves the mode of ${at} as it is, since it lies outside of the home`,
      ...(kind === 'other' ? lists : []),
    ];
  }
  if (kind === 'other') return lists;
  return [
    `give ${at} to the account where it comes from: chown ${showOwner(identity)}`,
    `  Kubernetes:  securityContext: { fsGroup: ${identity.gid} }`,
  ];
}
