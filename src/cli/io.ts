import type { Environment, Output } from '../report/paint.ts';
import type { Redactor } from '../report/redact.ts';

/** All that a command has of the process that it runs in. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Environment;
  /** Relative paths of the command line start here. */
  readonly cwd: string;
  /** Aborts with an Interruption when the process is asked to stop. */
  readonly signal: AbortSignal;
  /** The stream behind stderr, for the live list; asked for only when stderr is a terminal. */
  terminal?(): NodeJS.WriteStream;
}

/** What every command is given. */
export interface Context {
  readonly io: Io;
  /** Knows the secrets as soon as a command has read its inputs. */
  readonly redactor: Redactor;
}
