/** Writes to a file that somebody else has made for us, as Kubernetes makes /dev/termination-log. */
import { closeSync, constants, fstatSync, ftruncateSync, openSync } from 'node:fs';
import { Problem } from '../../errors/problem.ts';
import { pathOf } from './open.ts';
import { writeAll } from './write.ts';

// Without O_NONBLOCK the open of a FIFO would wait for somebody to read from it.
const TO_FILL = constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Gives a regular file another content, in place: it may be a mount of its own, which nothing can
 * replace. It is not made where it is missing.
 * @throws Problem when it is not a regular file with one name
 */
export function fillExisting(directory: number, name: string, text: string): void {
  const bytes = Buffer.from(text);
  const fd = openSync(pathOf(directory, name), TO_FILL);
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile() || stats.nlink !== 1) {
      throw new Problem({ found: `${name} is not a regular file with one name` });
    }
    writeAll(fd, bytes);
    ftruncateSync(fd, bytes.length);
  } finally {
    closeSync(fd);
  }
}
