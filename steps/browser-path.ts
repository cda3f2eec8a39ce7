import { exportChanges } from '../src/step/envdir.ts';
import { path, variable } from '../src/step/fields.ts';
import { counted, warning, whatIs } from '../src/step/phrases.ts';
import { defineStep } from '../src/step/step.ts';
import { envdirPath, readEnvdir } from '../src/system/envdir.ts';
import { isWithin, join, nameOf } from '../src/system/path.ts';
import type { ReadSystem } from '../src/system/system.ts';

/** Playwright puts its browsers two directories deep; more than this is not such a tree. */
const MAX_DEPTH = 6;
const MAX_ENTRIES = 20_000;

/** The browser that the agent starts. */
export const browserPath = defineStep({
  uses: 'browser-path',
  summary: 'Find the browser of the image and export its path to every later service.',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['variable', 'names'],
    properties: {
      browsers: path('The directory that holds the browsers. Unset: nothing is done.'),
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
  },
  plan(context) {
    const { system, with: options } = context;
    const { variable: name, names } = options;
    const current = readEnvdir(system, name);
    const override = options.override ?? '';
    if (override !== '' && override !== current) {
      return { skipped: `${context.origin('override') ?? name} is set to ${override}` };
    }
    if (options.browsers === undefined) {
      return { skipped: 'no directory of browsers is set' };
    }
    const { browsers } = options;
    const entry = system.look(browsers);
    if (entry.type !== 'directory') return { skipped: `${browsers} is ${whatIs(entry)}` };
    // What the last boot has exported is looked at alone: a walk finds it again or a better one,
    // and neither is worth a walk on every boot.
    const exported = current !== undefined && isWithin(current, browsers) ? current : undefined;
    if (exported !== undefined && names.includes(nameOf(exported)) && runs(system, exported)) {
      return { changes: [], otherwise: `${name} is ${exported} already` };
    }
    if (override !== '') {
      return { skipped: `${context.origin('override') ?? name} is set to ${override}` };
    }
    const { found, complete } = findProgram(system, browsers, names);
    if (found === undefined) {
      const limit = complete ? '' : ` among the first ${counted(MAX_ENTRIES, 'entry', 'entries')}`;
      const text = `${browsers} holds no executable named ${names.join(', ')}${limit}: the agent has to find a browser by itself`;
      return { changes: [], otherwise: `no browser in ${browsers}`, notes: [warning(text)] };
    }
    return {
      changes: exportChanges(context, name, found, 'the agent does not look there (#15697)'),
      otherwise: `${name} is ${found} already`,
    };
  },
  touches: (options) => [{ kind: 'path', path: envdirPath(options.variable), aspect: 'existence' }],
});

function runs(system: ReadSystem, path: string): boolean {
  const entry = system.look(path);
  return entry.type === 'file' && (entry.stat.mode & 0o111) !== 0;
}

/** The first program below a directory with the best name, level by level and sorted. */
function findProgram(
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
      const { type } = system.look(path);
      if (type === 'directory') next.push(path);
      else if (rank >= 0 && runs(system, path)) best[rank] ??= path;
    }
    level = next;
  }
  return { ...first(best), complete: true };
}

function first(best: readonly (string | undefined)[]): { found?: string } {
  const found = best.find((path) => path !== undefined);
  return found === undefined ? {} : { found };
}
