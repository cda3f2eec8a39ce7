import type { Environment, Output } from './output.ts';

type Brush = (text: string) => string;

/** How text stands out. Nothing that it says is told by colour alone. */
export interface Paint {
  /** The answer, or the name that a reader looks for. */
  readonly strong: Brush;
  /** What can be passed over. */
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
 * no), then NO_COLOR, then TERM=dumb, then whether a terminal reads it.
 */
export function wantsColour(output: Output, env: Environment): boolean {
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if ((env.NO_COLOR ?? '') !== '') return false;
  return output.isTTY && env.TERM !== 'dumb';
}

/** The paint for an output. The colours are loaded only when they are wanted. */
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
