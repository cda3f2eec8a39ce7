/** Which version of its configuration an image expects, as a file of it says. */
import { Problem } from '../../src/errors/problem.ts';
import { path } from '../../src/step/fields.ts';
import type { ReadSystem } from '../../src/system/system.ts';
import { count, nullable } from '../../src/text/codec.ts';

/** The option that names the file, and the version in it. */
export const TARGET_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['file', 'pattern'],
  description: 'Where the image says which version it expects.',
  properties: {
    file: path('A file of the image.'),
    pattern: {
      type: 'string',
      minLength: 1,
      description: 'A regular expression whose one group is the version.',
    },
  },
} as const;

interface Target {
  readonly file: string;
  readonly pattern: string;
}

/** The version that the image expects; undefined where it does not tell. */
export function targetVersion(system: ReadSystem, target: Target | undefined): number | undefined {
  if (target === undefined || system.look(target.file).type !== 'file') return undefined;
  const { pattern } = target;
  const version = system.readAs<number | null>(target.file, {
    name: `the number in ${pattern}`,
    codec: nullable(count),
    read(text) {
      const found = patternOf(pattern).exec(text)?.[1];
      return found !== undefined && /^\d{1,9}$/.test(found) ? Number(found) : null;
    },
  });
  return version ?? undefined;
}

function patternOf(text: string): RegExp {
  const wanted = 'a regular expression whose one group is the version';
  return expressionOf('helper.target.pattern', text, wanted);
}

/** @throws Problem where it is not a regular expression */
export function expressionOf(option: string, text: string, wanted: string): RegExp {
  try {
    return new RegExp(text, 'm');
  } catch {
    throw new Problem({ found: `${option} is ${text}`, wanted });
  }
}
