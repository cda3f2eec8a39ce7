import { describe, expect, test } from 'vitest';
import { Problem } from '../../src/errors/problem.ts';
import { inputs, steps } from './remap.ts';
import { input, record, step } from './sample.ts';
import { plainPaint } from '../../src/report/paint.ts';
import { renderPlan } from '../../src/report/show-plan.ts';
import { shownPlan, viewOf } from './shown.ts';

/** The first step of a plan that is explained. */
function sectionOf(text: string): string {
  return text.split('\n\n').find((section) => section.startsWith('~ ')) ?? '';
}

describe('plan --explain', () => {
  test('answers first, then says what decided and why each step acts or does not', () => {
    expect(shownPlan({ steps, inputs }, 'reasons')).toBe(
      `stage2: 2 of 5 steps would act, 3 changes, 3,113 owners. Nothing is blocked.

  home     /opt/data  from HERMES_HOME (container environment)
  uid      1000       from PUID; HERMES_UID is not set
  migrate  true       the default; HERMES_MIGRATE is not set
  as       root, with CHOWN DAC_OVERRIDE FOWNER SETGID SETUID
  not set: CHROMIUM, PLAYWRIGHT

~ identity   account.remap                                        stage2.yaml:31
    Files on the volume must belong to the host's user (#15290).
    PUID and PGID ask for it; no other user has uid 1000:
      account hermes  10000:10000 -> 1000:1000
    Only the records are edited

~ ownership  owner.paths                                          stage2.yaml:44
    the home belongs to hermes:
      /opt/data           owner 10000:10000 -> 1000:1000
      /opt/data/sessions  owner of 3,112 of 3,120 entries -> 1000:1000
  ! /opt/data/home is a link to /srv/me: refusing to follow it; left alone, and
      what it points to (#52781)

- 1 step is skipped:
    config     the image has no helper for it

= 2 steps find nothing to do:
    guard      root may do everything
    seeds      /opt/data/.env is there

~ would change something   ! warning, or blocked
- skipped, switched off or accepted   = nothing to do
`,
    );
  });

  test('shows a refused input beside the value that is used instead', () => {
    const uid = input(
      'uid',
      { env: ['HERMES_UID', 'PUID'], type: 'id' },
      {
        refused: { variable: 'PUID', found: '"abc"', wanted: 'a number from 1 to 65534' },
      },
    );
    const sample = {
      steps: [record(step('guard', 'user.guard'))],
      inputs: [uid],
      report: { status: 'degraded' } as const,
    };
    expect(shownPlan(sample, 'reasons')).toBe(
      `stage2: nothing to do (1 step, 31 ms). The boot would end degraded.

  uid  -  PUID="abc" refused, wanted a number from 1 to 65534; not applied;
          HERMES_UID is not set
  as   root, with CHOWN DAC_OVERRIDE FOWNER SETGID SETUID

= 1 step finds nothing to do:
    guard  it is as it should be
`,
    );
  });
});

describe('a plan that cannot be carried out', () => {
  const guard = record(step('guard', 'user.guard'), {
    status: 'failed',
    why: 'started with --user 1000',
    problem: new Problem({
      code: 'not-permitted',
      found: 'started with --user 1000',
      wanted: 'root or hermes (10000)',
      mend: ['start as root and pass your ids instead:', '  docker run -e PUID=1000 …'],
    }),
  });
  const rest = ['home', 'identity'].map((id) =>
    record(step(id, 'directory'), { status: 'blocked', why: 'not reached: guard stops the boot' }),
  );

  test('says where the boot stops, what to do about it, and what is not reached', () => {
    const sample = {
      steps: [guard, ...rest],
      report: { status: 'stopped', stoppedBy: guard } as const,
    };
    expect(shownPlan(sample, 'reasons')).toBe(
      `stage2: the boot would stop at guard. None of 3 steps would act. 1 step fails. 2
  steps are not reached.

  as  root, with CHOWN DAC_OVERRIDE FOWNER SETGID SETUID

x guard     user.guard                                            stage2.yaml:10
    fails: started with --user 1000; wanted root or hermes (10000)
      start as root and pass your ids instead:
        docker run -e PUID=1000 …
      The boot stops here.

! 2 steps are not reached: home identity

x fails   ! warning, or blocked
`,
    );
  });

  test('shows the changes of a step that lacks the privileges to make them', () => {
    const blocked = record(step('env', 'file.mode'), {
      status: 'blocked',
      why: 'cannot change the mode of /opt/data/.env: CAP_FOWNER is missing',
      changes: [
        { kind: 'mode', path: '/opt/data/.env', why: 'it holds secrets', from: 0o644, to: 0o600 },
      ],
      problem: new Problem({
        code: 'not-permitted',
        found: 'cannot change the mode of /opt/data/.env: CAP_FOWNER is missing',
        mend: 'start the container as root',
      }),
    });
    expect(shownPlan({ steps: [blocked] }, 'changes')).toBe(
      `stage2: none of 1 step would act. 1 step is blocked.

! env  file.mode                                                  stage2.yaml:10
    /opt/data/.env  mode 0644 -> 0600
    blocked: cannot change the mode of /opt/data/.env: CAP_FOWNER is missing
      start the container as root

! warning, or blocked
`,
    );
  });
});

