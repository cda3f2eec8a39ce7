/** Where text goes, and in which colours. */

/** A destination of text: a stream of the process, or a string in a test. */
export interface Output {
  write(text: string): void;
  /** Whether it is a terminal. */
  readonly isTTY: boolean;
  /** How wide a terminal is; 0 where it does not say. */
  readonly columns?: number;
  /** Set where every line is a JSON document, those of the log included. */
  readonly lines?: 'json';
}

/** The environment variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Colours a text. */
export type Brush = (text: string) => string;

/** How text stands out. No information is in the colour alone. */
export interface Paint {
  /** The answer, or the name that a reader looks for. */
  readonly strong: Brush;
  /** What a reader can skip. */
  readonly faint: Brush;
  /** A step that changes something. */
  readonly change: Brush;
  readonly good: Brush;
  readonly warning: Brush;
  readonly error: Brush;
}

const same: Brush = (text) => text;

/** No colour at all. */
export const plainPaint: Paint = {
  strong: same,
  faint: same,
  change: same,
  good: same,
  warning: same,
  error: same,
};

/**
 * Whether to colour what goes to `output`. FORCE_COLOR decides when it is set (0 and false mean
 * no), then NO_COLOR, then TERM=dumb, then whether it is a terminal.
 */
export function wantsColour(output: Output, env: Environment): boolean {
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if ((env.NO_COLOR ?? '') !== '') return false;
  return output.isTTY && env.TERM !== 'dumb';
}

/** The paint for an output. Colours are loaded only when they are wanted. */
export async function paintFor(output: Output, env: Environment): Promise<Paint> {
  if (!wantsColour(output, env)) return plainPaint;
  const { Chalk } = await import('chalk');
  const chalk = new Chalk({ level: 1 });
  return {
    strong: (text) => chalk.bold(text),
    faint: (text) => chalk.dim(text),
    change: (text) => chalk.cyan(text),
    good: (text) => chalk.green(text),
    warning: (text) => chalk.yellow(text),
    error: (text) => chalk.red(text),
  };
}
