/**
 * Writes a mounted file in place: its inode, owner and mode stay, and a killed write can be finished.
 */
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
} from 'node:fs';
import { errnoOf, Problem } from '../../errors/problem.ts';
import { READ_LIMIT } from '../system.ts';
import { pathOf } from './open.ts';
import { writeAll } from './write.ts';

/** What keeps the old and the new content while a file is written. */
export interface Copy {
  /** Keeps both on the disk. */
  keep(from: Uint8Array, to: Uint8Array): void;
  /** The write has ended: either content is whole. */
  drop(): void;
}

/**
 * Writes a file that is a mount point over, after `copy` has both contents.
 * @throws Problem when the entry is not a mounted regular file any more
 */
export function overwriteFile(
  directory: number,
  name: string,
  content: Uint8Array,
  copy: Copy,
): void {
  // Without O_NONBLOCK the open of a FIFO would wait for somebody to read from it.
  const flags = constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const fd = openSync(pathOf(directory, name), flags);
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile() || mountOf(fd) === mountOf(directory)) {
      throw new Problem({
        found: `${name} is not a mounted file any more`,
        wanted: 'nobody to change it now',
      });
    }
    if (stats.size > READ_LIMIT) {
      throw new Problem({
        found: `${name} has ${stats.size} bytes`,
        wanted: `at most ${READ_LIMIT}`,
      });
    }
    const before = readFileSync(fd);
    copy.keep(before, content);
    try {
      put(fd, content);
    } catch (error) {
      // The blocks of the old content are there, so that it fits where the new one does not.
      put(fd, before);
      copy.drop();
      throw error;
    }
    copy.drop();
  } finally {
    closeSync(fd);
  }
}

function put(fd: number, content: Uint8Array): void {
  writeAll(fd, content);
  ftruncateSync(fd, content.length);
  fsyncSync(fd);
}

/** The id of the mount that an open entry lies on; see proc_pid_fdinfo(5). */
function mountOf(fd: number): string {
  try {
    const [, id] = /^mnt_id:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8')) ?? [];
    if (id !== undefined) return id;
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
  }
  throw new Problem({ found: 'the kernel does not say on which mount an open file lies' });
}
