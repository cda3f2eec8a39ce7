import type { Owner } from '../system/entry.ts';

/**
 * What is known of this process and its surroundings before any step looks. Observed once per
 * boot; see capabilities(7) for the names.
 */
export interface Facts {
  /** The effective user and group of this process. */
  readonly uid: number;
  readonly gid: number;
  /** Its supplementary groups. */
  readonly groups: readonly number[];
  /** Effective capabilities, without the prefix: CHOWN, SETUID, … */
  readonly capabilities: ReadonlySet<string>;
  /** Whether s6-svscan is PID 1 of this world. */
  readonly s6: boolean;
  /** What the container was started for, as words: `gateway run`; none where that is not known. */
  readonly mainProgram: readonly string[];
}

/** Whether this process may make something that belongs to `owner`; see chown(2). */
export function mayGiveTo(owner: Owner, facts: Facts): boolean {
  if (facts.capabilities.has('CHOWN')) return true;
  if (facts.uid !== owner.uid) return false;
  return facts.gid === owner.gid || facts.groups.includes(owner.gid);
}

/** The words of a main program, behind its first, that steps look at. Others may hold secrets. */
export const MAIN_PROGRAM_WORDS: readonly string[] = ['run', '--no-supervise'];

/** The facts that `when` and `${{ facts.x }}` can name, and the type of each. */
export const FACT_TYPES = {
  uid: 'id',
  gid: 'id',
  root: 'boolean',
  'can-chown': 'boolean',
  s6: 'boolean',
  'main-program': 'string',
} as const;

export type FactName = keyof typeof FACT_TYPES;

/** The value of each fact that a plan can name. */
export function factValues(facts: Facts): Readonly<Record<FactName, string | number | boolean>> {
  return {
    uid: facts.uid,
    gid: facts.gid,
    root: facts.uid === 0,
    'can-chown': facts.capabilities.has('CHOWN'),
    s6: facts.s6,
    'main-program': facts.mainProgram[0] ?? '',
  };
}
