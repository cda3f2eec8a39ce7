/** Records what somebody wants of a gateway, for the next boot and for the gateway itself. */
import { readFileSync } from 'node:fs';
import { Problem } from '../../errors/problem.ts';
import { profileDirectory } from '../../gateway/profiles.ts';
import { readFields, STATE_FILE } from '../../gateway/state.ts';
import { whatIs } from '../../step/notes.ts';
import { lookBelow } from '../../step/paths.ts';
import { Content } from '../../system/content.ts';
import { join } from '../../system/path.ts';
import { startIn } from '../../system/real/proc-files.ts';
import { timestampOf } from '../../text/phrases.ts';
import type { GatewayContext } from './s6.ts';

/** Says to a gateway that the SIGTERM it is about to get is intended. */
const PLANNED_STOP = '.gateway-planned-stop.json';

/** When a gateway was stopped on purpose, and how: the agent itself records neither. */
export const STOPPED_BY = 'stopped_by';
export const STOPPED_AT = 'stopped_at';

/**
 * Records whether somebody wants a gateway up or down, so that the next boot does the same; the
 * rest of the file stays. A failure does not keep the gateway from being controlled.
 * @returns a warning if it could not be recorded
 */
export function recordIntent(
  context: GatewayContext,
  profile: string,
  desired: 'running' | 'stopped',
): string[] {
  const { system, home } = context;
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
    const kept = [...fields].filter(([name]) => name !== STOPPED_BY && name !== STOPPED_AT);
    const stopped = { [STOPPED_BY]: 'gateway stop', [STOPPED_AT]: timestampOf(new Date()) };
    const state = {
      ...Object.fromEntries(kept),
      desired_state: desired,
      ...(desired === 'stopped' ? stopped : {}),
    };
    const stat = entry.type === 'file' ? entry.stat : undefined;
    const owner = context.isRoot ? (stat ?? context.owner) : context.owner;
    system.writeFile(path, jsonContent(state), stat?.mode ?? 0o644, owner);
  });
}

/** Says to a running gateway that it is stopped on purpose, if that can be written. */
export function announceStop(context: GatewayContext, profile: string, pid: number | null): void {
  if (pid === null) return;
  const marker = {
    target_pid: pid,
    target_start_time: startOf(pid),
    stopper_pid: process.pid,
    written_at: new Date().toISOString(),
  };
  const path = join(join(context.home, profileDirectory(profile)), PLANNED_STOP);
  attempt('', () => {
    context.system.writeFile(path, jsonContent(marker), 0o600, context.owner);
  });
}

function jsonContent(value: object): Content {
  return Content.ofText(`${JSON.stringify(value)}\n`);
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

/** When a process started, in clock ticks since the machine did; see proc_pid_stat(5). */
function startOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(startIn(stat));
  } catch {
    return null;
  }
}
