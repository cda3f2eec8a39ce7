/** The doctor command: looks at all that a boot and its gateways need, and says what to type. */
import { observeFacts } from '../engine/observe-facts.ts';
import { startOfContainer } from '../engine/proc.ts';
import { SEVERITIES } from '../engine/result.ts';
import { Problem } from '../errors/problem.ts';
import { writeDocument } from '../report/documents.ts';
import { paintFor } from '../report/paint.ts';
import { renderDoctor, type Finding } from '../report/show-doctor.ts';
import type { Facts } from '../step/facts.ts';
import { whatIs } from '../step/notes.ts';
import { keepsRights } from '../system/mounts.ts';
import { RealHomeLock } from '../system/real/real-home-lock.ts';
import { RealSystem } from '../system/real/real.ts';
import { listed } from '../text/phrases.ts';
import { bootedPlans } from './booted-plans.ts';
import { codeCacheAdvice } from './code-cache.ts';
import type { Command, Context } from './command-line.ts';
import { ExitError } from './exit.ts';
import { readFragments } from './fragments.ts';
import { gatewayContext, isS6Here } from './gateway/s6.ts';
import { explainGateways } from './gateway/why.ts';
import { installMethod } from './install-method.ts';
import { codeCacheFits } from './launch.ts';
import { variableOr } from './locations.ts';
import { bootsIn, toldOf } from './boots-here.ts';
import { readPlan } from './read-plan.ts';

/** What the checks look at. */
interface Subject {
  readonly context: Context;
  readonly system: RealSystem;
  readonly facts: Facts;
  readonly home: string;
  readonly install: string;
}

type Check = (subject: Subject) => Found | Promise<Found>;
type Found = readonly Omit<Finding, 'check'>[];

const ok = (text: string): Found => [{ severity: 'ok', text, fix: [] }];
const warning = (text: string, ...fix: readonly string[]): Found => [
  { severity: 'warning', text, fix },
];
const error = (text: string, ...fix: readonly string[]): Found => [
  { severity: 'error', text, fix },
];

/** What a boot by root may need; see docker/kubernetes/statefulset.yaml. */
const CAPABILITIES = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID'];

