/** For authors of plans: where each step of a plan comes from, and the options of step types. */
import { basename } from 'node:path';
import { orderSteps } from '../plan/bind.ts';
import type { ChangedKey, Plan, PlanStep, Position, StepEntry } from '../plan/plan.ts';
import type { Paint } from './paint.ts';
import { block, pad, widthOf, wrap } from './wrap.ts';
import type { ObjectSchema, OptionSchema } from '../step/schema.ts';
import type { AnyStepType } from '../step/step.ts';
import { counted } from '../text/phrases.ts';
import { mapStrings, printable } from '../text/printable.ts';

/** Where the steps of a plan come from. */
export interface OriginDocument {
  /** The version of the document. */
  readonly version: 1;
  /** Which document it is. */
  readonly type: 'origin';
  /** The name of the plan. */
  readonly plan: string;
  /** All its files: what it extends, itself, its fragments. */
  readonly files: readonly string[];
  /** The steps, in the order of running. */
  readonly steps: readonly StepOrigin[];
}

/** A step, and where it comes from. */
interface StepOrigin extends Pick<PlanStep, 'id' | 'uses' | 'needs' | 'entries'> {
  /** Whether the plan switches it off. */
  readonly off: boolean;
}

/** Where the steps of several plans come from. */
export interface OriginDocuments {
  /** The version of the document. */
  readonly version: 1;
  /** Which document it is. */
  readonly type: 'origins';
  /** The plans, in the order of booting. */
  readonly plans: readonly OriginDocument[];
}

/** A step type in a list. */
interface StepTypeSummary {
  /** What a step names it by. */
  readonly uses: string;
  /** What it keeps true, in one sentence. */
  readonly summary: string;
}

/** The step types. */
export interface StepTypes {
  /** The version of the document. */
  readonly version: 1;
  /** Which document it is. */
  readonly type: 'steps';
  /** Every step type. */
  readonly steps: readonly StepTypeSummary[];
}

/** A step type with its options. */
export interface StepType extends StepTypeSummary {
  /** The version of the document. */
  readonly version: 1;
  /** Which document it is. */
  readonly type: 'step-type';
  /** The JSON Schema of its options, as they are once inputs are filled in. */
  readonly options: object;
}

/** The step types, for programs. */
export function stepTypesDocument(types: readonly AnyStepType[]): StepTypes {
  const steps = types.map(({ uses, summary }) => ({ uses, summary }));
  return { version: 1, type: 'steps', steps };
}

/** A step type with its options, for programs. */
export function stepTypeDocument({ uses, summary, schema }: AnyStepType): StepType {
  return { version: 1, type: 'step-type', uses, summary, options: schema };
}

/** Where the steps of one plan or of several come from, for programs. */
export function originDocuments(plans: readonly Plan[]): OriginDocument | OriginDocuments {
  const documents = plans.map(originDocument);
  const [only] = documents;
  if (only !== undefined && documents.length === 1) return only;
  return { version: 1, type: 'origins', plans: documents };
}

function originDocument({ name, files, steps }: Plan): OriginDocument {
  return {
    version: 1,
    type: 'origin',
    plan: name,
    files,
    steps: orderSteps(steps).map(({ id, uses, off, needs, entries }) => ({
      id,
      uses,
      off: off !== undefined,
      needs,
      entries,
    })),
  };
}

/** The files of a plan, then one line per step in the order of running, with its history. */
export function renderOrigin(plan: Plan, paint: Paint): string {
  const { name, files, steps } = mapStrings(plan, printable);
  const ordered = orderSteps(steps);
  const ids = Math.max(...ordered.map(({ id }) => widthOf(id)));
  const types = Math.max(...ordered.map(({ uses }) => widthOf(uses)));
  const answer = `${name}: ${counted(steps.length, 'step')} from ${counted(files.length, 'file')}`;
  return [
    paint.strong(answer),
    '',
    ...files.map((file) => paint.faint(`  ${file}`)),
    '',
    ...ordered.flatMap((step) => {
      const mark = markOf(step, files);
      const start = `${mark} ${pad(step.id, ids)}  ${pad(step.uses, types)}  `;
      const lines = wrap(start, historyOf(step), widthOf(start));
      return mark === ' ' ? lines : lines.map(paint.change);
    }),
    '',
  ].join('\n');
}

