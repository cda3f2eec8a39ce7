/** browser-path: exports the path of the browser that the image has. */
import { exportChanges } from '../src/step/env-variables.ts';
import { path, variable } from '../src/step/fields.ts';
import { warning, whatIs } from '../src/step/notes.ts';
import { endOf } from '../src/step/program.ts';
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
import type { Reader } from '../src/system/content.ts';
import type { Entry } from '../src/system/entry.ts';
import { isWithin, join, nameOf } from '../src/system/path.ts';
import type { ReadSystem } from '../src/system/system.ts';
import { nullable, text } from '../src/text/codec.ts';
import { counted } from '../src/text/phrases.ts';

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

/** Of a file that holds a path and the end of its line, in bytes; see PATH_MAX in limits.h. */
const LONGEST_PATH = 4098;

const onePath: Reader<string | null> = {
  name: 'the path',
  codec: nullable(text),
  read(content) {
    const path = content.replace(/\r?\n$/, '');
    return /^\/\P{Cc}*$/u.test(path) ? path : null;
  },
};

/** What the image says of its browser: a path, nothing, or something that is of no use. */
export function readBaked(
  system: ReadSystem,
  file: string | undefined,
): { readonly path?: string; readonly notes: readonly Note[] } {
  const entry = file === undefined ? undefined : system.look(file);
  if (file === undefined || entry === undefined || entry.type === 'missing') return { notes: [] };
  const useless = (found: string) => ({ notes: [warning(`${found}: not used`)] });
  if (entry.type !== 'file') return useless(`${file} is ${whatIs(entry)}`);
  if (entry.stat.size > LONGEST_PATH) return useless(`${file} has ${entry.stat.size} bytes`);
  const path = system.readAs(file, onePath, LONGEST_PATH);
  if (path === null) return useless(`${file} does not hold one absolute path`);
  const browser = endOf(system, path);
  if (isExecutable(browser)) return { path, notes: [] };
  const is = browser.type === 'file' ? 'not executable' : whatIs(browser);
  return useless(`${file} names ${path}, which is ${is}`);
}

/** Playwright puts its browsers two directories deep; more than this is not such a tree. */
const MAX_DEPTH = 6;
/** As many entries as are looked at. */
export const MAX_ENTRIES = 20_000;

/** Whether a file can be run by somebody. */
export function isExecutable(entry: Entry): boolean {
  return entry.type === 'file' && (entry.stat.mode & 0o111) !== 0;
}

/** The first program below a directory with the best name, level by level and sorted. */
export function findProgram(
  system: ReadSystem,
  top: string,
  names: readonly string[],
): { found?: string; complete: boolean } {
  const best: (string | undefined)[] = names.map(() => undefined);
  let seen = 0;
  let level = [top];
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth += 1) {
    const next: string[] = [];
    for (const path of level.flatMap((at) => system.list(at).map((name) => join(at, name)))) {
      seen += 1;
      if (seen > MAX_ENTRIES) return { ...first(best), complete: false };
      const rank = names.indexOf(nameOf(path));
      const entry = system.look(path);
      if (entry.type === 'directory') next.push(path);
      else if (rank >= 0 && isExecutable(entry)) best[rank] ??= path;
    }
    level = next;
  }
  return { ...first(best), complete: true };
}

function first(best: readonly (string | undefined)[]): { found?: string } {
  const found = best.find((path) => path !== undefined);
  return found === undefined ? {} : { found };
}
