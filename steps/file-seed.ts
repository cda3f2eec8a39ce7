import { Problem } from '../src/errors/problem.ts';
import { choice, mode, owner, path } from '../src/step/fields.ts';
import { ownerOf, ownerTouches } from '../src/step/owner.ts';
import { info, leftAlone, warning, whatIs } from '../src/step/phrases.ts';
import { canonical, existingDirectory } from '../src/step/place.ts';
import { isPresent } from '../src/step/program.ts';
import type { OptionsOf } from '../src/step/schema.ts';
import { defineStep, type Outcome, type StepContext } from '../src/step/step.ts';
import { Content } from '../src/system/content.ts';
import { parseMode } from '../src/system/entry.ts';
import { parentOf } from '../src/system/path.ts';

const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['path'],
  anyOf: [choice('from'), choice('content')],
  properties: {
    path: path('The file. Its directory is there by then.'),
    from: path('The file of the image that it starts as a copy of.'),
    content: { type: 'string', description: 'The text that it starts with, instead of `from`.' },
    owner: owner('Who owns the new file. Without this it is `as`, or the user that runs this.'),
    mode: mode('The mode of the new file; 0644 without this.'),
    required: {
      type: 'boolean',
      default: false,
      description: 'Whether a missing source is a failure instead of a warning.',
    },
  },
} as const;

/** A file that is put in place once. */
export const fileSeed = defineStep({
  uses: 'file.seed',
  summary: 'Put a file in place where there is none; an existing one is never touched.',
  schema,
  plan(context) {
    const { system, with: options } = context;
    const entry = system.look(options.path);
    switch (entry.type) {
      case 'missing':
        return seed(context);
      case 'file':
        return { changes: [], otherwise: `${options.path} is there and stays as it is` };
      case 'link':
      case 'behind-link': {
        const resolves = entry.type === 'link' && isPresent(system, options.path);
        const notes = resolves
          ? [info(`${options.path} is a link to ${entry.target}: left alone`)]
          : [leftAlone(options.path, entry, 'nothing is seeded through a link')];
        return { changes: [], otherwise: `${options.path} is left alone`, notes };
      }
      default:
        throw new Problem({
          found: `${options.path} is ${whatIs(entry)}`,
          wanted: 'a regular file, or nothing',
          mend: `move ${options.path} out of the way`,
        });
    }
  },
  touches: (options) => [
    { kind: 'path', path: options.path, aspect: 'existence' },
    { kind: 'path', path: options.path, aspect: 'mode' },
    { kind: 'path', path: options.path, aspect: 'owner' },
    ...ownerTouches(options.owner),
  ],
});

function seed(context: StepContext<OptionsOf<typeof schema>>): Outcome {
  const { system, with: options } = context;
  const { path: target, from, content } = options;
  if (from !== undefined && content !== undefined) {
    throw new Problem({
      found: `the plan has both from and content for ${target}`,
      wanted: 'one of them',
    });
  }
  if (from === undefined && content === undefined) {
    return { skipped: `no source is set for ${target}` };
  }
  existingDirectory(context, 'path', parentOf(target));
  if (from !== undefined) {
    const source = system.look(from);
    if (source.type !== 'file') {
      return withoutSource(target, `${from} is ${whatIs(source)}`, options.required === true);
    }
  }
  return {
    changes: [
      {
        kind: 'file',
        path: canonical(system, target),
        content: from === undefined ? Content.ofText(content ?? '') : system.read(from),
        mode: parseMode(options.mode ?? '0644'),
        owner: ownerOf(context, options.owner),
        from: 'absent',
        label: from === undefined ? 'text of the plan' : `copy of ${from}`,
        why: 'it is missing',
      },
    ],
    otherwise: '',
  };
}

function withoutSource(target: string, found: string, required: boolean): Outcome {
  if (required) {
    throw new Problem({
      found: `${target} is missing, and ${found}`,
      wanted: 'a regular file to copy',
      mend: 'put it back into the image; an ignore file may have left it out (#88926)',
    });
  }
  const notes = [warning(`${found}, so that ${target} is not seeded (#88926)`)];
  return { changes: [], otherwise: 'there is nothing to copy', notes };
}
