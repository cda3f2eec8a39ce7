import { everythingTo } from '../../src/system/owner-rule.ts';
import type { StepResult } from '../../src/engine/result.ts';
import type { Input } from '../../src/plan/plan.ts';
import { input, record, step } from './sample.ts';

const HERMES = { uid: 1000, gid: 1000 };
const BAKED = { uid: 10000, gid: 10000 };

/** The inputs of a remap by PUID and PGID. */
export const inputs: readonly Input[] = [
  input(
    'home',
    { env: ['HERMES_HOME'], type: 'path' },
    { value: '/opt/data', source: { kind: 'envdir', variable: 'HERMES_HOME' } },
  ),
  input(
    'uid',
    { env: ['HERMES_UID', 'PUID'], type: 'id' },
    { value: 1000, source: { kind: 'environment', variable: 'PUID' } },
  ),
  input(
    'migrate',
    { env: ['HERMES_MIGRATE'], type: 'boolean', default: true },
    { value: true, source: { kind: 'default' } },
  ),
  input('browser', { env: ['CHROMIUM', 'PLAYWRIGHT'], type: 'path' }),
];

/** What a remap on a used volume finds. */
export const steps: readonly StepResult[] = [
  record(step('guard', 'user.guard'), { why: 'root may do everything' }),
  record(
    step('identity', 'account.remap', {
      why: "Files on the volume must belong to the host's user (#15290).",
      at: { file: 'stage2.yaml', line: 31, column: 5 },
    }),
    {
      status: 'changes',
      made: 1,
      changes: [
        {
          kind: 'account',
          path: '/etc/passwd',
          why: 'PUID and PGID ask for it; no other user has uid 1000',
          edit: { edit: 'user-ids', name: 'hermes', ...HERMES },
          was: { uid: 10000, gid: 10000 },
          from: '10000:10000',
          to: '1000:1000',
        },
      ],
      notes: [{ severity: 'info', text: 'Only the records are edited' }],
    },
  ),
  record(step('ownership', 'owner.paths', { at: { file: 'stage2.yaml', line: 44, column: 5 } }), {
    status: 'changes',
    made: 2,
    changes: [
      {
        kind: 'owner',
        path: '/opt/data',
        why: 'the home belongs to hermes',
        from: BAKED,
        to: HERMES,
        clears: 0,
      },
      {
        kind: 'tree-owner',
        path: '/opt/data/sessions',
        why: 'the home belongs to hermes',
        rule: everythingTo(HERMES),
        owners: [BAKED],
        wrong: 3112,
        entries: 3120,
      },
    ],
    notes: [
      {
        severity: 'warning',
        text: '/opt/data/home is a link to /srv/me: refusing to follow it; left alone, and what it points to (#52781)',
      },
    ],
    duration: 371,
  }),
  record(step('config', 'config.migrate', { at: { file: 'stage2.yaml', line: 90, column: 5 } }), {
    status: 'skipped',
    why: 'the image has no helper for it',
  }),
  record(step('seeds', 'file.seed'), { why: '/opt/data/.env is there' }),
];
