import { readFileSync } from 'node:fs';
import { isWithin } from '../path.ts';

/**
 * The mount points at and below `root`, as paths of the world; empty where the kernel does not
 * tell. See proc_pid_mountinfo(5).
 */
export function readMounts(root: string): ReadonlySet<string> {
  const points = new Set<string>();
  for (const line of mountinfo().split('\n')) {
    const point = line.split(' ')[4];
    if (point === undefined) continue;
    const path = point.replace(/\\([0-7]{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    );
    if (!isWithin(path, root)) continue;
    points.add(root === '/' ? path : path.slice(root.length) || '/');
  }
  return points;
}

function mountinfo(): string {
  try {
    return readFileSync('/proc/self/mountinfo', 'utf8');
  } catch {
    return '';
  }
}
