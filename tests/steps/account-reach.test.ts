/** Whether an account can use its home is told by the first thing that bars its way. */
import { describe, expect, test } from 'vitest';
import { SimulatedSystem } from '../../src/system/simulated.ts';
import { accountReach } from '../../steps/account-reach.ts';
import { bootOf, bootPlan, plannedOf, planText } from '../support/boot.ts';
import { findingsOf, planStep, ROOT_FACTS } from '../support/plan-step.ts';
import { AnsweringTree, directory, file, link, world } from '../support/world.ts';

const MINE = '10000:10000';
const options = { account: 'hermes', home: '/root/.hermes', reads: ['.env', 'config.yaml'] };
const at = (home: string) => ({ ...options, home });

test('a home that it can enter, write in and read is told to be one', async () => {
  const system = world({
    '/opt/data': directory({ owner: MINE, mode: 0o700 }),
    '/opt/data/.env': file('', { owner: MINE, mode: 0o600 }),
  });
  expect(await findingsOf(accountReach, at('/opt/data'), system)).toEqual({
    changes: [],
    converged: 'hermes (10000:10000) can use /opt/data',
  });
});

test('the first directory on the way that is closed is named, with what to do and one cause', async () => {
  const system = world({
    '/root': directory({ mode: 0o700 }),
    '/root/.hermes': directory({ owner: MINE, mode: 0o700 }),
    '/root/.hermes/.env': file('', { owner: MINE, mode: 0o600 }),
  });
  const found = 'cannot enter /root (0700 0:0), on the way to /root/.hermes';
  await expect(
    planStep(accountReach, options, system, { origins: { home: 'HERMES_HOME' } }),
  ).rejects.toMatchObject({
    code: 'not-permitted',
    found: `hermes (10000:10000) ${found}`,
    sharedCause: {
      key: 'reach:hermes:/root',
      denies: 'hermes cannot use its home',
      found: `it ${found}`,
      effect: 'Every service that runs as hermes fails as soon as it needs /root/.hermes.',
    },
    mend: [
      'set HERMES_HOME to a directory that it can get to, such as /opt/data, and mount the volume there',
      'the boot leaves the mode of /root as it is, since it lies outside of the home',
    ],
  });
});

test('a directory that holds a link on the way is searched as well as where the link leads', async () => {
  const entries = {
    '/srv/home': directory({ owner: MINE }),
    '/links/to': link('../srv'),
  };
  const through = at('/links/to/home');
  const closed = { ...entries, '/links': directory({ mode: 0o700 }) };
  await expect(planStep(accountReach, through, world(closed))).rejects.toThrow(
    'cannot enter /links (0700 0:0), on the way to /links/to/home',
  );
  const behind = { ...entries, '/srv': directory({ mode: 0o750 }) };
  await expect(planStep(accountReach, through, world(behind))).rejects.toThrow(
    'cannot enter /srv (0750 0:0)',
  );
  expect((await findingsOf(accountReach, through, world(entries))).changes).toEqual([]);
});

test('a home in which it cannot write is told, and one that is mounted read-only by its mount', async () => {
  const entries = { '/opt/data': directory({ owner: '0:0' }) };
  await expect(planStep(accountReach, at('/opt/data'), world(entries))).rejects.toMatchObject({
    found: 'hermes (10000:10000) cannot write in /opt/data (0755 0:0)',
    mend: [
      'give /opt/data to the account where it comes from: chown 10000:10000',
      '  Kubernetes:  securityContext: { fsGroup: 10000 }',
    ],
  });
  const frozen = world(
    { '/opt/data': directory({ owner: MINE }) },
    { mounts: ['/'], readOnly: ['/opt/data'] },
  );
  await expect(planStep(accountReach, at('/opt/data'), frozen)).rejects.toMatchObject({
    found: 'hermes (10000:10000) cannot write in /opt/data (/opt/data is read-only)',
    mend: ['mount it writable'],
  });
});

