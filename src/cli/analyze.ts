/** The analyze command: where the time of the last boots went, as text, JSON or a drawing. */
import { resolve } from 'node:path';
import { startOfContainer } from '../engine/proc.ts';
import { analyse, type Analysis } from '../report/analysis.ts';
import { writeDocument } from '../report/documents.ts';
import { paintFor } from '../report/paint.ts';
import type { LastBoot, ShortReceipt } from '../report/receipt.ts';
import { renderAnalyses } from '../report/show-analysis.ts';
import { Content } from '../system/content.ts';
import { RealSystem } from '../system/real/real.ts';
import { printable } from '../text/printable.ts';
import type { Arguments, Command, Context } from './command-line.ts';
import { ExitError } from './exit.ts';
import { findRoot } from './locations.ts';
import { bootsIn } from './boots-here.ts';
import { readHistory } from './past-homes.ts';

/** How many steps are named where nobody says. */
const TOP = 10;

/** Shows where the time of the last boot of every plan went, or of one. */
export const analyzeCommand: Command = async (context, args) => {
  const { io } = context;
  const top = topOf(args);
  checkDrawing(args);
  const analyses = await analysesOf(context, args, top);
  const { options } = args;
  const svg = options.get('svg');
  if (svg !== undefined) await draw(context, svg, analyses);
  if (options.has('json')) {
    writeDocument(io.stdout, { version: 1, type: 'analysis', boots: analyses });
  } else if (svg === undefined) {
    const paint = await paintFor(io.stdout, io.env);
    io.stdout.write(renderAnalyses(analyses, Date.now(), paint));
  }
  return 'done';
};

/** @throws ExitError when there is no boot to tell of */
async function analysesOf(
  context: Context,
  args: Arguments,
  top: number,
): Promise<readonly Analysis[]> {
  const root = findRoot(args, context.io.cwd);
  const { boots: history, plan } = await readHistory(context, args);
  const found = bootsIn(new RealSystem(root), startOfContainer(root), plan);
  const last = typeof found === 'string' ? lastOf(history) : found.flatMap(ended);
  if (last.length > 0) return last.map((boot) => analyse(boot, history, top));
  const why = typeof found === 'string' ? found : 'no boot has ended yet';
  throw new ExitError('stopped', why, 'hermes-boot status --wait waits for the end of a boot');
}

function ended(boot: LastBoot): ShortReceipt[] {
  return boot.result === 'running' ? [] : [boot];
}

/** The last boot of each plan, as homes remember them. */
function lastOf(history: readonly ShortReceipt[]): ShortReceipt[] {
  return [...new Map(history.map((boot) => [boot.plan, boot])).values()];
}

/** Draws to a file, as the process's own user, never through a link; else to stdout. */
async function draw({ io }: Context, file: string, analyses: readonly Analysis[]): Promise<void> {
  const { timelineSvg } = await import('../report/timeline-svg.ts');
  const svg = timelineSvg(analyses);
  if (file === '') {
    io.stdout.write(svg);
    return;
  }
  const owner = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };
  new RealSystem('/').writeFile(
    resolve(io.cwd, file),
    Content.ofText(svg),
    0o644,
    owner,
    'nothing',
  );
}

/** @throws ExitError when it is not clear where the drawing goes */
function checkDrawing({ options, operands: [plan = ''] }: Arguments): void {
  if (options.get('svg') !== '') return;
  if (options.has('json')) {
    throw new ExitError('usage', '--json and --svg both go to stdout', 'name a file: --svg=FILE');
  }
  if (plan.endsWith('.svg')) {
    throw new ExitError(
      'usage',
      printable(`${plan} is not a plan`),
      printable(`write --svg=${plan}`),
    );
  }
}

function topOf({ options }: Arguments): number {
  const given = options.get('top');
  if (given === undefined) return TOP;
  if (/^[1-9]\d{0,3}$/.test(given)) return Number(given);
  const text = `--top is ${JSON.stringify(given)}; wanted a number of steps`;
  throw new ExitError('usage', text, 'see hermes-boot analyze --help');
}
