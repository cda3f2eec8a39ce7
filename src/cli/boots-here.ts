/** Reads how the boots of this container went from its status. */
import { hasEnded } from '../engine/proc.ts';
import { readStatus, type LastBoot } from '../report/receipt.ts';
import type { BootOfStatus } from '../report/show-receipts.ts';
import type { ReadSystem } from '../system/system.ts';
import { LARGEST_STATUS, STATUS_DIRECTORY, STATUS_FILE } from './locations.ts';

/** A boot as it is told of: one whose process is gone was killed. */
export function toldOf(boot: LastBoot): BootOfStatus {
  if (boot.result !== 'running' || !('process' in boot)) return boot;
  return hasEnded(boot.process) ? { ...boot, result: 'killed' } : boot;
}

/** The boots of a container, or why none is known. */
export function bootsIn(
  system: ReadSystem,
  start: string,
  plan: string | undefined,
): readonly LastBoot[] | string {
  if (system.look(STATUS_FILE).type !== 'file') {
    return `no boot is recorded in ${STATUS_DIRECTORY}`;
  }
  const status = readStatus(system.readText(STATUS_FILE, LARGEST_STATUS));
  if (status === undefined) return `${STATUS_FILE} was not written by a boot`;
  if (status.start !== start) return 'no boot is recorded since the container started';
  const boots = status.boots.filter((boot) => plan === undefined || boot.plan === plan);
  if (boots.length > 0) return boots;
  const known = status.boots.map((boot) => boot.plan).join(', ');
  const rest = known === '' ? '' : `; recorded: ${known}`;
  return `no boot${plan === undefined ? '' : ` of ${plan}`} is recorded${rest}`;
}
