import { LookFailed, unlessUnknown } from '../errors/look-failed.ts';
import { readOr } from './kernel.ts';

/** The name of this container, for people; empty where it cannot be told. */
export function hostName(): string {
  const name = unlessUnknown(() => readOr('/proc/sys/kernel/hostname', ''));
  return name instanceof LookFailed ? '' : name.trim();
}

/**
 * Tells this start of the container from every other: the machine's boot and the moment at which
 * process 1 began. /run outlives a container that is stopped and started, where it is no tmpfs.
 * @param root the directory of the world on this machine; one below another root is never started
 * @throws LookFailed when it cannot be told
 */
export function startOfContainer(root: string): string {
  if (root !== '/') return '';
  const stat = readOr('/proc/1/stat', '');
  // The fields after the name, which may hold anything; see proc_pid_stat(5).
  const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  return `${readOr('/proc/sys/kernel/random/boot_id', '').trim()} ${ticks}`;
}
