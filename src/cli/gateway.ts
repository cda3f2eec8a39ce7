/** The gateway command: controls the gateways of profiles while s6 runs them. */
import { Problem } from '../errors/problem.ts';
import { otherHolder } from '../gateway/holder.ts';
import { DEFAULT_PROFILE, profileOfSlot, profilesOf, whyNoProfile } from '../gateway/profiles.ts';
import { didYouMean } from '../plan/nearest.ts';
import { writeLog } from '../report/boot-log.ts';
import { writeDocument } from '../report/documents.ts';
import { paintFor } from '../report/paint.ts';
import {
  renderGateways,
  type ExplainedGateway,
  type GatewayResult,
} from '../report/show-gateways.ts';
import { problemLines } from '../report/step-view.ts';
import { mapStrings, printable } from '../text/printable.ts';
import type { Arguments, Command, Io } from './command-line.ts';
import { EXIT_OF_PROBLEM, ExitError, type Exit } from './exit.ts';
import { ACTIONS, existingSlot, type ActionName } from './gateway/actions.ts';
import {
  gatewayContext,
  isS6Here,
  requireS6,
  statusOf,
  type GatewayContext,
} from './gateway/s6.ts';
import { explainGateways, isKeptUp, isServed } from './gateway/why.ts';

const NAMES = ['register', 'unregister', 'start', 'stop', 'restart', 'status', 'list'] as const;

/** Controls gateways, as hermes or root, in a running container. */
export const gatewayCommand: Command = async ({ io }, args) => {
  const action = actionOf(args);
  const context = gatewayContext(io);
  const isJson = args.options.has('json');
  if (action === 'list') return list(io, context, isJson);
  if (action === 'status') return showStatus(io, context, args);
  requireS6(context);
  const results: GatewayResult[] = [];
  let failure: Problem | undefined;
  const profiles = profilesFor(action, context, args.operands[1]);
  for (const profile of profiles) {
    try {
      const message =
        (await besideDefault(action, context, profile, io, args)) ??
        (await perform(action, context, profile, io));
      results.push({ profile, ok: true, message });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      failure ??= error;
      results.push({ profile, ok: false, message: error.message });
      for (const line of problemLines(error)) {
        writeLog(io.stderr, 'error', profiles.length > 1 ? `${profile}: ${line}` : line);
      }
    }
  }
  if (isJson) {
    writeDocument(io.stdout, { version: 1, type: 'gateway-results', action, gateways: results });
  } else {
    const width = Math.max(0, ...results.map(({ profile }) => profile.length));
    for (const { profile, ok, message } of results) {
      if (ok) io.stdout.write(`${profile.padEnd(width)}  ${message}\n`);
    }
  }
  return failure === undefined ? 'done' : EXIT_OF_PROBLEM[failure.code];
};

/**
 * What comes of starting a gateway beside the default one that serves its profile; undefined where that
 * does not. Two would answer each message twice.
 * @throws Problem where it was asked for by name, or runs already
 */
async function besideDefault(
  action: ActionName,
  context: GatewayContext,
  profile: string,
  io: Io,
  { options }: Arguments,
): Promise<string | undefined> {
  if (action !== 'start' && action !== 'restart') return undefined;
  const slot = existingSlot(context, profile);
  if (!(await isServed(context, io.env, profile))) return undefined;
  if (isKeptUp(statusOf(context, slot))) {
    throw new Problem({
      found: `${profile} runs beside the default gateway, which serves it, too`,
      wanted: 'one gateway: two answer each message twice',
      mend: `hermes-boot gateway stop ${profile}`,
    });
  }
  if (options.has('all')) return 'served by the default gateway';
  throw new Problem({
    found: `${profile} has no gateway of its own to ${action}: the default one serves it`,
    mend: `hermes-boot gateway ${action} ${DEFAULT_PROFILE}`,
  });
}

async function perform(
  action: ActionName,
  context: GatewayContext,
  profile: string,
  io: Io,
): Promise<string> {
  const { text, warnings = [] } = await ACTIONS[action](context, profile);
  for (const warning of warnings) writeLog(io.stderr, 'warn', `${profile}: ${warning}`);
  return text;
}

