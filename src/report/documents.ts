/**
 * Every JSON document that hermes-boot prints or keeps, by its name. The schemas in schemas/ are made
 * from these types and their comments: `npm run schema`.
 */
import type { FactsJson } from '../engine/facts-json.ts';
import type { AnalysisDocument } from './analysis.ts';
import type { LogDocument } from './boot-log.ts';
import type { DiffDocument } from './diff/diff-document.ts';
import type { EventView } from './event-view.ts';
import type { Output } from './paint.ts';
import type { PlanDocument, PlanDocuments } from './plan-document.ts';
import type {
  ContainerStatus,
  HistoryDocument,
  Receipt,
  ShortRecord,
  StatusDocument,
} from './receipt.ts';
import type { OriginDocument, OriginDocuments, StepType, StepTypes } from './show-authoring.ts';
import type { DoctorDocument } from './show-doctor.ts';
import type { GatewayList, GatewayResults, GatewayStatus } from './show-gateways.ts';
import type { ValidationDocument } from './validation.ts';

/** What hermes-boot prints for programs. */
interface Printed {
  /** What a boot would change: `plan --json` and `verify --json` of one plan. */
  readonly plan: PlanDocument;
  /** The same of several plans. */
  readonly plans: PlanDocuments;
  /** What files would become: `diff --json`. */
  readonly diff: DiffDocument;
  /** Where the steps of a plan come from: `plan --origin --json`. */
  readonly origin: OriginDocument;
  /** The same of several plans. */
  readonly origins: OriginDocuments;
  /** A line of `run --json` and of `run --log json`: something that happens in a boot. */
  readonly event: EventView;
  /** A line of `run --log json` that belongs to no event. */
  readonly log: LogDocument;
  /** How the last boots went: `status --json`. */
  readonly status: StatusDocument;
  /** What a home remembers of its boots: `history --json`. */
  readonly history: HistoryDocument;
  /** Where the time of the last boots went: `analyze --json`. */
  readonly analysis: AnalysisDocument;
  /** The mistakes of plans: `validate --json`, and every command with `--json` that meets one. */
  readonly validation: ValidationDocument;
  /** Why a command with `--json` could not do its work. */
  readonly error: ErrorDocument;
  /** The step types: `steps --json`. */
  readonly steps: StepTypes;
  /** A step type with its options: `steps --json TYPE`. */
  readonly 'step-type': StepType;
  /** How the gateways are, and why: `gateway status --json`. */
  readonly 'gateway-status': GatewayStatus;
  /** What came of controlling gateways: `gateway start --json` and its kin. */
  readonly 'gateway-results': GatewayResults;
  /** The profiles with a gateway slot: `gateway list --json`. */
  readonly 'gateway-list': GatewayList;
  /** What a boot and its gateways need, and what is wrong with it: `doctor --json`. */
  readonly doctor: DoctorDocument;
  /** How the agent was installed: `install-method --json`. */
  readonly 'install-method': InstallMethod;
}

/** What hermes-boot writes down for itself and for others. */
interface Kept {
  /** The record of a boot: a line of `.hermes-boot/history.jsonl` in its home. Short where nothing changed. */
  readonly receipt: Receipt | ShortRecord;
  /** How the boots of a container went: `/run/hermes-boot/status.json`. */
  readonly 'container-status': ContainerStatus;
  /** All that a plan depends on: `facts --json`, which `plan --facts` reads. */
  readonly facts: FactsJson;
}

/** All documents. */
interface Documents extends Printed, Kept {}

/** Any document that is printed on a line of its own. */
export type AnyDocument = Documents[Exclude<keyof Documents, keyof Kept>];

/** Why a command could not do its work. */
export interface ErrorDocument {
  /** The version of the document. */
  readonly version: 1;
  /** Which document it is. */
  readonly type: 'error';
  /** The exit code; `hermes-boot --help` has what each means. */
  readonly exit: number;
  /** The same as a word, such as `usage` or `noInput`. */
  readonly code: string;
  /** What was found and what was wanted, in one line. */
  readonly message: string;
  /** What to do about it, one line each; the stack of a bug. */
  readonly details: readonly string[];
}

/** How the agent was installed. */
export interface InstallMethod {
  /** The version of the document. */
  readonly version: 1;
  /** Which document it is. */
  readonly type: 'install-method';
  /** The word of the stamp that decides, such as `docker`, `git` or `pip`. */
  readonly method: string;
  /** Which stamp says so. */
  readonly reason: string;
}

/** Writes a document for programs, on one line. */
export function writeDocument(output: Output, document: AnyDocument): void {
  output.write(`${JSON.stringify(document)}\n`);
}
