import { setImmediate } from 'node:timers/promises';
import { run } from '../../src/engine/boot.ts';
import type { BootEvent, BootResult, StepResult } from '../../src/engine/result.ts';
import type { Bootable } from '../../src/engine/context.ts';
import type { BootPlan } from '../../src/plan/plan.ts';
import type { HomeLock } from '../../src/system/home-lock.ts';
import { bootPlan } from './boot.ts';
import { ROOT_FACTS } from './plan-step.ts';

/** A plan of these steps, whose failures do not stop it unless they say so. */
export function planOf(...steps: readonly object[]): BootPlan {
  const some = steps.map((step) => ({ 'on-failure': 'degrade', ...step }));
  return bootPlan(JSON.stringify({ version: 1, name: 'test', steps: some }));
}

/** A step that makes the directory of its name. */
export const makes = (id: string, more: object = {}): object => ({
  id,
  uses: 'directory',
  with: { path: `/${id}` },
  ...more,
});

/** A step that runs a line of the shell. */
export const shell = (id: string, creates: string, script: string, more: object = {}): object => ({
  id,
  uses: 'command',
  with: { argv: ['/bin/sh', '-c', script], creates },
  ...more,
});

/** What became of a boot, and what was told of it. */
interface Booted {
  readonly report: BootResult;
  readonly events: readonly string[];
}

/** Boots, and tells what happened: `a started`, `a made /a`, `a ended`. */
export async function boot(
  plan: BootPlan,
  system: Bootable,
  more: { signal?: AbortSignal; lock?: HomeLock; events?: string[] } = {},
): Promise<Booted> {
  const { signal = new AbortController().signal, lock, events = [] } = more;
  const report = await run(plan, system, {
    facts: ROOT_FACTS,
    signal,
    listener: (event) => events.push(...textOf(event)),
    ...(lock === undefined ? {} : { lock }),
  });
  return { report, events };
}

function textOf(event: BootEvent): string[] {
  if (event.type === 'step-started') return [`${event.step.id} started`];
  if (event.type === 'change-made') return [`${event.step.id} made ${event.change.path}`];
  return event.type === 'step-finished' ? [`${event.result.step.id} ended`] : [];
}

/** A report as a line. */
export const shown = ({ step, status, why }: StepResult): string => `${step.id} ${status}: ${why}`;

/** Resolves when something is there. */
export async function thereIs(system: Bootable, path: string): Promise<void> {
  while (system.look(path).type === 'missing') await setImmediate();
}
