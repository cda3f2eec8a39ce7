import type { Change } from '../../src/changes/change.ts';
import { leftAlone } from '../../src/step/phrases.ts';
import { lookBelow } from '../../src/step/place.ts';
import type { Note, StepContext } from '../../src/step/step.ts';
import type { Owner } from '../../src/system/entry.ts';
import { join } from '../../src/system/path.ts';
import type { Planned } from './profile.ts';

const LOGS = 'logs';
const LOG = 'container-boot.log';

/**
 * The lines that a boot adds to its log, one for each profile that s6 is told of. What waits for
 * the container waits for the line of the default profile, so it comes after the slots are there.
 */
export function logChanges(
  { system }: StepContext<unknown>,
  home: string,
  owner: Owner,
  planned: readonly Planned[],
): { readonly changes: readonly Change[]; readonly notes: readonly Note[] } {
  const lines = planned.filter(({ due }) => due).map(lineOf);
  if (lines.length === 0) return { changes: [], notes: [] };
  const directory = join(home, LOGS);
  const path = join(directory, LOG);
  const log = lookBelow(system, home, join(LOGS, LOG));
  const parent = lookBelow(system, home, LOGS);
  if (parent.type !== 'missing' && parent.type !== 'directory') {
    return { changes: [], notes: [leftAlone(directory, parent, 'nothing is logged')] };
  }
  if (log.type !== 'missing' && log.type !== 'file') {
    return { changes: [], notes: [leftAlone(path, log, 'nothing is logged')] };
  }
  const why = 'tells what became of each gateway at each boot';
  return {
    changes: [
      ...(parent.type === 'directory'
        ? []
        : [{ kind: 'directory', path: directory, mode: 0o755, owner, why } as const]),
      { kind: 'log', path, lines, owner, why },
    ],
    notes: [],
  };
}

function lineOf({ profile, prior, starts }: Planned): string {
  const action = starts ? 'started' : 'registered';
  return `profile=${profile} prior_state=${prior ?? 'none'} action=${action}`;
}
