/** Tells before anything is tried whether a step's changes can be made here and by this process. */
import type { Change } from '../../changes/change.ts';
import { makeChange, needsOf } from '../../changes/kinds.ts';
import type { Need } from '../../changes/need.ts';
import { Problem, type Cause } from '../../errors/problem.ts';
import { isMember, mayUse, WRITE, WRITE_IN } from '../../step/rights.ts';
import { type Facts, hasEveryId, hasId, hasOwner } from '../../step/facts.ts';
import { showOwner, type Owner } from '../../system/entry.ts';
import { isServed } from '../../system/mounts.ts';
import { parentOf } from '../../system/path.ts';
import { SimulatedSystem } from '../../system/simulated.ts';
import type { ReadSystem } from '../../system/system.ts';
import type { World } from '../../system/world.ts';
import type { TimeLimit } from '../time-limit.ts';
import * as causes from './causes.ts';
import type { Capability } from './causes.ts';

/** The capabilities with which no change that this project makes is refused by the kernel. */
const FULL = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETUID', 'SETGID', 'SYS_CHROOT'];

/** Where changes are to be made, and by whom. */
interface Ground {
  readonly system: ReadSystem & Pick<World, 'tree' | 'policy'>;
  readonly facts: Facts;
}

/**
 * Finds out before anything is tried whether all changes of a step can be made here, and by this
 * process; each judged in the world that those before it leave.
 */
export async function preflight(
  changes: readonly Change[],
  { system, facts }: Ground,
  limit: TimeLimit,
): Promise<Problem | undefined> {
  for (const change of changes) {
    const problem = frozen(change, system);
    if (problem !== undefined) return problem;
  }
  if (changes.length === 0) return undefined;
  if (mayDoEverything(facts) && !changes.some((change) => isRemote(change, system))) {
    return undefined;
  }
  const world = new SimulatedSystem(system);
  for (const change of changes) {
    const problem = forbidden(change, world, facts);
    if (problem !== undefined) return problem;
    await makeChange(change, world, limit);
  }
  return undefined;
}

function isRemote({ path }: Change, system: ReadSystem): boolean {
  const mount = system.mountOf(path);
  return mount !== undefined && isServed(mount);
}

/**
 * Whether this process may make every kind of change on a file system of this machine, so that none
 * needs to be checked.
 */
function mayDoEverything(facts: Facts): boolean {
  return FULL.every((capability) => facts.capabilities.has(capability)) && hasEveryId(facts.ids);
}

/** Why nobody can make a change: of how that is mounted on which it is to happen. */
export function frozen(change: Change, system: ReadSystem): Problem | undefined {
  // A command may run from anywhere; what it is there to change has to be open to it.
  if (change.kind === 'command' && !change.restore.includes(change.path)) return undefined;
  const mount = system.mountOf(change.path);
  if (
    mount?.readOnly === true &&
    mount.point === change.path &&
    system.isMountedFile(change.path)
  ) {
    const found = `${change.path} is a file that is mounted read-only`;
    return new Problem({ found, cause: causes.readOnlyFile(change.path) });
  }
  if (change.kind === 'command') return undefined;
  if (mount?.readOnly === true) {
    const found = `${change.path} is on a file system that is mounted read-only`;
    return new Problem({ found, cause: causes.readOnly(mount) });
  }
  if (mount?.noExec === true && needsOf(change).some(({ need }) => need === 'execute')) {
    const found = `${change.path} is on a file system that is mounted noexec`;
    return new Problem({ found, cause: causes.noExec(mount) });
  }
  return undefined;
}

type Kind = Need['need'];

type NeedOf<K extends Kind> = Extract<Need, { need: K }>;

/** Who needs a permission, and where. */
interface Judge {
  readonly system: ReadSystem;
  readonly facts: Facts;
}

type JudgeOf<K extends Kind> = (judge: Judge, need: NeedOf<K>) => Problem | undefined;

