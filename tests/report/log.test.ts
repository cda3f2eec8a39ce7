import { describe, expect, test } from 'vitest';
import { Problem } from '../../src/errors/problem.ts';
import { jsonLines, type StepProgress } from '../../src/report/event-view.ts';
import { plainLog } from '../../src/report/boot-log.ts';
import { inputs, steps } from './remap.ts';
import { AT, HEAD, input, record, step } from './sample.ts';
import { shownRun } from './shown.ts';

const guard = record(step('guard', 'user.guard'), {
  status: 'failed',
  why: 'started with --user 1000',
  problem: new Problem({
    code: 'not-permitted',
    found: 'started with --user 1000, which is not supported: neither root nor hermes (10000)',
    mend: ['start as root and pass your ids instead:', '  docker run -e PUID=1000 -e PGID=1000 …'],
  }),
});

describe('the log of a boot', () => {
  test('is one line per event and ends with what took the time', () => {
    expect(shownRun({ steps, inputs, report: { duration: 412 } }, plainLog)).toBe(
      `hermes-boot: info: stage2: 5 steps, home /opt/data, uid 1000 from PUID
hermes-boot: info: identity: account hermes 10000:10000 -> 1000:1000
hermes-boot: warn: ownership: /opt/data/home is a link to /srv/me: refusing to follow it; left alone, and what it points to (#52781)
hermes-boot: info: ownership: /opt/data owner 10000:10000 -> 1000:1000
hermes-boot: info: ownership: /opt/data/sessions owner of 3,112 of 3,120 entries -> 1000:1000
hermes-boot: info: stage2: done, 3 changes in 412 ms (ownership 371 ms)
`,
    );
  });

  test('has a line at level info for each line that a helper printed, and for no other note that only informs', () => {
    const config = record(step('config', 'config.migrate'), {
      notes: [
        { severity: 'info', text: 'plugins are opt-in now', logged: 'printed' },
        { severity: 'info', text: 'nobody asked' },
      ],
    });
    expect(shownRun({ steps: [config] }, plainLog)).toContain(
      'hermes-boot: info: config: | plugins are opt-in now\n',
    );
    expect(shownRun({ steps: [config] }, plainLog)).not.toContain('nobody asked');
  });

  test('is a single line when there is nothing to do', () => {
    const idle = Array.from({ length: 19 }, (_, at) => record(step(`step-${at}`, 'directory')));
    expect(shownRun({ steps: idle, inputs }, plainLog)).toBe(
      'hermes-boot: info: stage2: nothing to do (19 steps, 31 ms)\n',
    );
  });

  test('repeats its prefix on each line of a problem that stops the boot', () => {
    const rest = record(step('home', 'directory'), { status: 'blocked', why: 'not reached' });
    const report = { status: 'stopped', stoppedBy: guard } as const;
    expect(shownRun({ steps: [guard, rest], report }, plainLog)).toBe(
      `hermes-boot: info: stage2: 2 steps
hermes-boot: fatal: guard: started with --user 1000, which is not supported: neither root nor hermes (10000)
hermes-boot: fatal: guard: start as root and pass your ids instead:
hermes-boot: fatal: guard:   docker run -e PUID=1000 -e PGID=1000 …
hermes-boot: fatal: stage2: stopped at guard, no change in 31 ms; 1 step not reached
`,
    );
  });

  test('warns of a refused input and says that it made the boot degraded', () => {
    const uid = input(
      'uid',
      { env: ['PUID'], type: 'id' },
      { refused: { variable: 'PUID', found: '"abc"', wanted: 'a number from 1 to 65534' } },
    );
    const sample = {
      steps: [record(step('guard', 'user.guard'))],
      inputs: [uid],
      report: { status: 'degraded' } as const,
    };
    expect(shownRun(sample, plainLog)).toBe(
      `hermes-boot: info: stage2: 1 step
hermes-boot: warn: uid: PUID="abc" refused, wanted a number from 1 to 65534; not applied
hermes-boot: warn: stage2: degraded by uid; no change in 31 ms
`,
    );
  });

  test('reports a failure that the boot survives as a warning', () => {
    const failed = record(step('config', 'config.migrate', { onFailure: 'degrade' }), {
      status: 'failed',
      why: 'the helper failed with status 3',
      problem: new Problem({ found: 'the helper failed with status 3' }),
    });
    const report = { status: 'degraded' } as const;
    expect(shownRun({ steps: [failed], report }, plainLog)).toBe(
      `hermes-boot: info: stage2: 1 step
hermes-boot: warn: config: the helper failed with status 3
hermes-boot: warn: stage2: degraded by config; no change in 31 ms
`,
    );
  });

  test('cannot be forged by the name of a file', () => {
    const text = '/opt/data/a\nhermes-boot: info: all is well\u001b[2J is a link: left alone';
    const forged = record(step('ownership', 'owner.paths'), {
      notes: [{ severity: 'warning', text }],
    });
    expect(shownRun({ steps: [forged] }, plainLog).split('\n')[1]).toBe(
      'hermes-boot: warn: ownership: /opt/data/a\\nhermes-boot: info: all is well\\x1b[2J is a link: left alone',
    );
  });
});