/** All checks, in the order in which they are shown. A new one is a row. */
const CHECKS: Readonly<Record<string, Check>> = {
  node: () =>
    codeCacheFits()
      ? ok(`Node ${process.version} with its code cache`)
      : warning(codeCacheAdvice()),

  rights({ facts }) {
    if (facts.uid !== 0) return ok(`uid ${facts.uid}`);
    const missing = CAPABILITIES.filter((name) => !facts.capabilities.has(name));
    if (missing.length === 0) return ok('root with all that a boot needs');
    const text = `root lacks ${listed(missing.map((name) => `CAP_${name}`))}`;
    const options = missing.map((name) => `--cap-add ${name}`).join(' ');
    return warning(text, `start the container with ${options}`);
  },

  s6({ facts, system }) {
    if (!facts.s6) return ok('no s6 here');
    if (system.look('/run/s6/container_environment/PATH').type === 'missing') {
      const text =
        'the variables of the container do not reach cont-init.d: PATH is not among them';
      return error(text, 'start the container with its own entry point');
    }
    return ok('s6 with the variables of the container');
  },

  home({ system, home }) {
    const entry = system.look(home);
    if (entry.type !== 'directory') {
      return error(`${home} is ${whatIs(entry)}`, 'mount a volume or a directory there');
    }
    const mount = system.mountOf(home);
    if (mount === undefined) return ok(home);
    if (!keepsRights(mount)) {
      const text = `${home} lies on ${mount.type}, which may not keep owners and modes`;
      return warning(text, 'hermes-boot plan --explain says what it does not keep');
    }
    if (mount.point === '/') {
      const text = `${home} is no mount: what is in it goes with the container`;
      return warning(text, `docker run -v VOLUME:${home} …`);
    }
    return ok(`${home} on ${mount.type}`);
  },

  async lock({ context, system, home }) {
    const lock = new RealHomeLock(system, home, 'doctor', 0);
    const unended = lock.unended();
    if (unended === undefined) return ok('no boot at work');
    if (await lock.isHeld(context.io.signal)) {
      return warning(`${home} is held by ${unended}`, 'hermes-boot status --wait');
    }
    const text = `${unended} was killed before its end`;
    return warning(text, 'hermes-boot verify says what it has left to do');
  },

  stamp({ system, home, install }) {
    return ok(`installed by ${installMethod(system, { install, home }).method}`);
  },

  async plans({ context, system }) {
    const names = bootedPlans(system, context.io.env);
    const fragments = () => readFragments(system, (path) => path);
    const found: Omit<Finding, 'check'>[] = [];
    for (const name of names) {
      try {
        await readPlan(context, { named: name, fragments, warnings: 'hide', mistakes: 'hide' });
      } catch (caught) {
        if (!(caught instanceof ExitError)) throw caught;
        const text = `the plan ${name} cannot be booted: ${caught.lines[0] ?? 'it has mistakes'}`;
        found.push({ severity: 'error', text, fix: [`hermes-boot validate ${name}`] });
      }
    }
    return found.length > 0 ? found : ok(`the plans ${listed(names)}`);
  },

  boots({ system }) {
    const boots = bootsIn(system, startOfContainer('/'), undefined);
    if (typeof boots === 'string') return warning(boots, 'hermes-boot history');
    const bad = boots.map(toldOf).filter(({ result }) => result !== 'done');
    if (bad.length === 0) return ok('the last boots');
    return bad.flatMap(({ plan, result }) => {
      const text = `the last boot of ${plan}: ${result}`;
      const isBad = SEVERITIES[result] === 'error';
      return (isBad ? error : warning)(text, `hermes-boot status ${plan}`);
    });
  },

  registration({ context, system }) {
    const registration = variableOr(system, context.io.env, 'HERMES_GATEWAY_REGISTRATION', '');
    if (registration !== 'open') return [];
    const text = 'registration of gateways is open: what runs as hermes can become root';
    return warning(text, 'unset HERMES_GATEWAY_REGISTRATION');
  },

  async gateways({ context, facts }) {
    // Without s6 none can be up, and s6 has been told of.
    if (!facts.s6) return [];
    const gateways = gatewayContext(context.io);
    const explained = await explainGateways(gateways, context.io.env, isS6Here(gateways));
    const missed = explained.filter(({ wanted, state }) => wanted && state !== 'up');
    if (missed.length === 0) return ok('every gateway that is wanted is up');
    return missed.flatMap(({ profile, state, reason, fix }) =>
      error(
        `the gateway of ${profile} is ${state}: ${reason}`,
        fix ?? 'hermes-boot gateway status',
      ),
    );
  },
};

/** Looks at everything once. Exits with 1 if something is an error. */
export const doctorCommand: Command = async (context, { options }) => {
  const { io } = context;
  const looking = new RealSystem('/');
  const home = variableOr(looking, io.env, 'HERMES_HOME', '/opt/data');
  const install = variableOr(looking, io.env, 'HERMES_INSTALL', '/opt/hermes');
  const system = new RealSystem('/', [home]);
  const subject: Subject = { context, system, facts: observeFacts('/'), home, install };
  const findings: Finding[] = [];
  for (const [check, look] of Object.entries(CHECKS)) {
    findings.push(...(await found(subject, look)).map((one) => ({ check, ...one })));
  }
  const isWell = findings.every(({ severity }) => severity !== 'error');
  if (options.has('json')) {
    writeDocument(io.stdout, { version: 1, type: 'doctor', ok: isWell, findings });
  } else {
    io.stdout.write(renderDoctor(findings, await paintFor(io.stdout, io.env)));
  }
  return isWell ? 'done' : 'stopped';
};

/** What cannot be looked at is an error of its own, and the other checks go on. */
async function found(subject: Subject, look: Check): Promise<Found> {
  try {
    return await look(subject);
  } catch (caught) {
    if (!(caught instanceof Problem)) throw caught;
    return error(caught.message, ...caught.mend);
  }
}
