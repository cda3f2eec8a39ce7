import type { Change } from '../changes/change.ts';
import { Problem, unreachable } from '../errors/problem.ts';
import { mayGiveTo, type Facts } from '../step/facts.ts';
import type { Entry, Owner } from '../system/entry.ts';
import { parentOf } from '../system/path.ts';
import type { ReadSystem } from '../system/system.ts';

/** The capabilities with which no change that this project makes is refused by the kernel. */
const FULL = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETUID', 'SETGID', 'SYS_CHROOT'];

/** Whether this process may make every kind of change, so that none needs to be checked. */
export function mayDoEverything(facts: Facts): boolean {
  return FULL.every((capability) => facts.capabilities.has(capability));
}

/** Why nobody can make a change: what it changes lies on a read-only mount. */
export function frozen(change: Change, system: ReadSystem): Problem | undefined {
  if (change.kind === 'command' || !system.isReadOnly(change.path)) return undefined;
  return new Problem({
    found: `${change.path} is on a file system that is mounted read-only`,
    mend: 'mount it writable',
  });
}

/**
 * Why this process has no right to make a change, judged as the kernel would; undefined when it
 * has. See capabilities(7), chown(2), chmod(2) and path_resolution(7).
 */
export function forbidden(change: Change, system: ReadSystem, facts: Facts): Problem | undefined {
  switch (change.kind) {
    case 'owner':
    case 'tree-owner':
      return needs('CHOWN', `change the owner of ${change.path}`, facts);
    case 'mode': {
      const entry = system.look(change.path);
      if ('stat' in entry && entry.stat.uid === facts.uid) return undefined;
      return needs('FOWNER', `change the mode of ${change.path}, which is another user's`, facts);
    }
    case 'directory':
    case 'file':
    case 'envdir':
    case 'stamp':
      return mayWriteIn(change.path, system, facts) ?? mayGive(change.path, change.owner, facts);
    case 'slot':
      return (
        mayWriteIn(change.path, system, facts) ?? mayGive(change.path, change.slot.owner, facts)
      );
    case 'tree-copy':
      return (
        mayWriteIn(change.path, system, facts) ?? mayGive(change.path, change.copy.owner, facts)
      );
    case 'move':
      return mayWriteIn(change.from, system, facts) ?? mayWriteIn(change.path, system, facts);
    case 'log': {
      if (grants(system.look(change.path), 0o2, facts)) return undefined;
      return mayWriteIn(change.path, system, facts) ?? mayGive(change.path, change.owner, facts);
    }
    case 'tree-removal':
    case 'removal':
    case 'account':
    case 'group':
      return mayWriteIn(change.path, system, facts);
    case 'command': {
      const identity = change.command.identity;
      if (identity === undefined || identity.uid === facts.uid) return undefined;
      return needs('SETUID', `run ${change.command.argv[0]} as ${identity.name}`, facts);
    }
    default:
      return unreachable(change);
  }
}

function needs(capability: string, action: string, facts: Facts): Problem | undefined {
  if (facts.capabilities.has(capability)) return undefined;
  return new Problem({
    code: 'not-permitted',
    found: `cannot ${action}: CAP_${capability} is missing (this is uid ${facts.uid})`,
    mend:
      facts.uid === 0
        ? `start the container with --cap-add ${capability}`
        : 'start the container as root',
  });
}

function mayGive(path: string, owner: Owner, facts: Facts): Problem | undefined {
  return mayGiveTo(owner, facts) ? undefined : needs('CHOWN', `give ${path} away`, facts);
}

/** Creating, replacing and removing entries takes the right to write to their directory. */
function mayWriteIn(path: string, system: ReadSystem, facts: Facts): Problem | undefined {
  if (facts.capabilities.has('DAC_OVERRIDE')) return undefined;
  const directory = parentOf(path);
  if (grants(system.look(directory), 0o3, facts)) return undefined;
  return new Problem({
    code: 'not-permitted',
    found: `uid ${facts.uid} may not write to ${directory}`,
    mend: 'start the container as root',
  });
}

/** Whether an entry grants `bits` (as in the last octal digit of a mode) to this process. */
function grants(entry: Entry, bits: number, facts: Facts): boolean {
  if (!('stat' in entry)) return false;
  const { uid, gid, mode } = entry.stat;
  const inGroup = facts.gid === gid || facts.groups.includes(gid);
  const shift = facts.uid === uid ? 6 : inGroup ? 3 : 0;
  return ((mode >> shift) & bits) === bits;
}