/** How the gateways are, and why: of one profile, or of all. */
async function showStatus(
  io: Io,
  context: GatewayContext,
  { operands, options }: Arguments,
): Promise<Exit> {
  const supervised = isS6Here(context);
  const other = otherHolder(context.system, context.home);
  const runBy = other === 'unknown' ? undefined : other?.shown;
  const found = await explainGateways(context, io.env, supervised);
  const all = runBy === undefined ? found : found.map((each) => elsewhere(each, runBy));
  const [, profile] = operands;
  const gateways = all.filter(({ profile: name }) => profile === undefined || name === profile);
  // Says what to do about one that is not there.
  if (profile !== undefined && gateways.length === 0) existingSlot(context, profile);
  if (runBy !== undefined) {
    writeLog(io.stderr, 'info', `the gateways of ${context.home} are run by ${runBy}`);
  }
  if (options.has('json')) {
    const by = runBy === undefined ? {} : { runBy };
    const head = { version: 1, type: 'gateway-status', action: 'status' } as const;
    writeDocument(io.stdout, {
      ...head,
      ...mapStrings({ supervised, gateways, ...by }, printable),
    });
  } else {
    const view = { gateways, supervised, counts: profile === undefined };
    io.stdout.write(renderGateways(view, await paintFor(io.stdout, io.env)));
  }
  const isWell = gateways.every(({ wanted, state }) => !wanted || state === 'up');
  return options.has('strict') && !isWell ? 'stopped' : 'done';
}

/** A gateway that another container runs is missed by nobody here. */
function elsewhere(gateway: ExplainedGateway, runBy: string): ExplainedGateway {
  if (!gateway.wanted || gateway.state === 'up') return gateway;
  return { ...gateway, state: 'down', wanted: false, reason: `run by ${runBy}`, fix: null };
}

/** Checks the operands, which commander does not. */
function actionOf({ operands, options }: Arguments): ActionName | 'status' | 'list' {
  const [operand, profile] = operands;
  const action = NAMES.find((name) => name === operand);
  if (action === undefined) {
    const known = `the actions are ${NAMES.join(', ')}`;
    const found = operand === undefined ? 'no action given' : `no action ${operand}`;
    const hint = operand === undefined ? known : (didYouMean(operand, NAMES, known) ?? known);
    throw new ExitError('usage', `${found}; ${hint}`);
  }
  const isForAll = options.has('all') || action === 'list';
  if (profile !== undefined && isForAll) {
    throw new ExitError('usage', `${action} is for every profile: leave ${profile} out`);
  }
  if (profile === undefined && !isForAll && action !== 'status') {
    throw new ExitError('usage', `${action} takes a profile, or --all`);
  }
  const reason = profile === undefined ? undefined : whyNoProfile(profile);
  if (reason !== undefined) throw new ExitError('usage', `${JSON.stringify(profile)} ${reason}`);
  return action;
}

function profilesFor(
  action: ActionName,
  context: GatewayContext,
  profile: string | undefined,
): readonly string[] {
  if (profile !== undefined) return [profile];
  const registered = registeredProfiles(context);
  if (action !== 'register') return registered;
  const { profiles } = profilesOf(context.system, context.home);
  return profiles.map(({ name }) => name).filter((name) => !registered.includes(name));
}

function registeredProfiles({ system, scandir }: GatewayContext): string[] {
  return system.list(scandir).flatMap((name) => profileOfSlot(name) ?? []);
}

function list(io: Io, context: GatewayContext, isJson: boolean): 'done' {
  const profiles = registeredProfiles(context);
  if (isJson) {
    writeDocument(io.stdout, { version: 1, type: 'gateway-list', action: 'list', profiles });
  } else for (const profile of profiles) io.stdout.write(`${profile}\n`);
  if (profiles.length === 0) writeLog(io.stderr, 'info', 'no gateway is registered');
  if (context.system.look(context.scandir).type === 'missing') {
    writeLog(io.stderr, 'info', `${context.scandir} is missing: no s6-svscan runs here`);
  }
  return 'done';
}
