import { describe, expect, it } from 'vitest';
import { run } from '../../src/engine/boot.ts';
import type { BootEvent, StepResult } from '../../src/engine/result.ts';
import { Problem } from '../../src/errors/problem.ts';
import type { Facts } from '../../src/step/facts.ts';
import { bootOf, bootPlan, plannedOf } from '../support/boot.ts';
import { ROOT_FACTS } from '../support/plan-step.ts';
import { directory, file, link, world } from '../support/world.ts';

/** A plan of these steps, written as in a file. */
function planOf(...steps: readonly string[]): string {
  return `version: 1\nname: test\nsteps:\n${steps.map((step) => `  - ${step}\n`).join('')}`;
}

const shown = ({ step, status, why }: StepResult): string => `${step.id} ${status}: ${why}`;

const BLOCKED_BY_FILE = '{ id: bad, uses: directory, with: { path: /taken } }';
const AFTER = '{ id: after, uses: directory, with: { path: /after } }';
const hermes: Facts = { ...ROOT_FACTS, uid: 10000, gid: 10000, capabilities: new Set() };

describe('a step that fails', () => {
  it('stops the boot unless the plan says otherwise, and what follows is not reached', async () => {
    const system = world({ '/taken': file('') });
    const report = await bootOf(bootPlan(planOf(BLOCKED_BY_FILE, AFTER)), system);
    expect(report.status).toBe('stopped');
    expect(report.stoppedBy?.step.id).toBe('bad');
    expect(report.steps.map(shown)).toEqual([
      'bad failed: /taken is a regular file; wanted a directory',
      'after blocked: not reached: bad stops the boot',
    ]);
    expect(system.look('/after').type).toBe('missing');
  });

  it('leaves what the plan skips skipped, not unreached', async () => {
    const system = world({ '/taken': file('') });
    const off = '{ id: off, uses: directory, when: facts.uid == 7, with: { path: /off } }';
    const report = await bootOf(bootPlan(planOf(BLOCKED_BY_FILE, off, AFTER)), system);
    expect(report.steps.map(({ step, status }) => `${step.id} ${status}`)).toEqual([
      'bad failed',
      'off skipped',
      'after blocked',
    ]);
  });

  it('with on-failure degrade lets the boot go on and end degraded', async () => {
    const system = world({ '/taken': file('') });
    const bad = BLOCKED_BY_FILE.replace('id: bad', 'id: bad, on-failure: degrade');
    const report = await bootOf(bootPlan(planOf(bad, AFTER)), system);
    expect(report.status).toBe('degraded');
    expect(system.look('/after').type).toBe('directory');
  });

  it('with on-failure ignore does not affect the result', async () => {
    const bad = BLOCKED_BY_FILE.replace('id: bad', 'id: bad, on-failure: ignore');
    const report = await bootOf(bootPlan(planOf(bad, AFTER)), world({ '/taken': file('') }));
    expect(report.status).toBe('done');
  });
});

describe('what this process cannot do', () => {
  it('is blocked before anything of the step is tried, and says what is missing', async () => {
    const plan = bootPlan(
      planOf('{ id: a, uses: directory, with: { path: /home/a, owner: www-data } }'),
    );
    const system = world({ '/home': directory({ owner: '10000:10000' }) });
    const planned = await plannedOf(plan, system, hermes);
    expect(planned.steps.map(shown)).toEqual([
      'a blocked: cannot give /home/a away: CAP_CHOWN is missing (this is uid 10000)',
    ]);
    const done = await bootOf(plan, system, hermes);
    expect(done.steps.map(shown)).toEqual(planned.steps.map(shown));
    expect(system.look('/home/a').type).toBe('missing');
  });

  it('depends on the group and the supplementary groups of the process', async () => {
    const plan = bootPlan(planOf('{ id: a, uses: directory, with: { path: /shared/a } }'));
    const system = world({ '/shared': directory({ owner: '0:100', mode: 0o775 }) });
    const alone = await plannedOf(plan, system, hermes);
    expect(alone.steps.map(shown)).toEqual(['a blocked: uid 10000 may not write to /shared']);
    const member = await plannedOf(plan, system, { ...hermes, groups: [100] });
    expect(member.steps[0]?.status).toBe('changes');
  });

  it('includes everything on a read-only mount, for root as well', async () => {
    const plan = bootPlan(planOf('{ id: a, uses: directory, with: { path: /data/a/b } }'));
    const system = world({ '/data': directory() }, { readOnly: ['/data'] });
    expect((await plannedOf(plan, system)).steps.map(shown)).toEqual([
      'a blocked: /data/a is on a file system that is mounted read-only',
    ]);
  });
});

describe('a boot', () => {
  it('names what it changes by the path where it lies', async () => {
    const plan = bootPlan(planOf('{ id: a, uses: directory, with: { path: /var/run/a } }'));
    const system = world({ '/run': directory(), '/var/run': link('/run') });
    const { steps } = await bootOf(plan, system);
    expect(steps[0]?.changes.map(({ path }) => path)).toEqual(['/run/a']);
  });

  it('stops between two changes when it is asked to, whatever on-failure says', async () => {
    const stop = new AbortController();
    const plan = bootPlan(
      planOf(
        '{ id: a, uses: directory, on-failure: ignore, with: { path: /a/b/c } }',
        '{ id: b, uses: directory, with: { path: /b } }',
      ),
    );
    const system = world({});
    const report = await run(plan, system, {
      facts: ROOT_FACTS,
      signal: stop.signal,
      listener: (event) => {
        if (event.type === 'change-made') stop.abort(new Problem({ found: 'asked to stop' }));
      },
    });
    expect(report.status).toBe('interrupted');
    expect(report.steps.map(shown)).toEqual([
      'a failed: asked to stop',
      'b blocked: not reached: a stops the boot',
    ]);
    expect(report.steps[0]).toMatchObject({ made: 1 });
    expect(system.look('/a/b').type).toBe('missing');
  });

  it('reports what happens in order: the boot, each step, each change, the end', async () => {
    const events: BootEvent[] = [];
    await run(bootPlan(planOf(AFTER)), world({}), {
      facts: ROOT_FACTS,
      signal: new AbortController().signal,
      listener: (event) => events.push(event),
    });
    expect(events.map(({ type }) => type)).toEqual([
      'boot-started',
      'step-started',
      'change-made',
      'step-finished',
      'boot-finished',
    ]);
  });

  it('ends degraded when an input was refused, and the refused value is not applied', async () => {
    const text = `version: 1
name: test
inputs: { uid: { env: PUID, type: id } }
steps:
  - { id: a, uses: account.remap, with: { user: hermes, uid: '\${{ inputs.uid }}' } }
`;
    const system = world({});
    const report = await bootOf(bootPlan(text, { PUID: '0' }), system);
    expect(report.status).toBe('degraded');
    expect(system.accounts().user('hermes').uid).toBe(10000);
  });
});