describe('progress in the log', () => {
  /** What is logged of a step that says each second how far it is. */
  function logged(seconds: number, more: Partial<StepProgress> = {}): string[] {
    const lines: string[] = [];
    const log = plainLog({ isTTY: false, write: (text) => lines.push(text.trimEnd()) });
    for (let at = 1; at <= seconds; at += 1) {
      log.show({
        ...HEAD,
        type: 'progress',
        step: 'ownership',
        at: AT,
        looked: at * 1000,
        changed: at * 300,
        total: 9_000_000,
        estimated: true,
        rate: 1000,
        doing: null,
        elapsed: at * 1000,
        ...more,
      });
    }
    return lines;
  }

  test('comes after 10 s and then at growing intervals', () => {
    expect(logged(9)).toEqual([]);
    expect(logged(10)).toEqual([
      'hermes-boot: info: ownership: 10,000 of about 9,000,000 looked at, 3,000 changed, 10 s (1,000/s)',
    ]);
    expect(logged(600).map((text) => /changed, (.*) \(/.exec(text)?.[1])).toEqual([
      '10 s',
      '30 s',
      '1 min 0 s',
      '2 min 0 s',
      '5 min 0 s',
      '8 min 0 s',
    ]);
  });

  test('is at most 12 lines of a step that takes 25 minutes', () => {
    expect(logged(25 * 60).length).toBeLessThanOrEqual(12);
  });

  test('names a helper that runs, and how long it takes by now', () => {
    const helper = {
      looked: 0,
      changed: 0,
      total: null,
      rate: null,
      doing: 'running /opt/migrate',
    };
    expect(logged(30, helper)).toEqual([
      'hermes-boot: info: ownership: running /opt/migrate, 10 s',
      'hermes-boot: info: ownership: running /opt/migrate, 30 s',
    ]);
  });
});

describe('what is made anew in /run at every start', () => {
  const change = (path: string) =>
    ({
      kind: 'directory',
      path,
      mode: 0o755,
      owner: { uid: 0, gid: 0 },
      why: 'it is missing',
    }) as const;
  const changes = [change('/run/service/a'), change('/opt/data/x'), change('/run/service/b')];
  const slots = record(step('slots', 'directory'), { status: 'changes', changes, made: 3 });

  test('is one line a step', () => {
    expect(shownRun({ steps: [slots] }, plainLog)).toBe(
      `hermes-boot: info: stage2: 1 step
hermes-boot: info: slots: /opt/data/x new directory 0755 0:0
hermes-boot: info: slots: 2 changes in /run, which is new at each start
hermes-boot: info: stage2: done, 3 changes in 31 ms
`,
    );
  });

  test('is a line for each change where the log is asked for more', () => {
    const shown = shownRun({ steps: [slots] }, (output) => plainLog(output, { least: 'debug' }));
    expect(shown).toContain('slots: /run/service/a new');
    expect(shown).toContain('slots: /run/service/b new');
    expect(shown).not.toContain('new at each start');
  });

  test('is the change itself where there is only one', () => {
    const one = record(step('slots', 'directory'), {
      status: 'changes',
      changes: [change('/run/a')],
      made: 1,
    });
    expect(shownRun({ steps: [one] }, plainLog)).toContain('slots: /run/a new');
  });
});

describe('run --json', () => {
  const lines = shownRun({ steps, inputs, report: { duration: 412.345 } }, jsonLines)
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));

  test('has its version, time, boot, level and type in every line', () => {
    for (const line of lines) {
      expect(line).toMatchObject({ version: 1, time: HEAD.time, boot: HEAD.boot });
      expect(line).toHaveProperty('level');
      expect(line).toHaveProperty('type');
    }
  });

  test('has the place of the step in its plan in every event of a step', () => {
    const ofSteps = lines.filter((line) => JSON.stringify(line).includes('"step":"'));
    expect(ofSteps.length).toBeGreaterThan(steps.length);
    for (const line of ofSteps.slice(0, -1)) expect(line).toHaveProperty('at.line');
  });

  test('reports each change with its step', () => {
    expect(lines).toContainEqual({
      ...HEAD,
      type: 'change-made',
      step: 'identity',
      at: { file: 'stage2.yaml', line: 31, column: 5 },
      change: {
        kind: 'account',
        path: '/etc/passwd',
        from: '10000:10000',
        to: '1000:1000',
        before: { name: 'hermes', uid: 10000, gid: 10000 },
        after: { name: 'hermes', uid: 1000, gid: 1000 },
        why: 'PUID and PGID ask for it; no other user has uid 1000',
        recursive: false,
        subject: 'account hermes',
        effect: '10000:10000 -> 1000:1000',
      },
    });
  });

  test('ends with the result', () => {
    expect(lines.at(-1)).toEqual({
      ...HEAD,
      type: 'boot-finished',
      plan: 'stage2',
      result: 'done',
      converged: false,
      steps: 5,
      changes: 3,
      unreached: 0,
      stoppedBy: null,
      degradedBy: [],
      slowest: { step: 'ownership', duration: 371 },
      duration: 412.3,
    });
  });
});
