import { readFileSync } from 'node:fs';
import { isWithin } from '../path.ts';
import type { Mount, Mounts } from '../tree.ts';

/**
 * The mounts at and below `root`, as paths of the world; what `root` itself lies on stands for
 * `/`. Empty where the kernel does not tell. See proc_pid_mountinfo(5).
 */
export function readMounts(root: string): Mounts {
  const mounts = new Map<string, Mount>();
  let closest = '';
  for (const line of mountinfo().split('\n')) {
    const [, , , , point, options = ''] = line.split(' ');
    if (point === undefined) continue;
    const path = unescape(point);
    const superOptions = / - \S+ \S+ (\S*)$/.exec(line)?.[1] ?? '';
    const mount = { readOnly: isReadOnly(options) || isReadOnly(superOptions) };
    if (isWithin(root, path) && path.length >= closest.length) {
      closest = path;
      mounts.set('/', mount);
    } else if (isWithin(path, root)) {
      mounts.set(root === '/' ? path : path.slice(root.length), mount);
    }
  }
  return mounts;
}

function isReadOnly(options: string): boolean {
  return options.split(',').includes('ro');
}

function unescape(point: string): string {
  return point.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}

function mountinfo(): string {
  try {
    return readFileSync('/proc/self/mountinfo', 'utf8');
  } catch {
    return '';
  }
}
