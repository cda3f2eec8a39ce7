import { leftAlone, warning, whatIs } from '../../src/step/phrases.ts';
import type { Note } from '../../src/step/step.ts';
import { isLinked, type Present } from '../../src/system/entry.ts';
import { join } from '../../src/system/path.ts';
import type { ReadSystem } from '../../src/system/system.ts';

/** A socket or device that an account is to use. */
export interface AccessNode {
  readonly path: string;
  readonly entry: Present;
}

interface Where {
  readonly paths?: readonly string[];
  readonly directories?: readonly string[];
}

interface Found {
  readonly nodes: readonly AccessNode[];
  readonly notes: readonly Note[];
  /** Why there are none. */
  readonly absent: string;
}

/** The first of the paths that is a socket or device, and all of them in the directories. */
export function findNodes(system: ReadSystem, { paths = [], directories = [] }: Where): Found {
  const notes: Note[] = [];
  const nodes: AccessNode[] = [];
  for (const path of paths) {
    const node = nodeAt(system, path);
    if (node !== undefined) {
      nodes.push(node);
      break;
    }
    const note = oddOne(system, path);
    if (note !== undefined) notes.push(note);
  }
  for (const directory of directories) {
    const entry = system.look(directory);
    if (entry.type !== 'directory' && entry.type !== 'missing') {
      notes.push(leftAlone(directory, entry));
      continue;
    }
    for (const name of system.list(directory)) {
      const node = nodeAt(system, join(directory, name));
      if (node !== undefined) nodes.push(node);
    }
  }
  const places = [...paths, ...directories.map((directory) => `${directory}/*`)];
  return { nodes, notes, absent: `no socket or device at ${places.join(' or ')}` };
}

function nodeAt(system: ReadSystem, path: string): AccessNode | undefined {
  const entry = system.look(path);
  if (entry.type !== 'socket' && entry.type !== 'device') return undefined;
  return { path, entry };
}

function oddOne(system: ReadSystem, path: string): Note | undefined {
  const entry = system.look(path);
  if (entry.type === 'missing') return undefined;
  if (isLinked(entry)) {
    return leftAlone(path, entry, 'name the socket itself in the plan');
  }
  // Docker makes a directory where a socket to be mounted is not there on the host.
  return warning(`${path} is ${whatIs(entry)} and no socket or device`);
}
