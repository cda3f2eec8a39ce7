import type { Owner } from './entry.ts';

/** As whom a command runs. */
export interface Identity extends Owner {
  readonly name: string;
  /** Supplementary groups, as initgroups(3) would set them. */
  readonly groups: readonly number[];
  readonly home: string;
}

/** A command to run in the world. */
export interface Command {
  /** The program, as an absolute path in the world, and its arguments. */
  readonly argv: readonly [string, ...string[]];
  /** As whom; the user of this process when absent. */
  readonly identity?: Identity;
  /** Environment on top of PATH and, with an identity, HOME and USER. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}
