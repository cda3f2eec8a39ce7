import type { ProblemParts } from '../../../errors/problem.ts';
import {
  as,
  count,
  flag,
  list,
  number,
  nullable,
  object,
  optional,
  text,
  type Codec,
} from '../../../text/codec.ts';
import { ownerScan, problem } from '../../recording/world-record.ts';
import type { FormerId, OwnerRule, Replaced } from '../../owner-rule.ts';
import type { Progress } from '../../scan.ts';
import type { OwnerScan } from '../../tree.ts';

/** Null for the ids of everybody. */
const replaced: Codec<Replaced> = as(
  nullable(list(object<FormerId>({ id: count, since: optional(number) }))),
  (ids: Replaced) => (ids === 'any' ? null : ids),
  (ids) => ids ?? 'any',
);

/** How such a process is told by which rule it changes owners. */
export const ownerRule: Codec<OwnerRule> = object<OwnerRule>({
  to: object({ uid: count, gid: count }),
  users: replaced,
  groups: replaced,
  except: optional(list(text)),
  topProves: optional(flag),
});

/** What could not be changed in a part of a tree. */
export interface FailureReport {
  readonly count: number;
  /** The first of them. */
  readonly told: readonly string[];
  /** The problem of the very first, and the code of the system error behind it. */
  readonly first?: ProblemParts | undefined;
  readonly errno?: string | undefined;
}

/** What a process has met in its share of a tree. */
export interface ShareReport {
  readonly scan: OwnerScan;
  readonly failures: FailureReport;
}

/** How such a process says how far it is. */
export const progressLine: Codec<Progress> = object<Progress>({ looked: count, changed: count });

/** How such a process reports what it has met, in its last line. */
export const shareReport: Codec<ShareReport> = object<ShareReport>({
  scan: ownerScan,
  failures: object<FailureReport>({
    count,
    told: list(text),
    first: optional(problem),
    errno: optional(text),
  }),
});
