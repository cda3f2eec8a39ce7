import { renderPlan } from '../report/explain.ts';
import { paintFor } from '../report/paint.ts';
import type { Command } from './command.ts';
import { bootDry } from './dry.ts';
import { exitOfReport } from './exit.ts';

/** Tells whether the world is as the plan wants it, and what is not. */
export const verifyCommand: Command = async (context, options) => {
  const { io } = context;
  const { report, view } = await bootDry(context, options);
  const paint = await paintFor(io.stdout, io.env);
  io.stdout.write(renderPlan(view, { explain: false, paint }));
  return exitOfReport(report, { strict: options.flags.has('strict'), drift: true });
};
