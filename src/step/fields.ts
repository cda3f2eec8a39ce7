/**
 * Options that several step types have, with their form and description: paths, modes, owners, ids.
 */
import type { PropertyChoice } from './schema.ts';

/*
 * The option schemas that step types share, so that a path or a mode means the same everywhere.
 * Each is a function of its description: every property of a schema says what it is for.
 */

/** An absolute path of the world, without `..` and NUL. */
export const ABSOLUTE_PATH = '^/(?!(?:.*/)?\\.\\.(?:/|$))[^\\u0000]*$';

/** A path below some base: relative, without `..` and NUL. */
export const RELATIVE_PATH = '^(?!/)(?!(?:.*/)?\\.\\.(?:/|$))[^\\u0000]+$';

/** A mode as a quoted octal string, such as "0640". */
export const OCTAL_MODE = '^0[0-7]{3,4}$';

/** An account or numeric owner: `hermes`, `hermes:docker`, `1000:100`. */
export const OWNER = '^(?:[a-z_][a-z0-9_-]*|[0-9]+)(?::(?:[a-z_][a-z0-9_-]*|[0-9]+))?$';

/** A name of an account or group, as useradd(8) accepts it. */
export const ACCOUNT = '^[a-z_][a-z0-9_-]{0,31}$';

/** A name of an environment variable. */
export const VARIABLE = '^[A-Za-z_][A-Za-z0-9_]*$';

export const path = <const D extends string>(description: D) =>
  ({ type: 'string', pattern: ABSOLUTE_PATH, description }) as const;

export const relativePaths = <const D extends string>(description: D) =>
  ({
    type: 'array',
    items: { type: 'string', pattern: RELATIVE_PATH, description: 'A path below the base.' },
    uniqueItems: true,
    description,
  }) as const;

export const mode = <const D extends string>(description: D) =>
  ({ type: 'string', pattern: OCTAL_MODE, description }) as const;

export const owner = <const D extends string>(description: D) =>
  ({ type: 'string', pattern: OWNER, description }) as const;

export const account = <const D extends string>(description: D) =>
  ({ type: 'string', pattern: ACCOUNT, description }) as const;

export const absolutePaths = <const D extends string>(description: D) =>
  ({
    type: 'array',
    items: { type: 'string', pattern: ABSOLUTE_PATH, description: 'An absolute path.' },
    minItems: 1,
    uniqueItems: true,
    description,
  }) as const;

/** An id that an account may be given: never root's, never the kernel's overflow id above. */
export const id = <const D extends string>(description: D) =>
  ({ type: 'integer', minimum: 1, maximum: 65534, description }) as const;

/** Ids of users or groups, of which an account may have had any. */
export const ids = <const D extends string>(description: D) =>
  ({
    type: 'array',
    items: { type: 'integer', minimum: 1, maximum: 4294967293, description: 'An id.' },
    uniqueItems: true,
    description,
  }) as const;

export const variable = <const D extends string>(description: D) =>
  ({ type: 'string', pattern: VARIABLE, description }) as const;

export const argv = <const D extends string>(description: D) =>
  ({
    type: 'array',
    items: { type: 'string', description: 'A word, given as it is: no shell.' },
    minItems: 1,
    description,
  }) as const;

export const environment = <const D extends string>(description: D) =>
  ({
    type: 'object',
    additionalProperties: { type: 'string', description: 'The value.' },
    description,
  }) as const;

/** An optional property of which, or of another choice, a mapping needs one. */
export function choice(name: string): PropertyChoice {
  // ajv is strict: what a schema requires it has to name, too.
  return { required: [name], properties: { [name]: {} } };
}

/** Whether the account can change what s6 runs as root, or only control it. */
export const slotAccess = <const D extends string>(description: D) =>
  ({ type: 'string', enum: ['closed', 'open'], description }) as const;
