import type { OptionSchema } from '../../step/schema.ts';
import type { AnyStepType } from '../../step/step.ts';
import type { Draft, DraftStep } from '../draft.ts';
import { keysOf } from '../json.ts';
import { INPUT_KEYS, PLAN_KEYS, childSchema } from '../keys.ts';
import type { Registry } from '../registry.ts';
import type { PlanDocument } from '../yaml.ts';

/** What a check looks at. */
export interface Subject extends Registry {
  readonly document: PlanDocument;
  readonly draft: Draft;
}

/** The step type that a step uses; undefined where there is no such type. */
export function typeOf({ types }: Subject, step: DraftStep | undefined): AnyStepType | undefined {
  return types.find(({ uses }) => uses === step?.uses);
}

/** What the plan language or a step type wants at a pointer; undefined where it wants nothing. */
export function schemaAt(subject: Subject, pointer: string): OptionSchema | undefined {
  const keys = keysOf(pointer);
  const [top, name, key] = keys;
  if (top === 'inputs' && name !== undefined) return walk(INPUT_KEYS, keys.slice(2));
  if (top !== 'steps' || key !== 'with') return walk(PLAN_KEYS, keys);
  return walk(typeOf(subject, subject.draft.stepAt(Number(name)))?.schema, keys.slice(3));
}

function walk(schema: OptionSchema | undefined, keys: readonly string[]): OptionSchema | undefined {
  return keys.reduce(childSchema, schema);
}
