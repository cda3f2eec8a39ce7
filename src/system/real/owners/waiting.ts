import type { Name } from '../open.ts';

/** A directory of a tree that is still to be read. */
export interface Waiting {
  /** Where it is on the machine. */
  readonly host: Name;
  /** Its path below the top of the tree, empty for the top; bytes where that is not valid UTF-8. */
  readonly below: Name;
}

/** What a name in a directory stands for. */
export function childOf(directory: Waiting, name: Name): Waiting {
  return {
    host: joined(directory.host, name),
    below: directory.below.length === 0 ? name : joined(directory.below, name),
  };
}

/** The path of a name in a directory. */
export function joined(directory: Name, name: Name): Name {
  if (typeof name === 'string' && typeof directory === 'string') return `${directory}/${name}`;
  return Buffer.concat([Buffer.from(directory), Buffer.from('/'), Buffer.from(name)]);
}