/** Marks what differs from the lowest file. */
function markOf({ off, entries }: PlanStep, [lowest]: readonly string[]): string {
  if (off !== undefined) return '-';
  const [first, ...later] = entries;
  if (later.length > 0) return '~';
  return first === undefined || first.at.file === lowest ? ' ' : '+';
}

/** `50-site.yaml:4 replaces stage2.yaml:147`: the latest first. */
function historyOf({ entries, off }: PlanStep): string {
  const [first, ...later] = entries;
  const switching = entries.findLast(({ at }) => at.file === off?.file && at.line <= off.line);
  const verb = (entry: StepEntry): string => {
    if (entry.as === 'replaced') return 'replaces';
    if (entry === switching) return 'switches off';
    const keys = (entry.changes ?? []).map(changed);
    return keys.length === 0 ? 'changes' : `changes ${keys.join(', ')} of`;
  };
  return later.reduce(
    (history, entry) => `${place(entry.at)} ${verb(entry)} ${history}`,
    first === undefined ? '' : place(first.at),
  );
}

function changed({ key, dropped }: ChangedKey): string {
  return dropped === undefined ? key : `${key} (${counted(dropped, 'entry', 'entries')} dropped)`;
}

function place({ file, line }: Position): string {
  return `${basename(file)}:${line}`;
}

/** The step types, each with its summary. */
export function renderStepTypes(types: readonly AnyStepType[], paint: Paint): string {
  const width = Math.max(0, ...types.map(({ uses }) => widthOf(uses)));
  const lines = types.flatMap(({ uses, summary }) => {
    const [first = '', ...rest] = wrap(pad(uses, width + 2), summary, width + 2);
    return [paint.strong(first.slice(0, width)) + first.slice(width), ...rest];
  });
  return `${lines.join('\n')}\n`;
}

/** A step type with its options, from its schema. */
export function renderStepType({ uses, summary, schema }: AnyStepType, paint: Paint): string {
  const { minProperties: least } = schema;
  return [
    paint.strong(uses),
    ...block(2, summary),
    '',
    'Options, under with:',
    ...optionLines(schema, 2, paint),
    ...(least === undefined ? [] : ['', `At least ${least} of them must be given.`]),
    '',
  ].join('\n');
}

function optionLines(schema: ObjectSchema, indent: number, paint: Paint): string[] {
  const names = Object.keys(schema.properties);
  const width = Math.max(0, ...names.map(widthOf));
  return Object.entries(schema.properties).flatMap(([name, option]) => {
    const need = schema.required.includes(name) ? ', required' : '';
    const first = `${' '.repeat(indent)}${pad(name, width)}  `;
    return [
      ...wrap(first, `${kindOf(option)}${need}${fallbackOf(option)}`, indent + width + 2),
      ...block(indent + width + 2, option.description ?? '').map(paint.faint),
      ...nested(option, indent + 2, paint),
    ];
  });
}

function nested(option: OptionSchema, indent: number, paint: Paint): string[] {
  if (option.type === 'array') return nested(option.items, indent, paint);
  return 'properties' in option ? optionLines(option, indent, paint) : [];
}

function kindOf(option: OptionSchema): string {
  switch (option.type) {
    case 'array':
      return `list of ${kindOf(option.items)}`;
    case 'object':
      return 'properties' in option ? 'mapping' : 'mapping of names to text';
    case 'string':
      return option.enum === undefined ? 'text' : `one of ${option.enum.join(', ')}`;
    case 'integer':
      return `whole number${rangeOf(option.minimum, option.maximum)}`;
    case 'boolean':
      return 'true or false';
    default:
      return 'any single value';
  }
}

function rangeOf(minimum: number | undefined, maximum: number | undefined): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  return minimum === undefined ? '' : ` from ${minimum}`;
}

function fallbackOf(option: OptionSchema): string {
  return 'default' in option ? `, by default ${String(option.default)}` : '';
}
