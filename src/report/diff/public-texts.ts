/** Collects what is no secret, since the plan or the image says it, and what is one for sure. */
import type { BootPlan } from '../../plan/plan.ts';
import { textsOf } from '../../plan/json.ts';
import type { BootResult, StepResult } from '../../engine/result.ts';
import type { Content, Reader } from '../../system/content.ts';
import { othersMayWrite } from '../../system/entry.ts';
import { isWithin } from '../../system/path.ts';
import type { SimulatedSystem } from '../../system/simulated.ts';
import { READ_LIMIT } from '../../system/system.ts';
import { nullable, text as textCodec } from '../../text/codec.ts';
import { isYaml, scalarsIn, type Public } from './mask-formats.ts';
import type { SecretMarks } from './secret-marks.ts';
import { upwards } from './told-changes.ts';
import { orProblem, type Unknown } from './world-difference.ts';

/** A dry run, and the world that it leaves. */
export interface Simulation {
  readonly plan: BootPlan;
  readonly report: BootResult;
  readonly world: SimulatedSystem;
}

/** Others than the owner and the group may read it. */
const OPEN = 0o004;

/** The option by which step types name a file of the image that they copy. */
const SOURCE = 'from';

/** The text of a content; null where it is not text. */
const wholeText: Reader<string | null> = {
  name: 'the text',
  codec: nullable(textCodec),
  read: (text, exact) => (exact && !text.includes('\0') ? text : null),
};

/** The text of a content; null where it is not text, a problem where nobody knows it. */
export function textOf(content: Content): string | null | Unknown {
  return orProblem(() => content.open(wholeText));
}

/** What the plans and the files of the image that they name say. */
export function publicOf(simulations: readonly Simulation[]): Public {
  const [lines, values] = [new Set<string>(), new Set<string>()];
  const add = (text: string): void => {
    for (const line of text.split('\n')) lines.add(line.trim());
  };
  for (const simulation of simulations) {
    for (const result of simulation.report.steps) {
      for (const { option, text } of optionTexts(result, 'public')) {
        values.add(text);
        add(text);
        if (option !== SOURCE || result.status === 'skipped') continue;
        const image = imageText(simulation, text) ?? '';
        add(image);
        for (const value of isYaml(text) ? scalarsIn(image) : []) values.add(value);
      }
      for (const text of writtenBy(result)) {
        values.add(text);
        add(text);
      }
    }
  }
  lines.delete('');
  return { lines, values };
}

/** Learns the values of secret options; where one is JSON, all texts in it. */
export function learnSecrets(simulations: readonly Simulation[], marks: SecretMarks): void {
  for (const result of simulations.flatMap(({ report }) => report.steps)) {
    for (const { text } of optionTexts(result, 'secret')) {
      marks.learn(text);
      for (const part of jsonTexts(text)) marks.learn(part);
    }
  }
}

function optionTexts(
  { step }: StepResult,
  which: 'public' | 'secret',
): { option: string; text: string }[] {
  const options = Object.entries(step.with).filter(
    ([name]) => step.secrets.includes(name) === (which === 'secret'),
  );
  return options.flatMap(([option, value]) =>
    [...textsOf(value)].map(({ text }) => ({ option, text })),
  );
}

function* jsonTexts(text: string): Generator<string> {
  if (!/^\s*[{["]/.test(text)) return;
  const pending: unknown[] = [parsed(text)];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (typeof value === 'string') yield value;
    else if (typeof value === 'object' && value !== null) {
      const parts: unknown[] = Object.values(value);
      pending.push(...parts);
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a step writes that nobody has told it in secret. */
function writtenBy({ step, changes, made }: StepResult): string[] {
  if (step.secrets.length > 0) return [];
  return changes.slice(0, made).flatMap((change) => {
    if (change.kind === 'envdir') return [change.to];
    if (change.kind !== 'slot') return [];
    return change.slot.parts.flatMap((part) => {
      const text = part.type === 'file' ? textOf(part.content) : null;
      return typeof text === 'string' ? [text] : [];
    });
  });
}

/** The text of a file of the image: root alone can have made it, and everybody may read it. */
function imageText({ plan, world }: Simulation, named: string): string | undefined {
  const { self } = world.policy;
  const isImages = (path: string): boolean => {
    if (path !== '/' && world.tree.mounts().has(path)) return false;
    const entry = world.overlay.lookBelow(path);
    if (entry.type === 'missing') return false;
    const { uid } = entry.stat;
    return (uid === 0 || uid === self) && !othersMayWrite(entry.stat);
  };
  const found = orProblem(() => {
    const resolution = world.resolve(named);
    if (resolution.kind !== 'path') return undefined;
    const { path } = resolution;
    if (plan.home !== undefined && isWithin(path, plan.home)) return undefined;
    const entry = world.overlay.lookBelow(path);
    if (entry.type !== 'file' || (entry.stat.mode & OPEN) === 0) return undefined;
    if (![...upwards(path)].every(isImages)) return undefined;
    return textOf(world.overlay.readBelow(path, READ_LIMIT));
  });
  return typeof found === 'string' ? found : undefined;
}
