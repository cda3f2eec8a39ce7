/** Builds a plan, with its digest, from files that were found right. */
import { createHash } from 'node:crypto';
import { textsIn, type DraftInput, type DraftStep, type Subject } from './draft.ts';
import { member, textMember } from './json.ts';
import { parseWhen } from './parse-when.ts';
import type { InputDeclaration, OnFailure, Plan, PlanStep, Position, StepEntry } from './plan.ts';
import type { PlanDocument } from './read-yaml.ts';

/** In milliseconds. */
const DEFAULT_TIMEOUT = 600_000;

/** What the files of a plan add to its document. */
interface Parts {
  readonly files: readonly string[];
  /** The file that was asked for. */
  readonly file: string;
  /** By the index of the step. */
  readonly entries: readonly (readonly StepEntry[])[];
}

/** The plan of files without errors. */
export function planOf({ document, draft }: Subject, { files, file, entries }: Parts): Plan {
  const home = textMember(draft.top, 'home');
  const tracker = textMember(draft.top, 'tracker');
  const plan = {
    name: textMember(draft.top, 'name') ?? '',
    description: textMember(draft.top, 'description') ?? '',
    file,
    files,
    lockTimeout: milliseconds(textMember(draft.top, 'lock-timeout')),
    ...(home === undefined ? {} : { home }),
    ...(tracker === undefined ? {} : { tracker }),
    inputs: draft.inputs.map((input) => declarationOf(input, document)),
    steps: draft.steps.map((step, index) => stepOf(step, document, entries[index] ?? [])),
  };
  return { ...plan, digest: digestOf(plan) };
}

function declarationOf(input: DraftInput, { sourceMap }: PlanDocument): InputDeclaration {
  const { name, pointer, type, fallback, values, body } = input;
  const description = textMember(body, 'description');
  return {
    name,
    env: textsIn(member(body, 'env')),
    type: type ?? 'string',
    secret: member(body, 'secret') === true,
    at: position(sourceMap.key(pointer)),
    ...(description === undefined ? {} : { description }),
    ...(values === undefined ? {} : { values }),
    ...(isScalar(fallback) ? { default: fallback } : {}),
  };
}

function stepOf(
  step: DraftStep,
  { sourceMap }: PlanDocument,
  entries: readonly StepEntry[],
): PlanStep {
  const { pointer, body, when } = step;
  const parsed = when === undefined ? undefined : parseWhen(when.text);
  const entry: StepEntry = { at: position(sourceMap.value(pointer)), as: 'added' };
  const why = textMember(body, 'why');
  const as = textMember(body, 'as');
  const accept = textsIn(member(body, 'accept'));
  return {
    id: step.id ?? '',
    uses: step.uses ?? '',
    with: step.with,
    needs: step.needs.map(({ text }) => text),
    onFailure: onFailureOf(textMember(body, 'on-failure')),
    timeout: milliseconds(textMember(body, 'timeout')),
    at: (entries.findLast(({ as }) => as !== 'changed') ?? entry).at,
    entries: entries.length === 0 ? [entry] : entries,
    ...(member(body, 'off') === true ? { off: position(sourceMap.key(`${pointer}/off`)) } : {}),
    ...(parsed !== undefined && 'condition' in parsed ? { when: parsed.condition } : {}),
    ...(when === undefined ? {} : { whenText: when.text }),
    ...(accept.length === 0 ? {} : { accept }),
    ...(why === undefined ? {} : { why }),
    ...(as === undefined ? {} : { as }),
  };
}

function isScalar(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function position({ file, line, column }: Position): Position {
  return { file, line, column };
}

function onFailureOf(text: string | undefined): OnFailure {
  return text === 'degrade' || text === 'ignore' ? text : 'stop';
}

function milliseconds(text: string | undefined): number {
  const parts = /^(\d+)(ms|s|m)$/.exec(text ?? '');
  if (parts === null) return DEFAULT_TIMEOUT;
  const factor = { ms: 1, s: 1000, m: 60_000 }[parts[2] ?? ''];
  return factor === undefined ? DEFAULT_TIMEOUT : Number(parts[1]) * factor;
}

/**
 * The SHA-256 of all that a plan says, in hexadecimal, to see that two boots ran the same one. It
 * does not depend on files and lines.
 */
export function digestOf(plan: Omit<Plan, 'digest'>): string {
  const { name, description, home, tracker, lockTimeout, inputs, steps } = plan;
  const said = {
    name,
    description,
    home,
    tracker,
    lockTimeout,
    inputs: inputs.map((input) => ({ ...input, at: undefined })),
    steps: steps.map((step) => ({
      ...step,
      at: undefined,
      entries: undefined,
      off: step.off !== undefined,
    })),
  };
  // JSON leaves out what is undefined.
  return createHash('sha256').update(JSON.stringify(said)).digest('hex');
}
