import { fstatSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { errnoOf } from '../errors/problem.ts';
import type { Output } from '../report/paint.ts';

/** How long to wait for the reader of a full pipe before trying again, in milliseconds. */
const PATIENCE = 5;

/** The major number of /dev/null and its like. */
const MEMORY_DEVICES = 1;

/** A file descriptor as an output. */
export interface FileOutput extends Output {
  /** The code of the error that ended it, such as ENOSPC; a reader that went away is none. */
  readonly failure: string | undefined;
}

/**
 * Writes to a file descriptor, at once: nothing is left to flush when the process ends, and the
 * start does not pay for a stream. Errors never throw, since a boot must not break off because
 * nobody reads its log.
 */
export function openOutput(fd: number): FileOutput {
  let failure: string | undefined;
  let closed = false;
  let terminal: boolean | undefined;
  return {
    get isTTY() {
      return (terminal ??= isTerminal(fd));
    },
    get failure() {
      return failure;
    },
    write(text) {
      if (closed) return;
      const code = writeAll(fd, Buffer.from(text));
      closed = code !== undefined;
      failure = code === 'EPIPE' ? undefined : code;
    },
  };
}

function isTerminal(fd: number): boolean {
  try {
    const stats = fstatSync(fd);
    // Asked first, since the module that knows terminals takes a while to load.
    return stats.isCharacterDevice() && stats.rdev >> 8 !== MEMORY_DEVICES && isatty(fd);
  } catch {
    return false;
  }
}

function writeAll(fd: number, bytes: Uint8Array): string | undefined {
  let rest = bytes;
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      const code = errnoOf(error);
      if (code === undefined) throw error;
      // Whoever shares the pipe with us may have made it non-blocking.
      if (code !== 'EAGAIN') return code;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PATIENCE);
    }
  }
  return undefined;
}
