import type { Change } from '../../src/changes/change.ts';
import { leftAlone } from '../../src/step/phrases.ts';
import { lookBelow } from '../../src/step/place.ts';
import type { Note, StepContext } from '../../src/step/step.ts';
import type { Owner } from '../../src/system/entry.ts';
import { join } from '../../src/system/path.ts';
import type { Planned } from './profile.ts';

const LOGS = 'logs';
const LOG = 'container-boot.log';

/** How a boot tells its log what became of the gateways. */
interface Logging {
  /** The directory of the log, where it is missing. */
  readonly before: readonly Change[];
  /** The lines: whoever waits for the container waits for the one of the default profile. */
  readonly after: readonly Change[];
  readonly notes: readonly Note[];
}

/** The lines that a boot adds to its log, one for each profile that s6 is told of. */
export function logChanges(
  { system }: StepContext<unknown>,
  home: string,
  owner: Owner,
  planned: readonly Planned[],
): Logging {
  const lines = planned.filter(({ due }) => due).map(lineOf);
  if (lines.length === 0) return { before: [], after: [], notes: [] };
  const directory = join(home, LOGS);
  const path = join(directory, LOG);
  const parent = lookBelow(system, home, LOGS);
  const log = lookBelow(system, home, join(LOGS, LOG));
  if (parent.type !== 'missing' && parent.type !== 'directory') {
    return { before: [], after: [], notes: [leftAlone(directory, parent, 'nothing is logged')] };
  }
  if (log.type !== 'missing' && log.type !== 'file') {
    return { before: [], after: [], notes: [leftAlone(path, log, 'nothing is logged')] };
  }
  const why = 'tells what became of each gateway at each boot';
  const made: Change = { kind: 'directory', path: directory, mode: 0o755, owner, why };
  return {
    before: parent.type === 'directory' ? [] : [made],
    after: [{ kind: 'log', path, lines, owner, why }],
    notes: [],
  };
}

function lineOf({ profile, prior, starts }: Planned): string {
  const action = starts ? 'started' : 'registered';
  return `profile=${profile} prior_state=${prior ?? 'none'} action=${action}`;
}
