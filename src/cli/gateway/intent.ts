import { readFileSync } from 'node:fs';
import { Problem } from '../../errors/problem.ts';
import { profileDirectory } from '../../gateway/profiles.ts';
import { readFields, STATE_FILE } from '../../gateway/state.ts';
import { whatIs } from '../../step/phrases.ts';
import { lookBelow } from '../../step/place.ts';
import { Content } from '../../system/content.ts';
import type { Owner } from '../../system/entry.ts';
import { join } from '../../system/path.ts';
import type { Surroundings } from './surroundings.ts';

/** Tells a gateway that the TERM it is about to get is no accident. */
const PLANNED_STOP = '.gateway-planned-stop.json';

/**
 * Writes down what somebody wants of a gateway, so that the next boot does the same; everything
 * else in the file stays. As good as it goes: the gateway is told all the same.
 *
 * @returns a warning where it could not be written down
 */
export function recordIntent(
  around: Surroundings,
  profile: string,
  desired: 'running' | 'stopped',
): string[] {
  const { system, home } = around;
  const below = join(profileDirectory(profile), STATE_FILE);
  const path = join(home, below);
  const entry = lookBelow(system, home, below);
  const fields = entry.type === 'file' ? readFields(system, path) : new Map<string, unknown>();
  if (typeof fields !== 'string' && fields.get('desired_state') === desired) return [];
  return attempt(`${desired} is not recorded for the next boot`, () => {
    if (typeof fields === 'string') throw new Problem({ found: fields });
    if (entry.type !== 'missing' && entry.type !== 'file') {
      throw new Problem({ found: `${path} is ${whatIs(entry)}` });
    }
    const state = { ...Object.fromEntries(fields), desired_state: desired };
    const mode = entry.type === 'file' ? entry.stat.mode : 0o644;
    write(around, path, state, mode, entry.type === 'file' ? entry.stat : around.owner);
  });
}

/** Announces to a running gateway that it is stopped on purpose; as good as it goes. */
export function announceStop(around: Surroundings, profile: string, pid: number | null): void {
  if (pid === null) return;
  const marker = {
    target_pid: pid,
    target_start_time: startOf(pid),
    stopper_pid: process.pid,
    written_at: new Date().toISOString(),
  };
  const path = join(join(around.home, profileDirectory(profile)), PLANNED_STOP);
  attempt('', () => {
    write(around, path, marker, 0o600, around.owner);
  });
}

function write(
  { system, isRoot, owner: self }: Surroundings,
  path: string,
  value: object,
  mode: number,
  owner: Owner,
): void {
  const content = Content.ofText(`${JSON.stringify(value)}\n`);
  system.writeFile(path, content, mode, isRoot ? owner : self);
}

function attempt(consequence: string, act: () => void): string[] {
  try {
    act();
    return [];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return [`${consequence}: ${error.message}`];
  }
}

/** When a process started, in ticks since the machine did; see proc_pid_stat(5). */
function startOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  } catch {
    return null;
  }
}
