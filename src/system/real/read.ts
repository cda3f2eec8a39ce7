import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';
import { openAtOnce, pathOf, withParent } from './open.ts';

/** Without O_NONBLOCK the open of a FIFO would wait for somebody to write to it. */
const TO_READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** The root of a world: open, and as the machine names it without links, `` for `/`. */
export interface Root {
  readonly fd: number;
  readonly prefix: string;
}

/**
 * Opens what stands at a canonical path, following no link on the way or at its end, and hands
 * `use` its stat and what reads it.
 * @throws the system error of the component that could not be opened
 */
export function withOpenFile<T>(
  root: Root,
  path: string,
  use: (stats: Stats, content: () => Buffer) => T,
): T {
  const fd = openAtOnce(root.prefix + path, TO_READ) ?? openStepByStep(root.fd, path);
  try {
    return use(fstatSync(fd), () => readFileSync(fd));
  } finally {
    closeSync(fd);
  }
}

function openStepByStep(root: number, path: string): number {
  return withParent(root, path, (directory, name) => openSync(pathOf(directory, name), TO_READ));
}
