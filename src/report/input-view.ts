import { unreachable } from '../errors/problem.ts';
import type { Input, InputSource } from '../plan/plan.ts';
import { listNames } from './format.ts';
import { REDACTED } from './redact.ts';

/** An input as reports show it. */
export interface InputView {
  readonly name: string;
  /** Null when it is unset; `***` when it is secret. */
  readonly value: string | number | boolean | null;
  readonly source: InputSource;
  /** The variables that would have decided before the source, and are not set. */
  readonly unset: readonly string[];
  readonly refused?: {
    readonly variable: string;
    readonly found: string;
    readonly wanted: string;
  };
}

/** What an input looks like; a secret one without its value. */
export function viewInput({ name, declaration, value, source, refused }: Input): InputView {
  const unset = unsetVariables(declaration.env, source, refused?.variable);
  const shown = declaration.secret && value !== undefined ? REDACTED : (value ?? null);
  const view = { name, value: shown, source: { ...source }, unset };
  if (refused === undefined) return view;
  return { ...view, refused: { ...refused, found: declaration.secret ? REDACTED : refused.found } };
}

function unsetVariables(
  variables: readonly string[],
  source: InputSource,
  refused: string | undefined,
): readonly string[] {
  const decided = 'variable' in source ? source.variable : refused;
  const end = decided === undefined ? -1 : variables.indexOf(decided);
  return end === -1 ? variables : variables.slice(0, end);
}

/** Where an input came from, for a person: `from PUID; HERMES_UID is not set`. */
export function showSource({ source, unset, refused }: InputView): string {
  const origin = refused === undefined ? originOf(source) : undefined;
  const missing =
    unset.length === 0
      ? undefined
      : `${listNames(unset)} ${unset.length > 1 ? 'are' : 'is'} not set`;
  return [refused && showRefusal(refused), origin, missing]
    .filter((part) => part !== undefined)
    .join('; ');
}

/** Why a value was not used: `PUID=abc refused, wanted a number from 1 to 65534; not applied`. */
export function showRefusal({
  variable,
  found,
  wanted,
}: NonNullable<InputView['refused']>): string {
  return `${variable}=${found} refused, wanted ${wanted}; not applied`;
}

function originOf(source: InputSource): string | undefined {
  switch (source.kind) {
    case 'environment':
      return `from ${source.variable}`;
    case 'envdir':
      return `from ${source.variable} (container environment)`;
    case 'default':
      return 'the default';
    case 'unset':
      return undefined;
    default:
      return unreachable(source);
  }
}
