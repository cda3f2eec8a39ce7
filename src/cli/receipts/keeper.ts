import { basename, resolve } from 'node:path';
import packageJson from '../../../package.json' with { type: 'json' };
import { hostName, startOfContainer } from '../../engine/container.ts';
import type { BootReport } from '../../engine/report.ts';
import { problemOf } from '../../errors/look-failed.ts';
import { Problem } from '../../errors/problem.ts';
import type { LastBoot } from '../../report/receipt.ts';
import { showLine } from '../../report/boot-log.ts';
import { brokenReceipt, reasonOf, receiptOf } from '../../report/make-receipt.ts';
import { timestampOf } from '../../text/phrases.ts';
import { RECEIPT_VERSION } from '../../report/receipt.ts';
import type { Origin, Reason, Receipt, RunningBoot } from '../../report/receipt.ts';
import { problemLines, viewProblem } from '../../report/step-view.ts';
import { RealSystem } from '../../system/real/real.ts';
import type { Arguments } from '../command.ts';
import { EarlyEnd, Interruption } from '../end.ts';
import type { Exit } from '../exit.ts';
import type { Context } from '../io.ts';
import { isPath, namedPlan } from '../plan-file.ts';
import type { Prepared } from '../prepare.ts';
import { isDirectory } from '../root.ts';
import { STATUS_FILE, historyFile } from './places.ts';
import { StatusFile } from './status-file.ts';
import { writeHistory } from './write-history.ts';

/**
 * Keeps the receipt of a boot, however it ends: by its report, by an early end, by a signal, by a
 * bug. What cannot be written is told in one line, and changes nothing about how the boot ends.
 */
export async function withReceipt(
  context: Context,
  options: Arguments,
  boot: (keeper: ReceiptKeeper) => Promise<Exit>,
): Promise<Exit> {
  const keeper = new ReceiptKeeper(context, options);
  try {
    return await boot(keeper);
  } catch (error) {
    keeper.broke(error);
    throw error;
  } finally {
    keeper.finish();
  }
}

/** Writes the receipt of one boot. */
export class ReceiptKeeper {
  readonly #context: Context;
  readonly #options: Arguments;
  readonly #started = timestampOf(new Date());
  /** What could not be written, by the file. */
  readonly #troubles = new Map<string, Problem>();
  #prepared: Prepared | undefined;
  #status: StatusFile | undefined;
  #ended = false;

  constructor(context: Context, options: Arguments) {
    this.#context = context;
    this.#options = options;
  }

  /** The boot begins: should it never end, that is known. */
  begin(prepared: Prepared): void {
    this.#prepared = prepared;
    const { plan, system } = prepared;
    const mark: RunningBoot = {
      version: RECEIPT_VERSION,
      plan: plan.name,
      file: this.#file(plan.file),
      result: 'running',
      started: this.#started,
      ...origin(plan.digest),
    };
    this.#attempt(STATUS_FILE, () => {
      this.#putStatus(system, this.#context.redactor.document(mark));
    });
  }

  /** The boot has ended with this report. */
  end(report: BootReport): void {
    const prepared = this.#prepared;
    if (prepared === undefined) return;
    this.#ended = true;
    const { plan, facts } = prepared;
    const boot = {
      plan,
      file: this.#file(plan.file),
      report,
      facts,
      interrupted: this.#interruption() !== undefined,
      ...this.#span(),
      origin: origin(plan.digest),
    };
    this.#attempt('receipt', () => {
      this.#keep(prepared, receiptOf(boot, this.#context.redactor));
    });
  }

  /** The boot broke off, or could not begin. */
  broke(error: unknown): void {
    if (this.#ended) return;
    // That there is no plan of a name on the command line is no matter of this container.
    const isMisnamed = error instanceof EarlyEnd && error.exit !== 'config';
    if (isMisnamed && this.#prepared === undefined && this.#options.operand !== undefined) return;
    const { redactor } = this.#context;
    const interruption = this.#interruption();
    const plan = this.#prepared?.plan;
    const named = namedPlan(this.#options.operand, this.#context.io.env);
    const broken = {
      plan: plan?.name ?? (isPath(named) ? basename(named).replace(/\.[a-z]+$/, '') : named),
      file: plan === undefined && !isPath(named) ? named : this.#file(plan?.file ?? named),
      reason: whyBroken(interruption ?? error, named),
      interrupted: interruption !== undefined,
      changes: error instanceof EarlyEnd || problemOf(error) !== undefined ? (0 as const) : null,
      ...this.#span(),
      origin: origin(plan?.digest ?? null),
    };
    this.#attempt('receipt', () => {
      const receipt = brokenReceipt(broken, redactor);
      if (this.#prepared !== undefined) this.#keep(this.#prepared, receipt);
      else this.#keepWithoutHome(receipt);
    });
  }

  /** Tells what could not be written, after the log of the boot. */
  finish(): void {
    this.#status?.close();
    const { io, redactor } = this.#context;
    for (const problem of this.#troubles.values()) {
      const [what = ''] = problemLines(viewProblem(problem));
      const text = redactor.text(`receipt: not written: ${what}`);
      io.stderr.write(showLine({ level: 'warn', text }));
    }
  }

  #keep({ system, plan, facts }: Prepared, receipt: Receipt): void {
    this.#attempt(STATUS_FILE, () => {
      this.#putStatus(system, receipt);
    });
    const { home } = plan;
    if (home === undefined) return;
    this.#attempt(historyFile(home), () => {
      writeHistory(system, home, receipt, facts);
    });
  }

  #keepWithoutHome(receipt: Receipt): void {
    this.#attempt(STATUS_FILE, () => {
      const root = this.#root();
      if (isDirectory(root)) this.#putStatus(new RealSystem(root), receipt);
    });
  }

  #putStatus(system: RealSystem, boot: LastBoot): void {
    this.#status ??= new StatusFile(system, startOfContainer(this.#root()));
    this.#status.put(boot);
  }

  #root(): string {
    return resolve(this.#context.io.cwd, this.#options.root);
  }

  #attempt(file: string, write: () => void): void {
    try {
      write();
    } catch (error) {
      // A bug of ours, too, must not decide how a boot ends.
      const problem = problemOf(error) ?? new Problem({ found: bugText(error) });
      if (!this.#troubles.has(file)) this.#troubles.set(file, problem);
    }
  }

  #interruption(): Interruption | undefined {
    const reason: unknown = this.#context.io.signal.reason;
    return reason instanceof Interruption ? reason : undefined;
  }

  #span(): { started: string; ended: string } {
    return { started: this.#started, ended: timestampOf(new Date()) };
  }

  #file(shown: string): string {
    return resolve(this.#context.io.cwd, shown);
  }
}

function origin(digest: string | null): Origin {
  return { digest, program: packageJson.version, host: hostName() };
}

function whyBroken(error: unknown, named: string): Reason {
  const problem = problemOf(error);
  if (problem !== undefined) return reasonOf(null, viewProblem(problem));
  if (!(error instanceof EarlyEnd)) {
    return { about: null, text: bugText(error), mend: ['please report it'] };
  }
  const [text, ...mend] = error.lines;
  if (text !== undefined) return { about: null, text, mend };
  return {
    about: null,
    text: 'the plan has mistakes',
    mend: [`hermes-boot validate ${named} shows them`],
  };
}

function bugText(error: unknown): string {
  return `a bug of hermes-boot: ${error instanceof Error ? error.message : String(error)}`;
}
