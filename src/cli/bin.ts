/** Starts the program: its standard streams, its signals and its exit code. */
import { fstatSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { errnoOf } from '../errors/problem.ts';
import type { Output } from '../report/paint.ts';
import { EXIT, ExitError, Interruption } from './exit.ts';
import { main } from './main.ts';

/** How long to wait for the reader of a full pipe before trying again, in milliseconds. */
const RETRY = 5;

/** The major number of /dev/null and similar devices. */
const MEMORY_DEVICES = 1;

const loaded = process.uptime() * 1000;
const stdout = openOutput(1);
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) listen(signal);

const cwd = workingDirectory();
const code = main(process.argv.slice(2), {
  stdout,
  stderr: openOutput(2),
  env: process.env,
  get cwd() {
    if (cwd !== undefined) return cwd;
    const advice = 'change to another one';
    throw new ExitError('noInput', `the working directory is gone or cannot be read; ${advice}`);
  },
  signal: stop.signal,
  began: Date.now() - process.uptime() * 1000,
  loaded,
});
void code.then((value) => {
  if (stdout.failure !== undefined) {
    writeAll(
      2,
      Buffer.from(`hermes-boot: fatal: standard output cannot be written (${stdout.failure})\n`),
    );
  }
  // Everything is written. Without this, node would free the heap first.
  process.exit(value === 0 && stdout.failure !== undefined ? EXIT.io.code : value);
});

/**
 * Stops the boot at a signal, after the change that is being made; a second one ends the process.
 * The listener stays after the first: a library that runs helpers ends the process by the signal
 * where it finds that nobody else listens.
 */
function listen(signal: 'SIGINT' | 'SIGTERM'): void {
  let heard = false;
  process.on(signal, () => {
    if (heard) {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    }
    heard = true;
    stop.abort(new Interruption(signal));
  });
}

/** Undefined where it is unknown; not every command needs it. */
function workingDirectory(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}

/** A file descriptor as an output. */
interface FileOutput extends Output {
  /** The code of the error that ended it, such as ENOSPC; a reader that went away is not one. */
  readonly failure: string | undefined;
}

/**
 * Writes to a file descriptor, synchronously: nothing is left to flush when the process ends, and
 * no stream has to be loaded. Errors never throw, since a boot must not break off because nobody
 * reads its log.
 */
function openOutput(fd: number): FileOutput {
  let failure: string | undefined;
  let closed = false;
  let terminal: boolean | undefined;
  return {
    get isTTY() {
      return (terminal ??= isTerminal(fd));
    },
    get columns() {
      return (fd === 1 ? process.stdout : process.stderr).columns;
    },
    get failure() {
      return failure;
    },
    write(text) {
      if (closed) return;
      const errno = writeAll(fd, Buffer.from(text));
      closed = errno !== undefined;
      failure = errno === 'EPIPE' ? undefined : errno;
    },
  };
}

function isTerminal(fd: number): boolean {
  try {
    const stats = fstatSync(fd);
    // Checked first, since the module that knows terminals takes a while to load.
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
      const errno = errnoOf(error);
      if (errno === undefined) throw error;
      // Another process that shares the pipe may have made it non-blocking.
      if (errno !== 'EAGAIN') return errno;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY);
    }
  }
  return undefined;
}