/** How each need is judged; undefined where this process has what it takes. */
const JUDGES: { readonly [K in Kind]: JudgeOf<K> } = {
  replace: (judge, { path }) => mayWriteIn(judge, path),
  write: mayChange,
  empty: mayEmpty,
  give: mayGive,
  append: (judge, { path, owner }) =>
    mayUse(judge.system, judge.facts, path, WRITE)
      ? undefined
      : (mayWriteIn(judge, path) ?? mayGive(judge, { path, owner })),
  'set-mode': maySetMode,
  'set-owner': mayOwn,
  'clear-bits': mayClear,
  'run-as': mayRunAs,
  // How it is mounted decides, see frozen; and whether it fits is a forecast, see SpaceForecast.
  execute: () => undefined,
  space: () => undefined,
};

/**
 * Why this process has no right to make a change, judged as the kernel would; undefined when it
 * has. See capabilities(7), chown(2), chmod(2), path_resolution(7) and user_namespaces(7).
 */
function forbidden(change: Change, system: ReadSystem, facts: Facts): Problem | undefined {
  for (const need of needsOf(change)) {
    const problem = judgeOf(need)({ system, facts }, need);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function judgeOf<K extends Kind>({ need }: { readonly need: K }): JudgeOf<K> {
  return JUDGES[need];
}

function refusal(found: string, cause: Cause): Problem {
  return new Problem({ code: 'not-permitted', found, cause });
}

function needs(capability: Capability, action: string, facts: Facts): Problem | undefined {
  if (facts.capabilities.has(capability)) return undefined;
  const found = `cannot ${action}: CAP_${capability} is missing (this is uid ${facts.uid})`;
  return refusal(found, causes.lacking(capability, facts));
}

/** Nobody can become, or be given anything as, what does not exist in the user namespace. */
function exists({ uid, gid }: Owner, action: string, facts: Facts): Problem | undefined {
  const missing =
    (hasId(facts.ids.users, uid) ? undefined : causes.unmapped('uid', uid, facts)) ??
    (hasId(facts.ids.groups, gid) ? undefined : causes.unmapped('gid', gid, facts));
  if (missing === undefined) return undefined;
  return refusal(`cannot ${action}: ${showOwner({ uid, gid })} does not exist here`, missing);
}

/** To give an entry away takes CAP_CHOWN; its owner alone may give it to another of his groups. */
function mayOwn(
  { system, facts }: Judge,
  { path, from, to, isTree }: NeedOf<'set-owner'>,
): Problem | undefined {
  const own = facts.uid === from.uid && facts.uid === to.uid;
  if (own && !isTree && (from.gid === to.gid || isMember(facts, to.gid))) return undefined;
  const action = `change the owner of ${path}`;
  return (
    needs('CHOWN', action, facts) ??
    exists(to, action, facts) ??
    known(from, action, facts) ??
    trusted({ system, facts }, path)
  );
}

/** The kernel clears set-uid and set-gid bits in the name of who changes the owner. */
function mayClear({ facts }: Judge, { path, from }: NeedOf<'clear-bits'>): Problem | undefined {
  if (from.every(({ uid }) => uid === facts.uid)) return undefined;
  return needs('FOWNER', `clear the set-uid bits of ${path} with its owner`, facts);
}

function mayRunAs({ facts }: Judge, { identity, program }: NeedOf<'run-as'>): Problem | undefined {
  if (identity.uid === facts.uid) return undefined;
  const action = `run ${program} as ${identity.name}`;
  return (
    needs('SETUID', action, facts) ??
    needs('SETGID', action, facts) ??
    exists(identity, action, facts)
  );
}

/** What belongs to ids outside of the user namespace is out of reach of its capabilities. */
function known(owner: Owner, action: string, facts: Facts): Problem | undefined {
  if (hasOwner(facts.ids, owner)) return undefined;
  return refusal(
    `cannot ${action}: it belongs to ids that do not exist here`,
    causes.foreign(facts),
  );
}

/** A server that denies root what its capabilities would allow takes it for somebody else. */
function trusted({ system, facts }: Judge, path: string): Problem | undefined {
  const mount = system.mountOf(path);
  if (mount === undefined || !isServed(mount) || facts.assumed) return undefined;
  if (!facts.capabilities.has('DAC_OVERRIDE')) return undefined;
  if (system.ask({ kind: 'permits', path, bits: WRITE }) !== false) return undefined;
  const found = `cannot change the owner of ${path}: its server denies root even to write to it`;
  return refusal(found, causes.squashed(mount));
}

function maySetMode({ system, facts }: Judge, { path }: NeedOf<'set-mode'>): Problem | undefined {
  const entry = system.look(path);
  const owner = 'stat' in entry ? entry.stat : undefined;
  if (owner?.uid === facts.uid) return undefined;
  const action = `change the mode of ${path}, which is another user's`;
  return (
    needs('FOWNER', action, facts) ??
    (owner === undefined ? undefined : known(owner, action, facts))
  );
}

/** A mounted file is changed in place. */
function mayChange({ system, facts }: Judge, { path }: NeedOf<'write'>): Problem | undefined {
  if (mayUse(system, facts, path, WRITE)) return undefined;
  const entry = system.look(path);
  const stat = 'stat' in entry ? entry.stat : undefined;
  const found = `uid ${facts.uid} may not write to ${path}`;
  return refusal(found, causes.closed(path, stat, facts));
}

/** What this process makes is its own, and must be given to anybody else. */
function mayGive(
  { system, facts }: Judge,
  { path, owner: asked }: Pick<NeedOf<'give'>, 'path' | 'owner'>,
): Problem | undefined {
  const entry = system.look(path);
  const owner = asked ?? ('stat' in entry ? entry.stat : facts);
  if (facts.uid === owner.uid && isMember(facts, owner.gid)) return undefined;
  const action = `give ${path} away`;
  return needs('CHOWN', action, facts) ?? exists(owner, action, facts);
}

/** Creating, replacing and removing entries takes the right to write to their directory. */
function mayWriteIn({ system, facts }: Judge, path: string): Problem | undefined {
  const directory = parentOf(path);
  if (!mayUse(system, facts, directory, WRITE_IN)) return closedTo({ system, facts }, directory);
  const [holder, entry] = [system.look(directory), system.look(path)];
  if (!('stat' in holder) || !('stat' in entry) || (holder.stat.mode & 0o1000) === 0) {
    return undefined;
  }
  // In a sticky directory only the owner of the entry, or of the directory, may replace it.
  if ([holder.stat.uid, entry.stat.uid].includes(facts.uid)) return undefined;
  const action = `replace ${path}, which is another user's in a sticky directory`;
  return needs('FOWNER', action, facts) ?? known(entry.stat, action, facts);
}

/** Whether what is in a directory may be taken away. */
function mayEmpty({ system, facts }: Judge, { path }: NeedOf<'empty'>): Problem | undefined {
  if (system.look(path).type !== 'directory' || mayUse(system, facts, path, WRITE_IN)) {
    return undefined;
  }
  return closedTo({ system, facts }, path);
}

function closedTo({ system, facts }: Judge, directory: string): Problem {
  const entry = system.look(directory);
  const stat = 'stat' in entry ? entry.stat : undefined;
  const mount = system.mountOf(directory);
  const hasRight = facts.capabilities.has('DAC_OVERRIDE');
  if (facts.uid === 0 && !hasRight) {
    const found = `cannot write to ${directory}: CAP_DAC_OVERRIDE is missing (this is uid 0)`;
    return refusal(found, causes.lacking('DAC_OVERRIDE', facts));
  }
  const found = `uid ${facts.uid} may not write to ${directory}`;
  if (hasRight && stat !== undefined && !hasOwner(facts.ids, stat)) {
    return refusal(found, causes.foreign(facts));
  }
  if (hasRight && mount !== undefined && isServed(mount)) {
    return refusal(found, causes.squashed(mount));
  }
  return refusal(found, causes.closed(directory, stat, facts));
}
