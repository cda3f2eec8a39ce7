/** Gives inputs their values from environment variables. */
import { Problem, unreachable } from '../errors/problem.ts';
import { normalise } from '../system/path.ts';
import type { Input, InputDeclaration, InputSource, InputType, InputValue } from './plan.ts';
import { either, quote } from './wanted.ts';

/** A set of variables by name. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Where inputs come from. The process environment wins over the s6 envdir. */
export interface Environment {
  readonly process: Variables;
  readonly envdir: Readonly<Record<string, string>>;
}

/** Inputs with their values, and problems that keep the boot from starting. */
interface ResolvedInputs {
  readonly inputs: readonly Input[];
  readonly problems: readonly Problem[];
}

type Found = Extract<InputSource, { variable: string }> & { readonly text: string };

/**
 * Gives each input its value. An invalid value leaves an input without a default unset and marks it
 * refused; with a default it is a problem, since the boot would silently do something else than
 * what was asked for.
 */
export function resolveInputs(
  declarations: readonly InputDeclaration[],
  environment: Environment,
): ResolvedInputs {
  const inputs: Input[] = [];
  const problems: Problem[] = [];
  for (const declaration of declarations) {
    const found = firstSet(declaration.env, environment);
    const result = found === undefined ? unset(declaration) : read(declaration, found);
    if (result instanceof Problem) {
      problems.push(result);
      inputs.push(unset(declaration));
    } else {
      inputs.push(result);
    }
  }
  return { inputs, problems };
}

/**
 * All values of the variables of secret inputs, also where another variable wins, and the passwords
 * and tokens in URLs of other inputs.
 */
export function secretTexts(
  declarations: readonly InputDeclaration[],
  { process, envdir }: Environment,
): readonly string[] {
  const texts = declarations.flatMap(({ secret, env }) => {
    const own = env.flatMap((name) => [valueOf(process, name), valueOf(envdir, name)]);
    return secret ? own : own.flatMap(secretsOfUrl);
  });
  return [...new Set(texts.map((text) => text.replace(/\n$/, '')))].filter((text) => text !== '');
}

function secretsOfUrl(text: string): string[] {
  if (!text.includes('://') && !text.includes('=')) return [];
  const [, password] = /^[a-z][a-z0-9+.-]*:\/\/[^/@:]*:([^/@]+)@/i.exec(text) ?? [];
  const values = [...text.matchAll(/[?&][^=&]*(?:key|token|secret|password)=([^&#]+)/gi)];
  return [password ?? '', ...values.map(([, value = '']) => value)];
}

/** The first variable that is set and not empty, wherever it is set. */
function firstSet(names: readonly string[], { process, envdir }: Environment): Found | undefined {
  for (const variable of names) {
    const own = valueOf(process, variable);
    if (own !== '') return { kind: 'environment', variable, text: own };
    const text = valueOf(envdir, variable).replace(/\n$/, '');
    if (text !== '') return { kind: 'envdir', variable, text };
  }
  return undefined;
}

function valueOf(variables: Variables, name: string): string {
  return (Object.hasOwn(variables, name) ? variables[name] : undefined) ?? '';
}

function read(declaration: InputDeclaration, found: Found): Input | Problem {
  const { variable, kind, text } = found;
  const reading = readInput(declaration, text);
  if (reading.ok) return { ...inputOf(declaration, reading.value), source: { kind, variable } };

  const shown = declaration.secret ? '***' : quote(text);
  const { wanted } = reading;
  if (declaration.default === undefined) {
    return { ...unset(declaration), refused: { variable, found: shown, wanted } };
  }
  return new Problem({
    found: `${variable} is ${shown}`,
    wanted,
    mend: `correct ${variable}, or unset it for the default ${String(declaration.default)}`,
  });
}

function unset(declaration: InputDeclaration): Input {
  const { type, default: fallback } = declaration;
  if (fallback === undefined) return inputOf(declaration, undefined);
  const value = type === 'path' ? normalise(String(fallback)) : fallback;
  return { ...inputOf(declaration, value), source: { kind: 'default' } };
}

function inputOf(declaration: InputDeclaration, value: InputValue): Input {
  return { name: declaration.name, declaration, value, source: { kind: 'unset' } };
}

/** A value, or what was wanted instead. */
type Reading =
  | { readonly ok: true; readonly value: string | number | boolean }
  | { readonly ok: false; readonly wanted: string };

const YES = ['1', 'true', 'yes', 'on'];
const NO = ['0', 'false', 'no', 'off'];
const LARGEST_ID = 65534;

/** Reads the value of a variable as the type of its input. */
export function readInput(
  { type, values }: Pick<InputDeclaration, 'type' | 'values'>,
  text: string,
): Reading {
  switch (type) {
    case 'path':
      return readPath(text);
    case 'id':
      return readId(text);
    case 'boolean':
      return readBoolean(text);
    case 'string':
      return values === undefined || values.includes(text)
        ? { ok: true, value: text }
        : { ok: false, wanted: either(values.map(quote)) };
    default:
      return unreachable(type);
  }
}

/** What each type wants, as a phrase. */
export const WANTED: Readonly<Record<InputType, string>> = {
  path: 'an absolute path other than / and without ..',
  id: `a number from 1 to ${LARGEST_ID}`,
  boolean: 'one of 1, true, yes, on, 0, false, no, off',
  string: 'a string',
};

function readPath(text: string): Reading {
  const right = text.startsWith('/') && !text.includes('\0') && !text.split('/').includes('..');
  const value = normalise(text);
  return right && value !== '/' ? { ok: true, value } : { ok: false, wanted: WANTED.path };
}

function readId(text: string): Reading {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : 0;
  return value >= 1 && value <= LARGEST_ID ? { ok: true, value } : { ok: false, wanted: WANTED.id };
}

function readBoolean(text: string): Reading {
  const word = text.toLowerCase();
  if (YES.includes(word)) return { ok: true, value: true };
  return NO.includes(word) ? { ok: true, value: false } : { ok: false, wanted: WANTED.boolean };
}
