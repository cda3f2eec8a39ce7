import { originDocument, renderOrigin } from '../report/show-origin.ts';
import { paintFor } from '../report/paint.ts';
import type { Command } from './command.ts';
import { preparePlan } from './prepare.ts';

/** Shows which file each step of a plan comes from. */
export const originCommand: Command = async (context, options) => {
  const { io } = context;
  const { plan } = await preparePlan(context, options);
  const json = options.flags.has('json');
  io.stdout.write(
    json
      ? `${JSON.stringify(originDocument(plan))}\n`
      : renderOrigin(plan, await paintFor(io.stdout, io.env)),
  );
  return 'done';
};
