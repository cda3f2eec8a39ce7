/** Keeps the receipt of a boot, however it ends: by its report, an error, a signal or a bug. */
import { basename, resolve } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { now } from '../engine/time-limit.ts';
import { hostName, newBootId, ownProcess, startOfContainer } from '../engine/proc.ts';
import type { BootResult } from '../engine/result.ts';
import { problemOf } from '../errors/look-failed.ts';
import { Problem } from '../errors/problem.ts';
import type { Diagnostic } from '../plan/diagnostic.ts';
import { writeLog } from '../report/boot-log.ts';
import { brokenReceipt, LISTED_TEXTS, reasonOf, receiptOf } from '../report/make-receipt.ts';
import {
  RECEIPT_VERSION,
  type LastBoot,
  type Origin,
  type Reason,
  type Receipt,
  type RunningBoot,
} from '../report/receipt.ts';
import { tenths } from '../report/step-view.ts';
import { RealSystem } from '../system/real/real.ts';
import { timestampOf } from '../text/phrases.ts';
import type { BootEnd } from './boot-ends.ts';
import type { BootInputs } from './boot-inputs.ts';
import type { Arguments, Context } from './command-line.ts';
import { ExitError, interruptionOf, type Exit } from './exit.ts';
import { STATUS_FILE, historyFile, isDirectory } from './locations.ts';
import { isPath, MistakenPlans, placeOf } from './read-plan.ts';
import { StatusFile, writeHistory } from './receipt-files.ts';

/**
 * Does a boot and keeps its receipt. What cannot be written is reported in one line, and changes
 * nothing about how the boot ends.
 */
export async function withReceipt(keeper: ReceiptKeeper, boot: () => Promise<Exit>): Promise<Exit> {
  try {
    return await boot();
  } catch (error) {
    keeper.breakOff(error);
    throw error;
  } finally {
    keeper.close();
  }
}

/** When a boot began, and what has happened by then. */
export interface Beginning {
  /** A timestamp. */
  readonly at: string;
  /** The same; see `now`. */
  readonly clock: number;
  /** How long the process took to start before the program ran, in milliseconds. */
  readonly start: number;
}

/** Writes the receipt of one boot. */
export class ReceiptKeeper {
  /** The id of the boot. */
  readonly boot = newBootId();
  readonly #context: Context;
  readonly #args: Arguments;
  readonly #named: string;
  readonly #ends: BootEnd[];
  readonly #began: Beginning;
  /** What could not be written, by file. */
  readonly #problems = new Map<string, Problem>();
  #inputs: BootInputs | undefined;
  #status: StatusFile | undefined;
  /** When everything was ready for the first step; see `now`. */
  #prepared = 0;
  #ended = false;

  /**
   * @param named the plan, as the command line or the image names it
   * @param ends gets how the boot ended
   */
  constructor(
    context: Context,
    args: Arguments,
    named: string,
    ends: BootEnd[],
    began: Beginning = { at: timestampOf(new Date()), clock: now(), start: 0 },
  ) {
    this.#context = context;
    this.#args = args;
    this.#named = named;
    this.#ends = ends;
    this.#began = began;
  }

