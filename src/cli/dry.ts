import { dryRun } from '../engine/boot.ts';
import type { BootReport } from '../engine/report.ts';
import { viewBoot } from '../report/boot-view.ts';
import type { BootView } from '../report/boot-view.ts';
import type { Arguments } from './command.ts';
import type { Context } from './io.ts';
import { prepare } from './prepare.ts';

/** What a boot would do, as the engine says and as it is shown. */
interface DryBoot {
  readonly report: BootReport;
  readonly view: BootView;
}

/** Finds out what a boot would do. */
export async function bootDry(context: Context, options: Arguments): Promise<DryBoot> {
  const { plan, system, facts } = await prepare(context, options);
  const report = await dryRun(plan, system, {
    facts,
    listener: () => undefined,
    signal: context.io.signal,
  });
  // Stopped half-way, a plan is not an answer.
  context.io.signal.throwIfAborted();
  const assumed = options.flags.has('assume-root');
  return { report, view: viewBoot({ plan, report, facts, assumed }, context.redactor) };
}
