import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { environments, worlds } from '../support/generate.ts';
import { realRoot, snapshot } from '../support/real-root.ts';
import { withoutReceipts } from '../support/receipts.ts';
import { rounds } from '../support/rounds.ts';
import {
  asUser,
  behind,
  lackingFor,
  needs,
  withoutCapabilities,
  type Before,
} from '../support/unshared.ts';

/** Few, since each makes a root on disk and starts the program four times. */
const RUNS = 25;

const lacking = lackingFor('setpriv', 'unshare');

const rights: fc.Arbitrary<Before> = fc.oneof(
  fc
    .subarray(['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETUID', 'SETGID'], { minLength: 1 })
    .map((names) => withoutCapabilities(...names)),
  fc
    .constantFrom([10_000, 10_000] as const, [1000, 1000] as const, [99, 100] as const)
    .map(([uid, gid]) => asUser(uid, gid)),
  fc.constant<Before>(['unshare', '--user', '--map-root-user']),
);

/** What became of each step: its id, its status, why, and how many changes it has. */
type Outcome = readonly unknown[];

function planned(json: string): Outcome[] {
  const steps = part(JSON.parse(json), 'steps');
  if (!Array.isArray(steps)) throw new Error(`no plan: ${json}`);
  return steps.map((step: unknown) => {
    const changes = part(step, 'changes');
    const count = Array.isArray(changes) ? changes.length : changes;
    return [part(step, 'id'), part(step, 'status'), part(step, 'why'), count];
  });
}

function done(lines: string): Outcome[] {
  const events = lines
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  return events
    .filter((event) => part(event, 'type') === 'step-finished')
    .map((event) => ['step', 'status', 'why', 'changes'].map((key) => part(event, key)));
}

function part(of: unknown, key: string): unknown {
  return typeof of === 'object' && of !== null ? Reflect.get(of, key) : undefined;
}

describe.skipIf(lacking !== undefined)(
  `on disk, whatever rights are missing${needs(lacking)},`,
  () => {
    it.each(['stage2', 'unprivileged'])(
      '%s does exactly what its plan says: the kernel refuses nothing that was promised',
      (plan) => {
        fc.assert(
          fc.property(worlds, environments, rights, (entries, env, before) => {
            const root = realRoot(entries);
            const at = [plan, '--root', root];
            const snapshotBefore = snapshot(root);
            const dry = behind(before, ['plan', ...at, '--json'], env);
            expect(snapshot(root)).toEqual(snapshotBefore);
            const run = behind(before, ['run', ...at, '--json'], env);
            expect(done(run.stdout)).toEqual(planned(dry.stdout));
            // What could be done is done: only what is out of reach is announced again. A later step
            // may have brought it within reach, and the next boot makes it.
            const blocked = planned(dry.stdout).filter(([, status]) => status === 'blocked');
            const waiting = new Set(blocked.map(([id]) => id));
            const again = planned(behind(before, ['plan', ...at, '--json'], env).stdout);
            const left = again.filter(([, status]) => status === 'changes');
            expect(left.filter(([id]) => !waiting.has(id))).toEqual([]);
            if (left.length > 0) behind(before, ['run', ...at], env);
            const after = withoutReceipts(snapshot(root));
            behind(before, ['run', ...at], env);
            expect(withoutReceipts(snapshot(root))).toEqual(after);
          }),
          { numRuns: rounds(RUNS) },
        );
      },
      120_000,
    );
  },
);
