/** Describes what is wrong with one value, and checks the defaults of inputs. */
import { ABSOLUTE_PATH, OCTAL_MODE, RELATIVE_PATH } from '../step/fields.ts';
import type { OptionSchema, StringSchema } from '../step/schema.ts';
import type { JsonValue } from '../step/step.ts';
import { normalise } from '../system/path.ts';
import { inKey, inValue, type PendingDiagnostic, type DiagnosticParts } from './diagnostic.ts';
import type { DraftInput, Subject } from './draft.ts';
import { WANTED, readInput } from './inputs.ts';
import { describe, quote } from './wanted.ts';

/**
 * What is wrong with one value, and how to write it.
 * @param source the value as it is written in the file
 */
export function describeValue(
  value: JsonValue | undefined,
  schema: OptionSchema | undefined,
  wanted: string,
  source: string,
): DiagnosticParts {
  const message = `found ${describe(value)}, wanted ${wanted}`;
  if (schema?.type === 'array' && typeof value === 'string') {
    return source.includes('\n')
      ? { message }
      : { message, hint: `write it as a list: [${source}]` };
  }
  if (schema?.type === 'boolean' && typeof value === 'string') {
    return { message, hint: plainBoolean(value) };
  }
  if (schema?.type !== 'string') return { message };
  const isMode = schema.pattern === OCTAL_MODE;
  if (typeof value === 'number') {
    return isMode ? modeParts(value, source, message) : { message, hint: inQuotes(source, schema) };
  }
  if (typeof value === 'boolean') return { message, hint: inQuotes(source, schema) };
  if (typeof value !== 'string') return { message };
  if (isMode && /^[0-7]{3}$/.test(value)) return { message, hint: quoted(`0${value}`) };
  if (schema.pattern === ABSOLUTE_PATH) return absoluteParts(value, message);
  return schema.pattern === RELATIVE_PATH ? relativeParts(value, message) : { message };
}

/** YAML 1.2 reads 0600 as six hundred, and 0o600 as 384. */
function modeParts(value: number, source: string, message: string): DiagnosticParts {
  const digits = /^0o?([0-7]{3,4})$/.exec(source)?.[1];
  if (digits !== undefined) {
    return {
      message: `mode ${source} is decimal ${value} in YAML 1.2`,
      hint: quoted(`0${digits.replace(/^0(?=...)/, '')}`),
    };
  }
  return /^[0-7]{3}$/.test(source) ? { message, hint: quoted(`0${source}`) } : { message };
}

function absoluteParts(value: string, otherwise: string): DiagnosticParts {
  if (goesUp(value)) {
    const message = `the path ${quote(value)} has .. in it`;
    return value.startsWith('/')
      ? { message, hint: `write ${quote(normalise(value))}` }
      : { message };
  }
  if (value === '' || value.startsWith('/')) return { message: otherwise };
  return {
    message: `found the relative path ${quote(value)}, wanted an absolute path`,
    hint: 'start it with /',
  };
}

function relativeParts(value: string, otherwise: string): DiagnosticParts {
  if (goesUp(value)) return { message: `the path ${quote(value)} has .. in it` };
  if (!value.startsWith('/')) return { message: otherwise };
  return {
    message: `found the absolute path ${quote(value)}, wanted a relative path`,
    hint: 'leave out the directory that it is relative to',
  };
}

/** In YAML 1.1 these were true and false. */
export function plainBoolean(text: string): string | undefined {
  if (/^(?:true|yes|on|y)$/i.test(text)) return 'write true';
  return /^(?:false|no|off|n)$/i.test(text) ? 'write false' : undefined;
}

/** The hint to put quotes around a value, where that makes it right. */
function inQuotes(source: string, { pattern, enum: words }: StringSchema): string | undefined {
  const right =
    words === undefined
      ? pattern === undefined || new RegExp(pattern, 'u').test(source)
      : words.includes(source);
  return right ? quoted(source) : undefined;
}

function goesUp(path: string): boolean {
  return path.split('/').includes('..');
}

function quoted(text: string): string {
  return `write it quoted: "${text}"`;
}

/** Defaults that their own input would refuse, and `values` that have no meaning. */
export function checkDefaults({ draft, document: { sourceMap } }: Subject): PendingDiagnostic[] {
  return draft.inputs.flatMap((input) => {
    const { pointer, type, values } = input;
    const found: PendingDiagnostic[] = [];
    if (values !== undefined && type !== undefined && type !== 'string') {
      const hint = `the type ${type} decides which values are allowed`;
      const message = 'values are for inputs of type string';
      found.push(inKey(sourceMap, `${pointer}/values`, { message, hint }));
    }
    const wanted = wantedDefault(input);
    if (wanted !== undefined) {
      const source = sourceMap.source(`${pointer}/default`);
      const unquoted = type === 'string' && typeof input.fallback !== 'string';
      const hint = unquoted
        ? `write it quoted: "${source}"`
        : type === 'boolean'
          ? plainBoolean(source)
          : undefined;
      const message = `found ${describe(input.fallback)}, wanted ${wanted}`;
      found.push(inValue(sourceMap, `${pointer}/default`, { message, hint }));
    }
    return found;
  });
}

/** What the default should be; undefined where it is right or there is none. */
function wantedDefault({ type, fallback, values }: DraftInput): string | undefined {
  if (type === undefined || fallback === undefined) return undefined;
  switch (type) {
    case 'id':
      if (typeof fallback !== 'number') return WANTED.id;
      break;
    case 'boolean':
      return typeof fallback === 'boolean' ? undefined : 'true or false';
    case 'path':
    case 'string':
      if (typeof fallback !== 'string') return WANTED[type];
  }
  const reading = readInput(
    { type, ...(values === undefined ? {} : { values }) },
    String(fallback),
  );
  return reading.ok ? undefined : reading.wanted;
}
