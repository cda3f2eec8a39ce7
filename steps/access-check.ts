import { path, relativePaths } from '../src/step/fields.ts';
import { leftAlone, warning } from '../src/step/phrases.ts';
import { canonical, existingDirectory, lookBelow } from '../src/step/place.ts';
import { defineStep, type Note } from '../src/step/step.ts';
import { reliesOn, withTrees } from '../src/step/touch.ts';
import { isLinked } from '../src/system/entry.ts';
import { join } from '../src/system/path.ts';
import { closedBelow, closedOf, refused } from './access-check/closed.ts';

/** The right to write. */
export const accessCheck = defineStep({
  uses: 'access.check',
  summary: 'Tell which of some paths this process cannot write to; nothing is changed.',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['base'],
    properties: {
      base: path('A directory. It is there by then.'),
      paths: relativePaths(
        'Files and directories below it. Those that are missing are passed over.',
      ),
      trees: relativePaths(
        'Paths that are checked with what lies below them, as far as others own it.',
      ),
      top: {
        type: 'boolean',
        default: true,
        description: 'Whether the base itself is checked, too.',
      },
      required: {
        type: 'boolean',
        default: true,
        description: 'Whether a path that cannot be written to is a failure instead of a warning.',
      },
    },
  },
  async plan(context) {
    const { system, facts, with: options } = context;
    const stat = existingDirectory(context, 'base', options.base);
    const base = canonical(system, options.base);
    const notes: Note[] = [];
    const top = options.top === false ? [] : closedOf(context, base, { type: 'directory', stat });
    const closed = [...top];
    const { paths = [], trees = [] } = options;
    for (const below of [...trees, ...paths]) {
      const at = join(base, below);
      const entry = lookBelow(system, base, below);
      if (entry.type === 'missing') continue;
      if (isLinked(entry)) {
        notes.push(leftAlone(at, entry, 'whether it can be written to is not known'));
        continue;
      }
      closed.push(...closedOf(context, at, entry));
      if (entry.type === 'directory' && trees.includes(below)) {
        closed.push(...(await closedBelow(context, at)));
      }
    }
    if (closed.length > 0 && options.required !== false) throw refused(closed, facts);
    for (const { path: at, because } of closed) {
      notes.push(warning(`uid ${facts.uid} cannot write to ${at} (${because})`));
    }
    const all = closed.length > 0 ? 'cannot write to all' : 'can write to all';
    return { converged: `uid ${facts.uid} ${all} that is listed in ${base}`, notes };
  },
  touches: ({ base, top, paths = [], trees = [] }) => [
    ...reliesOn(top === false ? undefined : base),
    ...reliesOn(paths.map((below) => join(base, below))),
    ...withTrees(reliesOn(trees.map((below) => join(base, below)))),
  ],
});
