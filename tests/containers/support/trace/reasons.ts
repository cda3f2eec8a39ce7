/** Where root may act on what the account can write, and why that gives the account nothing. */
import type { Deed } from './root-acts.ts';
import type { JudgedAct } from './traced-container.ts';

/** A reason, and the acts that it is good for. */
export interface Reason {
  readonly name: string;
  readonly actors: readonly string[];
  readonly deeds: readonly Deed[];
  readonly paths: RegExp;
  /** Whether only what goes through an open directory without following links is meant. */
  readonly held?: true;
  readonly text: string;
}

export const REASONS: readonly Reason[] = [];

/** The reason for an act, if there is one. */
export function reasonFor(act: JudgedAct): Reason | undefined {
  return REASONS.find(
    ({ actors, deeds, paths, held }) =>
      actors.includes(act.actor) &&
      deeds.includes(act.deed) &&
      paths.test(act.path) &&
      (held === undefined || act.isHeld),
  );
}
