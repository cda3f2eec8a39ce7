/** Somewhere that text goes: a stream of the process, or a string in a test. */
export interface Output {
  write(text: string): void;
  /** Whether a person at a terminal reads it. */
  readonly isTTY: boolean;
}

/** The environment variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;
