/** directory.tree: directories below a base are there, with their owner and mode when new. */
import type { DirectoryChange } from '../src/changes/change.ts';
import { mode, owner, path, relativePaths } from '../src/step/fields.ts';
import { ownerOf } from '../src/step/owner.ts';
import { leftAlone } from '../src/step/notes.ts';
import { existingDirectory, notADirectory } from '../src/step/paths.ts';
import { changesOr, defineStep, type Note } from '../src/step/step.ts';
import { mayChange, reliesOnOwner } from '../src/step/touch.ts';
import { isLinked, parseMode } from '../src/system/entry.ts';
import { componentsOf, isWithin, join } from '../src/system/path.ts';

export const directoryTree = defineStep({
  uses: 'directory.tree',
  summary: 'Make the missing directories below a base; existing ones stay as they are.',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['base', 'paths'],
    properties: {
      base: path('The directory below which they lie. It is there by then.'),
      paths: relativePaths('The directories, such as logs/gateways. Those between are made, too.'),
      owner: owner('Who owns what is made. Without this it is `as`, or the user that runs this.'),
      mode: mode('The mode of what is made; 0755 without this.'),
    },
  },
  plan(context) {
    const { system, with: options } = context;
    existingDirectory(context, 'base', options.base);
    const rights = {
      owner: ownerOf(context, options.owner),
      mode: parseMode(options.mode ?? '0755'),
    };
    const changes: DirectoryChange[] = [];
    const notes: Note[] = [];
    const links: string[] = [];
    for (const at of below(options.base, options.paths)) {
      if (links.some((link) => isWithin(at, link))) continue;
      const entry = system.look(at);
      if (entry.type === 'directory') continue;
      if (isLinked(entry)) {
        links.push(at);
        notes.push(leftAlone(at, entry, 'replace it by a directory'));
      } else if (entry.type === 'missing') {
        changes.push({ kind: 'directory', path: at, ...rights, why: 'it is missing' });
      } else {
        throw notADirectory(context, 'base', at, entry);
      }
    }
    return changesOr(changes, `nothing is missing below ${options.base}`, notes);
  },
  touches: (options) => [
    ...mayChange(below(options.base, options.paths), 'existence', 'mode', 'owner'),
    ...reliesOnOwner(options.owner),
  ],
});

/** Every directory from the base down to each path, each once and after the one that holds it. */
function below(base: string, paths: readonly string[]): string[] {
  const all = new Set<string>();
  for (const path of paths) {
    let at = base;
    for (const name of componentsOf(path)) {
      at = join(at, name);
      all.add(at);
    }
  }
  return [...all];
}