describe('plan without --explain', () => {
  test('shows the changes and the warnings without the reasons', () => {
    expect(shownPlan({ steps, inputs }, 'changes')).toBe(
      `stage2: 2 of 5 steps would act, 3 changes, 3,113 owners. Nothing is blocked.

~ identity   account.remap                                        stage2.yaml:31
    account hermes  10000:10000 -> 1000:1000
~ ownership  owner.paths                                          stage2.yaml:44
    /opt/data           owner 10000:10000 -> 1000:1000
    /opt/data/sessions  owner of 3,112 of 3,120 entries -> 1000:1000
  ! /opt/data/home is a link to /srv/me: refusing to follow it; left alone, and
      what it points to (#52781)

- 1 step is skipped: config

= 2 steps find nothing to do: guard seeds

~ would change something   ! warning, or blocked
- skipped, switched off or accepted   = nothing to do
`,
    );
  });

  const idle = Array.from({ length: 19 }, (_, at) => record(step(`step-${at}`, 'directory')));

  test('is one line when the world is converged', () => {
    expect(shownPlan({ steps: idle, inputs }, 'changes')).toBe(
      'stage2: nothing to do (19 steps, 31 ms).\n',
    );
  });

  test('says to explain why nothing is to be done, too', () => {
    const text = shownPlan({ steps: idle, inputs }, 'reasons');
    expect(text).toMatch(/^stage2: nothing to do \(19 steps, 31 ms\)\.$/m);
    expect(text).toContain('not set: ');
    expect(text).toMatch(/^= 19 steps find nothing to do:$/m);
  });
});

describe('many changes', () => {
  const owners = (count: number) =>
    record(step('ownership', 'owner.paths'), {
      status: 'changes',
      changes: Array.from({ length: count }, (_, at) => ({
        kind: 'owner' as const,
        path: at === 1 ? '/data/a name' : `/data/file-${at}`,
        why: 'hermes is 1000:1000 now',
        from: { uid: 0, gid: 0 },
        to: { uid: 1000, gid: 1000 },
        clears: 0,
      })),
    });

  test('with the same effect are shown in one line, below their reason', () => {
    expect(sectionOf(shownPlan({ steps: [owners(4)] }, 'reasons'))).toBe(
      `~ ownership  owner.paths                                          stage2.yaml:10
    hermes is 1000:1000 now:
      owner 0:0 -> 1000:1000 (4):
        /data/file-0 "/data/a name" /data/file-2 /data/file-3`,
    );
  });

  test('are named up to two dozen, with the command that names all of them', () => {
    const text = shownPlan({ steps: [owners(3000)] }, 'reasons');
    expect(text.split('\n').length).toBeLessThan(20);
    expect(text).toContain('and 2,976 others: --explain=ownership');
    const full = shownPlan({ steps: [owners(3000)] }, { step: 'ownership' });
    for (let at = 2; at < 3000; at += 1) expect(full).toContain(`/data/file-${at} `);
  });
});

describe('one step in full', () => {
  test('says when it runs, what its failure means and all that it changes, without the others', () => {
    expect(shownPlan({ steps, inputs }, { step: 'identity' })).toBe(
      `stage2: 2 of 5 steps would act, 3 changes, 3,113 owners. Nothing is blocked.

~ identity   account.remap                                        stage2.yaml:31
    Files on the volume must belong to the host's user (#15290).
    if it fails: The boot stops here.
    PUID and PGID ask for it; no other user has uid 1000:
      account hermes  10000:10000 -> 1000:1000
    Only the records are edited
`,
    );
  });

  test.each([
    ['config', 'skipped: the image has no helper for it'],
    ['seeds', 'nothing to do: /opt/data/.env is there'],
  ])('says of %s, which does nothing, why', (id, why) => {
    expect(shownPlan({ steps, inputs }, { step: id })).toContain(`    ${why}\n`);
  });
});

describe('plan --short', () => {
  test('is a letter and a path a line, and what the letters mean', () => {
    expect(shownPlan({ steps, inputs }, 'short')).toBe(
      `stage2: 2 of 5 steps would act, 3 changes, 3,113 owners. Nothing is blocked.

M /etc/passwd account hermes
O /opt/data
O /opt/data/sessions/

! ownership: /opt/data/home is a link to /srv/me: refusing to follow it; left
    alone, and what it points to (#52781)

M changed   O owner   ! warning, or blocked
`,
    );
  });
});

describe('the number of an incident', () => {
  const numbered = {
    steps: [record(step('env', 'file.mode'), { status: 'failed', why: 'it is not (#7)' })],
  };

  test('is told with the address that it has in the tracker of the plan', () => {
    const text = renderPlan(
      { ...viewOf(numbered), tracker: 'https://example.org/issues' },
      { detail: 'changes', paint: plainPaint },
    );
    expect(text).toContain('\n#7 is https://example.org/issues/7\n');
  });

  test('is a number alone where the plan names no tracker', () => {
    expect(shownPlan(numbered, 'changes')).not.toContain('http');
  });
});
