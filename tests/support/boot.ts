import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeChange, showChange } from '../../src/changes/kinds.ts';
import { dryRun, run } from '../../src/engine/boot.ts';
import type { BootResult } from '../../src/engine/result.ts';
import type { Bootable } from '../../src/engine/context.ts';
import { bindPlan } from '../../src/plan/bind.ts';
import { resolveInputs } from '../../src/plan/inputs.ts';
import { loadPlan } from '../../src/plan/load.ts';
import type { BootPlan, Plan } from '../../src/plan/plan.ts';
import { validateShape } from '../../src/plan/schema-validator.ts';
import type { Facts } from '../../src/step/facts.ts';
import type { Present } from '../../src/system/entry.ts';
import { isWithin, join as below } from '../../src/system/path.ts';
import type { Tree } from '../../src/system/tree.ts';
import { stepTypes } from '../../steps/index.ts';
import { ROOT_FACTS } from './plan-step.ts';

/** The text of a plan of this project. */
export function planText(name: string): string {
  return readFileSync(join(import.meta.dirname, '../../plans', `${name}.yaml`), 'utf8');
}

/** The plan of an image, which edits the configuration: the agent's helper is in no world of a test. */
export const STAGE2_WITH_EDITS = withEdits(planText('stage2'));

/** The plan without root, in the same way. */
export const UNPRIVILEGED_WITH_EDITS = withEdits(planText('unprivileged'));

function withEdits(text: string): string {
  const step = /^ {2}- id: config\n(?: {4}.*\n)*/m;
  if (!step.test(text)) throw new Error('there is no step config');
  const edits =
    '[{ rename: { from: model.name, to: model.default } }, { set: { path: _config_version, value: 12 } }]';
  return text.replace(
    step,
    `  - id: config
    uses: yaml.edit
    needs: [seed-env, seed-config]
    with: { path: '$\{{ inputs.home }}/config.yaml', edits: ${edits} }
    on-failure: degrade
`.replaceAll('$', '$$$$'),
  );
}

/** A plan of this text. */
export function loadedPlan(text: string): Plan {
  const loaded = loadPlan({ file: 'test.yaml', text }, REGISTRY, LIBRARY);
  if (!loaded.ok) throw new Error(loaded.diagnostics.map(({ message }) => message).join('; '));
  return loaded.value;
}

const REGISTRY = { types: stepTypes, validate: validateShape };

/** The plans of this project, which others can extend. */
const LIBRARY = {
  names: ['stage2'],
  read: (name: string) => ({ file: `${name}.yaml`, text: planText(name) }),
  fragments: [],
};

/** A plan ready to boot, from its text and an environment. */
export function bootPlan(
  text: string,
  env: Readonly<Record<string, string>> = {},
  facts: Facts = ROOT_FACTS,
): BootPlan {
  const plan = loadedPlan(text);
  const { inputs, problems } = resolveInputs(plan.inputs, { process: env, envdir: {} });
  if (problems[0] !== undefined) throw problems[0];
  return bindPlan(plan, inputs, facts, stepTypes);
}

const QUIET = {
  facts: ROOT_FACTS,
  listener: () => undefined,
  signal: new AbortController().signal,
};

/** What a boot would do to a world. */
export function plannedOf(
  plan: BootPlan,
  system: Bootable,
  facts: Facts = ROOT_FACTS,
): Promise<BootResult> {
  return dryRun(plan, system, { ...QUIET, facts });
}

/** Boots a world. */
export function bootOf(
  plan: BootPlan,
  system: Bootable,
  facts: Facts = ROOT_FACTS,
): Promise<BootResult> {
  return run(plan, system, { ...QUIET, facts });
}

/** The changes of a boot, each as a line, with the step and the reason. */
export function changeLines(report: BootResult): string[] {
  return report.steps.flatMap(({ step, changes }) =>
    changes.map((change) => `${step.id}: ${showChange(change)} because ${change.why}`),
  );
}

/** Everything in a tree: path -> type, owner, mode, target or content. */
export function worldOf(tree: Tree): Map<string, string> {
  const lines = new Map<string, string>();
  const visit = (path: string): void => {
    const entry = tree.look(path);
    if (entry.type === 'missing') return;
    lines.set(path, lineOf(tree, path, entry));
    if (entry.type === 'directory') for (const name of tree.list(path)) visit(below(path, name));
  };
  visit('/');
  return lines;
}

function lineOf(tree: Tree, path: string, entry: Present): string {
  const { uid, gid, mode } = entry.stat;
  const look = `${entry.type} ${uid}:${gid} ${mode.toString(8)}`;
  if (entry.type === 'link') return `${look} -> ${entry.target}`;
  if (entry.type !== 'file') return look;
  return `${look} ${Buffer.from(tree.read(path, 1_000_000).reveal()).toString('latin1')}`;
}

/** The paths at which two worlds differ. */
export function differences(before: Map<string, string>, after: Map<string, string>): string[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].filter((path) => before.get(path) !== after.get(path)).sort();
}

/** Whether a change of a report covers a path. */
export function isAnnounced(report: BootResult, path: string): boolean {
  return report.steps.some(({ changes }) =>
    changes.some(
      (change) =>
        (describeChange(change).recursive ? isWithin(path, change.path) : path === change.path) ||
        (change.kind === 'move' && isWithin(path, change.from)),
    ),
  );
}
