import type { Environment } from './environment.ts';
import type { Comparison, Rounds } from './measure.ts';

/** A comparison of two commands, or why it could not be made. */
export type Row =
  | ({
      readonly kind: 'ratio';
      readonly what: string;
      readonly peer: string;
      readonly cache: Rounds['cache'];
    } & Named &
      Comparison)
  | ({
      readonly kind: 'figure';
      readonly what: string;
      readonly value: number;
      /** MiB, or a unit that says what is counted. */
      readonly unit: string;
    } & Named)
  | ({ readonly kind: 'skipped'; readonly what: string; readonly reason: string } & Named);

interface Named {
  /** By which goals.ts knows it. */
  readonly id: string;
}

/** How much is measured. */
export interface Settings {
  /** A few rounds on small trees, to find a gross regression. */
  readonly short: boolean;
  /** By what the sizes of trees are multiplied. */
  readonly scale: number;
  /** How many rounds, where the command line says so. */
  readonly rounds?: number;
  /** Tells what is being done. */
  readonly say: (text: string) => void;
}

/** Things that are measured together. */
export interface Described {
  readonly name: string;
  readonly title: string;
  /** What is compared with what, and why that is fair; Markdown. */
  readonly about: string;
}

/** A group that is measured by this process, on this machine. */
export interface Group extends Described {
  readonly measure: (settings: Settings) => Row[];
}

/** A group that is measured in a container of the image, by the Node that the image brings. */
export interface ImageGroup extends Described {
  readonly measureInImage: (settings: Settings) => Promise<GroupResult>;
}

/** What was measured of one group, and where. */
export interface GroupResult {
  readonly environment: Environment;
  readonly rows: readonly Row[];
}

/** The short form has a third of the rounds, and between so many. */
const SHORT_ROUNDS = { least: 3, most: 7 };

/** How many rounds to measure, where a whole benchmark has `whole`. */
export function roundsOf({ short, rounds }: Settings, whole: number): number {
  const { least, most } = SHORT_ROUNDS;
  return rounds ?? (short ? Math.max(least, Math.min(most, Math.ceil(whole / 3))) : whole);
}

/** How many entries to make, where a whole benchmark has `whole`. */
export function sizeOf({ scale }: Settings, whole: number): number {
  return Math.max(10, Math.round(whole * scale));
}

/** 200,000 */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}
