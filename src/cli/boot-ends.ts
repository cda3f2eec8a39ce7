/**
 * Tells other programs how the boots of a run ended: metrics for node_exporter where the container
 * asks for them, and for Kubernetes why a boot stopped.
 */
import { SEVERITIES } from '../engine/result.ts';
import { problemOf } from '../errors/look-failed.ts';
import { Problem } from '../errors/problem.ts';
import { writeLog } from '../report/boot-log.ts';
import { metricsText } from '../report/metrics.ts';
import type { LastBoot, Receipt } from '../report/receipt.ts';
import { stopMessage } from '../report/stop-message.ts';
import { whatIs } from '../step/notes.ts';
import { Content } from '../system/content.ts';
import { join } from '../system/path.ts';
import { fillExisting } from '../system/real/existing-file.ts';
import { RealSystem } from '../system/real/real.ts';
import type { Context } from './command-line.ts';
import { isDirectory, variableOr } from './locations.ts';

/** Where Kubernetes reads why a container has ended (terminationMessagePath). It makes the file. */
const TERMINATION_LOG = '/dev/termination-log';

/** The variable that asks for metrics. */
export const METRICS_VARIABLE = 'HERMES_BOOT_METRICS';

/** node_exporter reads no file with another end. */
const METRICS_END = '.prom';

/** What is written in a directory. */
const METRICS_NAME = `hermes-boot${METRICS_END}`;

/** Anybody may read it: it holds no secret, and node_exporter runs as a user of its own. */
const METRICS_MODE = 0o644;

/** How one boot of a run ended. */
export interface BootEnd {
  readonly receipt: Receipt;
  /** The world of the boot; missing where it could not begin. */
  readonly system: RealSystem | undefined;
  /** All last boots that the status of the container has now, this one among them. */
  readonly known: readonly LastBoot[];
  /** Whether it says something about this container, where a wrong plan name does not. */
  readonly counts: boolean;
}

/**
 * Tells how the boots of a run ended. What cannot be written is one warning, and changes nothing
 * about how the run ends.
 * @param root what gives the root directory of the world
 */
export function tellBootEnds(context: Context, root: () => string, ends: readonly BootEnd[]): void {
  const attempt = (what: string, write: (system: RealSystem) => void): void => {
    try {
      const system = ends.findLast((end) => end.system !== undefined)?.system ?? worldOf(root());
      if (system !== undefined) write(system);
    } catch (error) {
      const { message } = problemOf(error) ?? new Problem({ found: String(error) });
      const text = context.redactor.text(`${what}: not written: ${message}`);
      writeLog(context.io.stderr, 'warn', text);
    }
  };
  const counting = ends.filter(({ counts }) => counts);
  if (counting.length > 0) {
    attempt('metrics', (system) => {
      const path = variableOr(system, context.io.env, METRICS_VARIABLE, '');
      if (path !== '') writeMetrics(system, path, counting);
    });
  }
  const stopped = ends
    .map(({ receipt }) => receipt)
    .filter(({ result }) => SEVERITIES[result] === 'error');
  if (stopped.length === 0) return;
  attempt('termination message', (system) => {
    writeMessage(system, stopMessage(stopped));
  });
}

/** A boot that could not begin may lack even its root directory. */
function worldOf(root: string): RealSystem | undefined {
  return isDirectory(root) ? new RealSystem(root) : undefined;
}

/**
 * Writes the metrics of the last boot of every plan: of those that this run has booted, and of those
 * that the status of the container knows from others.
 */
function writeMetrics(system: RealSystem, named: string, ends: readonly BootEnd[]): void {
  const path = metricsPath(system, named);
  const boots = new Map<string, LastBoot>();
  for (const { receipt, known } of ends) {
    for (const boot of [...known, receipt]) boots.set(boot.plan, boot);
  }
  const text = Content.ofText(metricsText([...boots.values()]));
  // Figures of a boot are not worth waiting for the disk.
  system.writeFile(path, text, METRICS_MODE, self(), 'nothing');
}

function metricsPath(system: RealSystem, named: string): string {
  if (named.startsWith('/')) {
    if (named.endsWith(METRICS_END)) return named;
    if (system.look(named).type === 'directory') return join(named, METRICS_NAME);
  }
  throw new Problem({
    found: `${METRICS_VARIABLE} is ${JSON.stringify(named)}`,
    wanted: `the path of a directory that exists, or of a file whose name ends with ${METRICS_END}`,
  });
}

function self(): { uid: number; gid: number } {
  return { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };
}

function writeMessage(system: RealSystem, text: string): void {
  const entry = system.look(TERMINATION_LOG);
  if (entry.type === 'missing') return;
  if (entry.type !== 'file') {
    throw new Problem({
      found: `${TERMINATION_LOG} is ${whatIs(entry)}`,
      wanted: 'a regular file',
    });
  }
  system.inDirectory(TERMINATION_LOG, 'writing', (directory, name) => {
    fillExisting(directory, name, text);
  });
}