  /** Marks the boot as running, so that one that never ends is known. */
  begin(inputs: BootInputs): void {
    this.#inputs = inputs;
    const { plan, system } = inputs;
    const booting = ownProcess();
    const mark: RunningBoot = {
      version: RECEIPT_VERSION,
      plan: plan.name,
      file: this.#file(plan.file),
      result: 'running',
      started: this.#began.at,
      ...(booting === undefined ? {} : { process: booting }),
      ...this.#origin(plan.digest),
    };
    this.#attempt(STATUS_FILE, () => {
      this.#putStatus(system, this.#context.redactor.document(mark));
    });
    this.#prepared = now();
  }

  /** Keeps the receipt of a boot that ran. */
  end(report: BootResult): void {
    const inputs = this.#inputs;
    if (inputs === undefined) return;
    this.#ended = true;
    const { clock, start } = this.#began;
    const around = { start, prepare: this.#prepared - clock - start };
    const { plan, facts } = inputs;
    const boot = {
      plan,
      report,
      facts,
      around,
      ...this.#bootContext(this.#file(plan.file), plan.digest),
    };
    const since = now();
    this.#attempt('receipt', () => {
      this.#keep(inputs, receiptOf(boot, this.#context.redactor), since);
    });
  }

  /** Keeps the receipt of a boot that broke off, or could not begin. */
  breakOff(error: unknown): void {
    if (this.#ended) return;
    const named = this.#named;
    const plan = this.#inputs?.plan;
    const file = plan === undefined && !isPath(named) ? named : this.#file(plan?.file ?? named);
    const interruption = interruptionOf(this.#context.io.signal);
    const broken = {
      ...this.#bootContext(file, plan?.digest ?? null),
      plan: plan?.name ?? (isPath(named) ? basename(named).replace(/\.[a-z]+$/, '') : named),
      reasons: whyBroken(interruption ?? error, named),
      interrupted: interruption !== undefined,
      changes: error instanceof ExitError || problemOf(error) !== undefined ? (0 as const) : null,
    };
    this.#attempt('receipt', () => {
      const receipt = brokenReceipt(broken, this.#context.redactor);
      if (this.#inputs === undefined && this.#isCallers(error)) {
        this.#ends.push({ receipt, system: undefined, known: [], counts: false });
      } else {
        this.#keep(this.#inputs, receipt);
      }
    });
  }

  /** Reports what could not be written, after the log of the boot. */
  close(): void {
    this.#status?.close();
    const { io, redactor } = this.#context;
    for (const problem of this.#problems.values()) {
      writeLog(io.stderr, 'warn', redactor.text(`receipt: not written: ${problem.message}`));
    }
  }

  /** Whether an error says nothing about this container: a wrong name, or an expectation. */
  #isCallers(error: unknown): boolean {
    if (!(error instanceof ExitError) || error.exit === 'config') return false;
    return this.#args.operands.length > 0 || this.#args.options.has('expect');
  }

  /** @param since when it began to be made; see `now` */
  #keep(inputs: BootInputs | undefined, made: Receipt, since = now()): void {
    let receipt = made;
    const timed = (): Receipt => {
      const { timing } = made;
      if (timing !== null)
        receipt = { ...made, timing: { ...timing, receipt: tenths(now() - since) } };
      return receipt;
    };
    let known: readonly LastBoot[] = [];
    this.#attempt(STATUS_FILE, () => {
      // A boot that could not begin may lack even its root directory.
      if (inputs !== undefined) known = this.#putStatus(inputs.system, timed());
      else if (isDirectory(this.#root())) {
        known = this.#putStatus(new RealSystem(this.#root()), receipt);
      }
    });
    this.#ends.push({ receipt, system: inputs?.system, known, counts: true });
    if (inputs === undefined) return;
    const { system, facts, plan } = inputs;
    const { home } = plan;
    if (home === undefined) return;
    this.#attempt(historyFile(home), () => {
      writeHistory(system, home, timed(), facts);
    });
  }

  #putStatus(system: RealSystem, boot: LastBoot): readonly LastBoot[] {
    this.#status ??= new StatusFile(system, startOfContainer(this.#root()));
    return this.#status.put(boot);
  }

  #root(): string {
    return resolve(this.#context.io.cwd, this.#args.options.get('root') ?? '/');
  }

  #attempt(file: string, write: () => void): void {
    try {
      write();
    } catch (error) {
      // A bug of ours, too, must not decide how a boot ends.
      const problem = problemOf(error) ?? new Problem({ found: bugText(error) });
      if (!this.#problems.has(file)) this.#problems.set(file, problem);
    }
  }

  #bootContext(file: string, digest: string | null) {
    return {
      file,
      started: this.#began.at,
      ended: timestampOf(new Date()),
      origin: this.#origin(digest),
    };
  }

  #origin(digest: string | null): Origin {
    return { boot: this.boot, digest, program: packageJson.version, host: hostName() };
  }

  #file(shown: string): string {
    return resolve(this.#context.io.cwd, shown);
  }
}

function whyBroken(error: unknown, named: string): Reason[] {
  const problem = problemOf(error);
  if (problem !== undefined) return [reasonOf(null, problem)];
  if (error instanceof MistakenPlans) {
    const own = error.plans.filter((plan) => plan.named === named);
    return own.flatMap(({ diagnostics }) => mistakesOf(diagnostics, named));
  }
  if (!(error instanceof ExitError)) {
    return [{ about: null, text: bugText(error), mend: ['please report it'] }];
  }
  const [text = 'it could not begin', ...mend] = error.lines;
  return [{ about: null, text, mend }];
}

/** The mistakes of a plan as reasons, each with its place. */
function mistakesOf(diagnostics: readonly Diagnostic[], named: string): Reason[] {
  return diagnostics.slice(0, LISTED_TEXTS).map(({ at, step, message, hint }, index) => ({
    about: step ?? null,
    text: `${placeOf(at)}: ${message}`,
    mend: [
      ...(hint === undefined ? [] : [hint]),
      ...(index === 0 ? [`hermes-boot validate ${named} shows them in the plan`] : []),
    ],
  }));
}

function bugText(error: unknown): string {
  return `a bug of hermes-boot: ${error instanceof Error ? error.message : String(error)}`;
}
