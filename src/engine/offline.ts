/** Takes the facts of a boot, and plans a boot from facts on another machine. */
import { basename } from 'node:path';
import { bindPlan } from '../plan/bind.ts';
import { textsOf } from '../plan/json.ts';
import type { BootPlan, Input, InputDeclaration, Plan, PlanSource } from '../plan/plan.ts';
import { withStandIns } from '../plan/stand-ins.ts';
import type { Facts } from '../step/facts.ts';
import type { AnyStepType } from '../step/step.ts';
import { RecordedTree } from '../system/recording/recorded-tree.ts';
import { RecordingTree } from '../system/recording/recording-tree.ts';
import type { World } from '../system/world.ts';
import { dryRun } from './boot.ts';
import {
  FACTS_VERSION,
  factsDocument,
  type FactsDocument,
  type InputRecord,
} from './facts-document.ts';
import { SecretCover } from './secret-cover.ts';

/** What facts are taken of. */
interface Subject {
  readonly plan: Plan;
  readonly inputs: readonly Input[];
  readonly facts: Facts;
  readonly system: Pick<World, 'tree' | 'policy'>;
  /** All that must not leave this machine. */
  readonly secrets: readonly string[];
  readonly types: readonly AnyStepType[];
  /** What the world has added to the plan. */
  readonly fragments: readonly PlanSource[];
}

interface TakeOptions {
  readonly by: string;
  readonly taken: Date;
  readonly signal: AbortSignal;
}

/**
 * Plans a boot and writes down what it asked of the world. The plan has stand-ins for its secret
 * inputs, so that what it asks for and what it finds holds none.
 */
export async function takeFacts(
  { plan, inputs, facts, system, secrets, types, fragments }: Subject,
  { by, taken, signal }: TakeOptions,
): Promise<FactsDocument> {
  const covered = withStandIns(inputs);
  const bound = bindPlan(plan, covered, facts, types);
  const known = bound.steps.flatMap((step) => [...textsOf(step.with)].map(({ text }) => text));
  const cover = new SecretCover(secrets, inputs, covered, JSON.stringify(plan), known);
  const tree = new RecordingTree(system.tree, cover);
  const recorded = { tree, policy: system.policy };
  await dryRun(bound, recorded, { facts, listener: () => undefined, signal });
  const document: FactsDocument = {
    about: 'hermes-boot facts',
    version: FACTS_VERSION,
    by,
    taken: taken.toISOString(),
    plan: {
      name: plan.name,
      digest: plan.digest,
      fragments: fragments.map(({ file, text }) => ({ file: basename(file), text })),
    },
    differs: [],
    facts,
    inputs: new Map(covered.map((input) => [input.name, recordOf(input)])),
    links: system.policy,
    world: tree.record(),
  };
  return factsDocument.decode(cover.json(factsDocument.encode(document)), '');
}

/** A boot that can be planned anywhere. */
interface OfflineBoot {
  readonly plan: BootPlan;
  readonly system: Pick<World, 'tree' | 'policy'>;
  /** The inputs that the document has not: they count as unset. */
  readonly unknown: readonly string[];
}

/**
 * A boot as it would be where facts were taken.
 * @throws Problem when an input's value does not fit the option that it fills in
 */
export function offlineBoot(
  plan: Plan,
  document: FactsDocument,
  facts: Facts,
  types: readonly AnyStepType[],
): OfflineBoot {
  const inputs = plan.inputs.map((declaration) =>
    inputOf(declaration, document.inputs.get(declaration.name)),
  );
  return {
    plan: bindPlan(plan, inputs, facts, types),
    system: { tree: new RecordedTree(document.world), policy: document.links },
    unknown: plan.inputs.map(({ name }) => name).filter((name) => !document.inputs.has(name)),
  };
}

function recordOf({ value, source, refused }: Input): InputRecord {
  return {
    source,
    ...(value === undefined ? {} : { value }),
    ...(refused === undefined ? {} : { refused }),
  };
}

function inputOf(declaration: InputDeclaration, record: InputRecord | undefined): Input {
  const { name, default: fallback } = declaration;
  if (record === undefined) {
    const kind = fallback === undefined ? 'unset' : 'default';
    return { name, declaration, value: fallback, source: { kind } };
  }
  const { value, source, refused } = record;
  return { name, declaration, value, source, ...(refused === undefined ? {} : { refused }) };
}
