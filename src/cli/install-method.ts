/** The install-method command: how the agent was installed, and which stamp says so. */
import { isAnswer } from '../errors/look-failed.ts';
import { writeLog } from '../report/boot-log.ts';
import { writeDocument, type InstallMethod } from '../report/documents.ts';
import { join } from '../system/path.ts';
import { RealSystem } from '../system/real/real.ts';
import type { ReadSystem } from '../system/system.ts';
import type { Command } from './command-line.ts';
import { variableOr } from './locations.ts';

const STAMP = '.install_method';

/** In bytes; a stamp is a word. */
const LARGEST_STAMP = 1024;

/** How the agent was installed, and why we say so. */
type Method = Pick<InstallMethod, 'method' | 'reason'>;

/** Shows how the agent was installed. */
export const installMethodCommand: Command = ({ io }, { options }) => {
  const system = new RealSystem('/');
  const { method, reason } = installMethod(system, {
    install: variableOr(system, io.env, 'HERMES_INSTALL', '/opt/hermes'),
    home: variableOr(system, io.env, 'HERMES_HOME', '/opt/data'),
  });
  if (options.has('explain')) writeLog(io.stderr, 'info', reason);
  if (options.has('json')) {
    writeDocument(io.stdout, { version: 1, type: 'install-method', method, reason });
  } else io.stdout.write(`${method}\n`);
  return Promise.resolve('done');
};

/**
 * How the agent was installed. The stamp beside its code comes first: the home may be shared with
 * an installation on the host, which must not take itself for a container because of the stamp
 * that a container wrote there.
 */
export function installMethod(
  system: ReadSystem,
  { install, home }: { readonly install: string; readonly home: string },
): Method {
  const own = join(install, STAMP);
  const beside = readStamp(system, own);
  if (beside !== undefined) return { method: beside, reason: `${own} says so` };
  const shared = join(home, STAMP);
  const stamp = readStamp(system, shared);
  if (stamp !== undefined && (stamp !== 'docker' || inContainer(system))) {
    return { method: stamp, reason: `${shared} says so, and ${own} says nothing` };
  }
  const ignored = stamp === undefined ? 'no stamp' : `${shared} says docker, outside a container`;
  const git = join(install, '.git');
  return system.look(git).type === 'missing'
    ? { method: 'pip', reason: `${ignored}; ${git} is missing` }
    : { method: 'git', reason: `${ignored}; ${git} is there` };
}

/** The one word of a stamp; undefined where there is none. */
function readStamp(system: ReadSystem, path: string): string | undefined {
  if (system.look(path).type !== 'file') return undefined;
  try {
    const word = system.readText(path, LARGEST_STAMP).replaceAll(/\s/g, '').toLowerCase();
    return /^[a-z][a-z0-9_-]*$/.test(word) ? word : undefined;
  } catch (error) {
    if (isAnswer(error)) return undefined;
    throw error;
  }
}

/** Whether this is a container, by the marks of Docker, Podman and s6-overlay. */
function inContainer(system: ReadSystem): boolean {
  return ['/.dockerenv', '/run/.containerenv', '/run/s6/container_environment'].some(
    (mark) => system.look(mark).type !== 'missing',
  );
}
