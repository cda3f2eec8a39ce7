import { exportChanges } from '../src/step/envdir.ts';
import { path, variable } from '../src/step/fields.ts';
import { counted, warning, whatIs } from '../src/step/phrases.ts';
import type { OptionsOf } from '../src/step/schema.ts';
import {
  changesOr,
  defineStep,
  type Note,
  type Outcome,
  type StepContext,
} from '../src/step/step.ts';
import { mayChange } from '../src/step/touch.ts';
import { envdirPath, readEnvdir } from '../src/system/container-env.ts';
import { isWithin, nameOf } from '../src/system/path.ts';
import type { ReadSystem } from '../src/system/system.ts';
import { readBaked } from './browser-path/baked.ts';
import { findProgram, isExecutable, MAX_ENTRIES } from './browser-path/program.ts';

const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['variable', 'names'],
  properties: {
    baked: path(
      'The file of the image that names its browser; without one `browsers` is searched.',
    ),
    browsers: path('The directory that holds the browsers. Unset: none is searched.'),
    override: { type: 'string', description: 'The path that the operator has set, if any.' },
    variable: variable('The variable that is exported.'),
    names: {
      type: 'array',
      items: { type: 'string', pattern: '^[^/]+$', description: 'A name of a program.' },
      minItems: 1,
      uniqueItems: true,
      description:
        'What a browser is called; the first name that is there wins. Names of files, never parts of paths: shared libraries are executable, too.',
    },
  },
} as const;

type Options = OptionsOf<typeof schema>;

/** The browser that the agent starts. */
export const browserPath = defineStep({
  uses: 'browser-path',
  summary: 'Find the browser of the image and export its path to every later service.',
  schema,
  plan(context) {
    const { system, with: options } = context;
    const { variable: name } = options;
    const current = readEnvdir(system, name);
    const override = options.override ?? '';
    const chosen = { skipped: `${context.origin('override') ?? name} is set to ${override}` };
    if (override !== '' && override !== current) return chosen;
    const baked = readBaked(system, options.baked);
    if (baked.path !== undefined && baked.path === current) {
      return { converged: `${name} is ${current} already` };
    }
    const found = exportedBefore(system, current, options);
    if (override !== '' && found === undefined) return chosen;
    if (baked.path !== undefined) {
      const why = `${options.baked ?? ''} of the image names it`;
      return { changes: exportChanges(context, name, baked.path, why) };
    }
    return withNotes(search(context, found), baked.notes);
  },
  touches: (options) => mayChange(envdirPath(options.variable)),
});

/**
 * What a boot before has found and exported, where that still can be run. It is looked at alone: a
 * walk finds it again or a better one, and neither is worth a walk on every boot.
 */
function exportedBefore(
  system: ReadSystem,
  current: string | undefined,
  { browsers, names }: Options,
): string | undefined {
  if (current === undefined || browsers === undefined || !isWithin(current, browsers)) {
    return undefined;
  }
  return names.includes(nameOf(current)) && isExecutable(system.look(current))
    ? current
    : undefined;
}

function search(context: StepContext<Options>, exported: string | undefined): Outcome {
  const { system, with: options } = context;
  const { browsers, names, variable: name } = options;
  if (browsers === undefined) return { skipped: 'no directory of browsers is set' };
  const entry = system.look(browsers);
  if (entry.type !== 'directory') return { skipped: `${browsers} is ${whatIs(entry)}` };
  if (exported !== undefined) {
    return { converged: `${name} is ${exported} already` };
  }
  const { found, complete } = findProgram(system, browsers, names);
  if (found === undefined) {
    const limit = complete ? '' : ` among the first ${counted(MAX_ENTRIES, 'entry', 'entries')}`;
    const text = `${browsers} holds no executable named ${names.join(', ')}${limit}: the agent has to find a browser by itself`;
    return { converged: `no browser in ${browsers}`, notes: [warning(text)] };
  }
  const why = 'the agent does not look there (#15697)';
  return changesOr(exportChanges(context, name, found, why), `${name} is ${found} already`);
}

function withNotes(outcome: Outcome, notes: readonly Note[]): Outcome {
  if (notes.length === 0) return outcome;
  if ('skipped' in outcome) return { converged: outcome.skipped, notes };
  return { ...outcome, notes: [...notes, ...(outcome.notes ?? [])] };
}
