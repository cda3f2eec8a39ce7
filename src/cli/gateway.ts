import { Problem } from '../errors/problem.ts';
import { profileOfSlot, whyNoProfile } from '../gateway/names.ts';
import { profilesOf } from '../gateway/profiles.ts';
import { didYouMean } from '../plan/nearest.ts';
import { showLine } from '../report/boot-log.ts';
import { problemLines, viewProblem } from '../report/step-view.ts';
import type { Arguments, Command } from './command.ts';
import { EarlyEnd } from './end.ts';
import { exitOfProblem } from './exit.ts';
import { ACTIONS, existingSlot, type ActionName } from './gateway/actions.ts';
import { showStatus, statusOf, type Status } from './gateway/status.ts';
import { requireS6, surroundings, type Surroundings } from './gateway/surroundings.ts';
import type { Io } from './io.ts';

/** What became of one profile, as `--json` shows it. */
interface Result {
  readonly profile: string;
  readonly ok: boolean;
  readonly message: string;
  readonly status?: Status;
}

/** Controls gateways, as hermes or root, in a container that runs. */
export const gatewayCommand: Command = async ({ io }, options) => {
  const action = actionOf(options);
  const around = surroundings(io);
  if (action === 'list') return list(io, around, options.flags.has('json'));
  requireS6(around);
  const results: Result[] = [];
  let failure: Problem | undefined;
  const profiles = profilesFor(action, around, options);
  for (const profile of profiles) {
    try {
      results.push({ profile, ok: true, ...(await perform(action, around, profile, io)) });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      failure ??= error;
      results.push({ profile, ok: false, message: error.message });
      for (const line of problemLines(viewProblem(error))) {
        const text = profiles.length > 1 ? `${profile}: ${line}` : line;
        io.stderr.write(showLine({ level: 'fatal', text }));
      }
    }
  }
  if (options.flags.has('json')) {
    io.stdout.write(`${JSON.stringify({ version: 1, action, gateways: results })}\n`);
  } else {
    const width = Math.max(0, ...results.map(({ profile }) => profile.length));
    for (const { profile, ok, message } of results) {
      if (ok) io.stdout.write(`${profile.padEnd(width)}  ${message}\n`);
    }
  }
  return failure === undefined ? 'done' : exitOfProblem(failure.code);
};

async function perform(
  action: ActionName | 'status',
  around: Surroundings,
  profile: string,
  io: Io,
): Promise<Pick<Result, 'message' | 'status'>> {
  if (action === 'status') {
    const status = statusOf(around, existingSlot(around, profile));
    return { message: showStatus(status), status };
  }
  const { text, warnings = [] } = await ACTIONS[action](around, profile);
  for (const warning of warnings) {
    io.stderr.write(showLine({ level: 'warn', text: `${profile}: ${warning}` }));
  }
  return { message: text };
}

/** Checks the command line as far as commander does not. */
function actionOf({ operand, second, flags }: Arguments): ActionName | 'status' | 'list' {
  const names = [...ACTION_NAMES, 'status', 'list'] as const;
  const action = names.find((name) => name === operand);
  if (action === undefined) {
    const known = `the actions are ${names.join(', ')}`;
    const found = operand === undefined ? 'no action given' : `no action ${operand}`;
    const hint = operand === undefined ? known : (didYouMean(operand, names, known) ?? known);
    throw new EarlyEnd('usage', `${found}; ${hint}`);
  }
  if (second !== undefined && (flags.has('all') || action === 'list')) {
    throw new EarlyEnd('usage', `${action} is for every profile: leave ${second} out`);
  }
  if (second === undefined && !flags.has('all') && action !== 'list' && action !== 'status') {
    throw new EarlyEnd('usage', `${action} takes a profile, or --all`);
  }
  const reason = second === undefined ? undefined : whyNoProfile(second);
  if (reason !== undefined) throw new EarlyEnd('usage', `${JSON.stringify(second)} ${reason}`);
  return action;
}

const ACTION_NAMES = ['register', 'unregister', 'start', 'stop', 'restart'] as const;

function profilesFor(
  action: ActionName | 'status',
  around: Surroundings,
  { second }: Arguments,
): readonly string[] {
  if (second !== undefined) return [second];
  const registered = registeredProfiles(around);
  if (action !== 'register') return registered;
  const { profiles } = profilesOf(around.system, around.home);
  return profiles.map(({ name }) => name).filter((name) => !registered.includes(name));
}

function registeredProfiles({ system, scandir }: Surroundings): string[] {
  return system.list(scandir).flatMap((name) => profileOfSlot(name) ?? []);
}

function list(io: Io, around: Surroundings, json: boolean): 'done' {
  const profiles = registeredProfiles(around);
  if (json) io.stdout.write(`${JSON.stringify({ version: 1, action: 'list', profiles })}\n`);
  else for (const profile of profiles) io.stdout.write(`${profile}\n`);
  if (around.system.look(around.scandir).type === 'missing') {
    const text = `${around.scandir} is missing: no s6-svscan runs here`;
    io.stderr.write(showLine({ level: 'info', text }));
  }
  return 'done';
}