test('all files that it cannot read are told at once, and those that are missing are not', async () => {
  const entries = {
    '/opt/data': directory({ owner: MINE }),
    '/opt/data/.env': file('', { mode: 0o600 }),
  };
  await expect(planStep(accountReach, at('/opt/data'), world(entries))).rejects.toThrow(
    /cannot read \/opt\/data\/\.env \(0600 0:0\)$/,
  );
  const both = { ...entries, '/opt/data/config.yaml': file('', { mode: 0o640 }) };
  await expect(planStep(accountReach, at('/opt/data'), world(both))).rejects.toThrow(
    'cannot read /opt/data/.env (0600 0:0) and /opt/data/config.yaml (0640 0:0)',
  );
});

test('the groups that /etc/group gives it open what they may use', async () => {
  const system = world({
    '/etc/group': file('root:x:0:\nhermes:x:10000:\nshare:x:2000:hermes\n'),
    '/opt/data': directory({ owner: '0:2000', mode: 0o2770 }),
  });
  expect((await findingsOf(accountReach, at('/opt/data'), system)).changes).toEqual([]);
});

describe('the kernel decides', () => {
  /** A kernel that refuses these paths and allows all else, and what it was asked. */
  function told(...refused: readonly string[]): { asked: string[]; system: SimulatedSystem } {
    const { tree, policy } = world({
      '/opt/data': directory({ owner: MINE }),
      '/opt/data/.env': file('', { owner: '0:0', mode: 0o600 }),
    });
    const asked: string[] = [];
    const kernel = new AnsweringTree(tree, {
      permitsAs: (question) => {
        asked.push(...question.asked.map(({ path, right }) => `${right} ${path}`));
        return question.asked.map(({ path }) => !refused.includes(path));
      },
    });
    return { asked, system: new SimulatedSystem({ tree: kernel, policy }) };
  }

  test('where it can be asked, whatever the mode says', async () => {
    const { system, asked } = told();
    expect((await findingsOf(accountReach, at('/opt/data'), system)).changes).toEqual([]);
    expect(asked).toEqual(['enter /', 'enter /opt', 'write-in /opt/data', 'read /opt/data/.env']);
    await expect(
      planStep(accountReach, at('/opt/data'), told('/opt/data').system),
    ).rejects.toMatchObject({
      found:
        'hermes (10000:10000) cannot write in /opt/data ' +
        '(0755 10000:10000, which allows it: an access list or what it lies on does not)',
      mend: [
        'look for an access list, or what it is mounted with: getfacl /opt/data',
        '  FUSE:        the option allow_other',
      ],
    });
  });

  test('but not about what this boot would change: there the mode does', async () => {
    const { system, asked } = told('/opt/data/.env');
    system.setMode('/opt/data/.env', 0o644);
    expect((await findingsOf(accountReach, at('/opt/data'), system)).changes).toEqual([]);
    expect(asked).not.toContain('read /opt/data/.env');
    system.setMode('/opt/data', 0o711);
    asked.length = 0;
    await findingsOf(accountReach, at('/opt/data'), system);
    expect(asked).toEqual(['enter /', 'enter /opt']);
  });

  test('and not about the rights of a process that is only assumed', async () => {
    const { system, asked } = told();
    const facts = { ...ROOT_FACTS, assumed: true };
    await expect(planStep(accountReach, at('/opt/data'), system, { facts })).rejects.toThrow(
      'cannot read /opt/data/.env',
    );
    expect(asked).toEqual([]);
  });
});

test('a boot with its home below /root ends degraded, as its plan has said, and opens nothing', async () => {
  const plan = bootPlan(planText('stage2'), { HERMES_HOME: '/root/.hermes' });
  const system = world({ '/root': directory({ mode: 0o700 }), '/opt/hermes/.venv': directory() });
  const planned = await plannedOf(plan, system);
  const done = await bootOf(plan, system);
  for (const { status, steps } of [planned, done]) {
    expect(status).toBe('degraded');
    expect(steps.at(-1)?.why).toContain('cannot enter /root (0700 0:0)');
  }
  expect(system.look('/root')).toMatchObject({ stat: { mode: 0o700, uid: 0 } });
});
