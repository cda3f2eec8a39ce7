/** The directories besides the home that config.yaml names as sources of skills. */
import { unlessProblem } from '../../src/errors/look-failed.ts';
import { canonical } from '../../src/step/paths.ts';
import { info, leftAlone, warning, whatIs } from '../../src/step/notes.ts';
import type { Note } from '../../src/step/step.ts';
import { readEnvdir } from '../../src/system/container-env.ts';
import type { Content } from '../../src/system/content.ts';
import { isLinked } from '../../src/system/entry.ts';
import { isWithin, join, normalise } from '../../src/system/path.ts';
import type { ReadSystem } from '../../src/system/system.ts';
import { type Delegation, delegationParser, glance } from './delegation.ts';

/** A configuration has a few thousand lines at most. */
const LONGEST_CONFIG = 1024 * 1024;

/** The directories that supply skills besides the home, as a configuration names them. */
export interface External {
  /** Canonical, and neither the skills of the home nor around them. */
  readonly directories: readonly string[];
  readonly notes: readonly Note[];
}

/**
 * Reads which directories the user has delegated skills to (`skills.external_dirs`).
 *
 * A link in place of the file is never followed and will be there in the next boot, too: it counts
 * as a file that names none, with a warning. A file that cannot be read or parsed now is another
 * matter. Taking it for one that names none would bring back every skill that the home has left to
 * others, beside theirs, and to an agent that refuses names that are there twice.
 * @returns undefined, with what to tell, where the home has to stay as it is
 */
export async function externalOf(
  system: ReadSystem,
  home: string,
  config: string | undefined,
): Promise<External | { readonly directories: undefined; readonly notes: readonly Note[] }> {
  if (config === undefined) return { directories: [], notes: [] };
  const entry = system.look(config);
  if (entry.type === 'missing') return { directories: [], notes: [] };
  if (entry.type !== 'file') {
    const mend = 'external directories of skills that it may name are not known';
    return { directories: [], notes: [leftAlone(config, entry, mend)] };
  }
  const content = unlessProblem(() => system.read(config, LONGEST_CONFIG));
  const { state, directories } = content === undefined ? UNREAD : await delegationIn(content);
  if (state === 'known') return placed(system, home, config, directories);
  const text = `${config} cannot be read: no skills are synced, since some may be left to others`;
  return { directories: undefined, notes: [warning(text)] };
}

const UNREAD: Delegation = { state: 'broken', directories: [] };

async function delegationIn(content: Content): Promise<Delegation> {
  const seen = content.open(glance);
  if (seen.state !== 'doubtful') return seen;
  return content.open(await delegationParser());
}

function placed(
  system: ReadSystem,
  home: string,
  config: string,
  named: Delegation['directories'],
): External {
  const skills = join(home, 'skills');
  const directories = new Set<string>();
  const notes: Note[] = [];
  for (const [index, name] of named.entries()) {
    const which = `entry ${index + 1} of skills.external_dirs in ${config}`;
    const path = name === null ? undefined : absolute(system, name, home);
    if (path === undefined) {
      notes.push(info(`${which} is not a plain path: only the agent knows what it means`));
      continue;
    }
    const found = look(system, path);
    if ('problem' in found) notes.push(warning(`${which} is passed over: ${found.problem}`));
    else if (isWithin(skills, found.path) || isWithin(found.path, skills)) {
      // A copy would be its own replacement, and go.
      if (found.path !== skills) notes.push(warning(`${which} is passed over: ${OWN}`));
    } else directories.add(found.path);
  }
  return { directories: [...directories], notes };
}

const OWN = 'it overlaps with the skills of the home';

const VARIABLE = /\$(?:\{(\w+)\}|(\w+))/g;

/**
 * Where a path leads that may have variables and start with `~`, as the agent expands it: its
 * services run with the home as their HOME. Undefined where a variable is not set, or no account
 * has the name.
 */
function absolute(system: ReadSystem, name: string, home: string): string | undefined {
  const unset: string[] = [];
  const expanded = name.replace(VARIABLE, (all, braced?: string, bare?: string) => {
    const value = variableOf(system, braced ?? bare ?? '', home);
    if (value === undefined) unset.push(all);
    return value ?? all;
  });
  // What is left of one is a name to the agent, and may be a variable that only it has.
  if (unset.length > 0 || expanded.includes('$')) return undefined;
  const [, account, rest = ''] = /^~([^/]*)(?:\/(.*))?$/.exec(expanded) ?? [];
  if (account === undefined) {
    return expanded.startsWith('/') ? normalise(expanded) : join(home, expanded);
  }
  const top = account === '' ? home : unlessProblem(() => system.accounts().identity(account).home);
  return top === undefined ? undefined : join(top, rest);
}

function variableOf(system: ReadSystem, name: string, home: string): string | undefined {
  return name === 'HERMES_HOME' || name === 'HOME' ? home : readEnvdir(system, name);
}

/** Where a directory is. One that is missing is empty, and may be filled later. */
function look(system: ReadSystem, path: string): { path: string } | { problem: string } {
  const entry = system.look(path);
  return isLinked(entry)
    ? { problem: `${path} is ${whatIs(entry)}` }
    : { path: canonical(system, path) };
}
