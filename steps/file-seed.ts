/** file.seed: a file has what the image or the plan gives it, unless somebody has it already. */
import { Problem } from '../src/errors/problem.ts';
import { acceptable, info, leftAlone, notAFile } from '../src/step/notes.ts';
import { existingDirectory } from '../src/step/paths.ts';
import { isPresent } from '../src/step/program.ts';
import { defineStep, type Outcome, type StepContext } from '../src/step/step.ts';
import { mayChange, reliesOn, reliesOnOwner } from '../src/step/touch.ts';
import { parentOf } from '../src/system/path.ts';
import { followSource, remember } from './file-seed/follow.ts';
import { putInPlace, schema, sourceOf, type Options } from './file-seed/source.ts';

/** A file that is put in place once. */
export const fileSeed = defineStep({
  uses: 'file.seed',
  summary: 'Put a file in place where there is none; an edited file is never touched.',
  schema,
  plan(context) {
    const { system, with: options } = context;
    const entry = system.look(options.path);
    switch (entry.type) {
      case 'missing':
        return seed(context);
      case 'file':
        return options.follow === undefined
          ? { converged: `${options.path} is there and stays as it is` }
          : followSource(context, entry.stat, options.follow);
      case 'link':
      case 'behind-link': {
        const resolves = entry.type === 'link' && isPresent(system, options.path);
        const notes = resolves
          ? [info(`${options.path} is a link to ${entry.target}: left alone`)]
          : [leftAlone(options.path, entry, 'nothing is seeded through a link')];
        return { converged: `${options.path} is left alone`, notes };
      }
      default:
        throw notAFile(options.path, entry, 'a regular file, or nothing');
    }
  },
  touches: (options) => [
    ...mayChange(options.path, 'existence', 'mode', 'owner'),
    ...mayChange(options.follow),
    ...reliesOn(options.from),
    ...reliesOn(options.version?.target.file),
    ...reliesOnOwner(options.owner),
  ],
});

function seed(context: StepContext<Options>): Outcome {
  const { path: target, follow, required } = context.with;
  const source = sourceOf(context);
  if (source === undefined) return { skipped: `no source is set for ${target}` };
  existingDirectory(context, 'path', parentOf(target));
  if (typeof source === 'string') return withoutSource(target, source, required === true);
  const change = putInPlace(context, source, { from: 'absent', why: 'it is missing' });
  if (follow === undefined) return { changes: [change] };
  const why = 'the next image can tell whether anybody edited it';
  const { changes, notes } = remember(context, follow, [source.content().digest()], why);
  return { changes: [...changes, change], notes };
}

function withoutSource(target: string, found: string, required: boolean): Outcome {
  if (required) {
    throw new Problem({
      found: `${target} is missing, and ${found}`,
      wanted: 'a regular file to copy',
      mend: 'put it back into the image; an ignore file may have left it out (#88926)',
    });
  }
  const notes = [
    acceptable('no-source', target, `${found}, so that ${target} is not seeded (#88926)`),
  ];
  return { converged: 'there is nothing to copy', notes };
}
