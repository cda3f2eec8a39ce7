/** Where each step of a plan comes from: the output of `plan --origin`. */

import { basename } from 'node:path';
import { orderSteps } from '../plan/bind.ts';
import type { Plan, PlanStep, Position, StepEntry } from '../plan/plan.ts';
import { counted } from '../text/phrases.ts';
import { mapStrings, printable } from '../text/printable.ts';
import type { Paint } from './paint.ts';
import { pad, widthOf, wrap } from './wrap.ts';

/** What `plan --origin --json` prints, the steps in the order of running. */
interface OriginDocument {
  readonly version: 1;
  readonly plan: string;
  readonly files: readonly string[];
  readonly steps: readonly (Pick<PlanStep, 'id' | 'uses' | 'needs' | 'entries'> & {
    readonly off: boolean;
  })[];
}

/** Where each step of a plan comes from, for programs. */
export function originDocument({ name, files, steps }: Plan): OriginDocument {
  return {
    version: 1,
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
    return entry === switching ? 'switches off' : 'changes';
  };
  return later.reduce(
    (history, entry) => `${place(entry.at)} ${verb(entry)} ${history}`,
    first === undefined ? '' : place(first.at),
  );
}

function place({ file, line }: Position): string {
  return `${basename(file)}:${line}`;
}
