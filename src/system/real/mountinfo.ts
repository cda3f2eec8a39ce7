/** Reads the mounts of this machine from /proc/self/mountinfo. */
import { readFileSync } from 'node:fs';
import type { Mount, Mounts } from '../mounts.ts';
import { isWithin } from '../path.ts';
import { isAbsence, lookProblem } from './errno.ts';

const MOUNTINFO = '/proc/self/mountinfo';

/**
 * The mounts at and below `root`, as paths of the world; what `root` itself lies on stands for
 * `/`. Empty where there is no /proc. See proc_pid_mountinfo(5).
 * @throws LookFailed when it cannot be read: no walk may enter a mount that is not known
 */
export function readMounts(root: string): Mounts {
  const mounts = new Map<string, Mount>();
  let closest = '';
  for (const line of mountinfo().split('\n')) {
    const [, , , top = '', point, options = ''] = line.split(' ');
    if (point === undefined) continue;
    const path = unescape(point);
    const [, type = '', source = '', superOptions = ''] = / - (\S+) (\S+) (\S*)$/.exec(line) ?? [];
    // Whether it can be written to is told by itself, and may be another thing tomorrow.
    const lasting = superOptions.split(',').filter((option) => !/^r[ow]$/.test(option));
    const mount = {
      readOnly: has(options, 'ro') || has(superOptions, 'ro'),
      noExec: has(options, 'noexec'),
      type,
      identity: [type, source, top, lasting.join(',')].join(' '),
      options: lasting,
    };
    if (isWithin(root, path) && path.length >= closest.length) {
      closest = path;
      mounts.set('/', mount);
    } else if (isWithin(path, root)) {
      mounts.set(root === '/' ? path : path.slice(root.length), mount);
    }
  }
  return mounts;
}

function has(options: string, option: string): boolean {
  return options.split(',').includes(option);
}

function unescape(point: string): string {
  return point.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}

function mountinfo(): string {
  try {
    return readFileSync(MOUNTINFO, 'utf8');
  } catch (error) {
    if (isAbsence(error)) return '';
    throw lookProblem(error, MOUNTINFO);
  }
}
