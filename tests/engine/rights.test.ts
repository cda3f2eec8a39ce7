import { describe, expect, it } from 'vitest';
import { run } from '../../src/engine/boot.ts';
import { assumeRoot, observeFacts } from '../../src/engine/observe-facts.ts';
import { frozen } from '../../src/engine/permissions/preflight.ts';
import { parseIdMap } from '../../src/engine/proc.ts';
import type { BootEvent, StepResult } from '../../src/engine/result.ts';
import { Problem } from '../../src/errors/problem.ts';
import { type Facts, factValues, showIds } from '../../src/step/facts.ts';
import { SimulatedSystem } from '../../src/system/simulated.ts';
import { bootOf, bootPlan, plannedOf } from '../support/boot.ts';
import { ROOT_FACTS } from '../support/plan-step.ts';
import { PretendingSystem } from '../support/pretending.ts';
import { AnsweringTree, directory, file, world } from '../support/world.ts';

/** A plan of these steps, each of which may fail without an end of the boot. */
function planOf(...steps: readonly string[]): string {
  const lines = steps.map((step, at) => `  - { id: s${at}, on-failure: degrade, ${step} }\n`);
  return `version: 1\nname: test\nsteps:\n${lines.join('')}`;
}

const own = (path: string, owner = 'hermes') =>
  `uses: directory, with: { path: ${path}, owner: ${owner} }`;
const shown = ({ step, status, why }: StepResult): string => `${step.id} ${status}: ${why}`;
const keysOf = (steps: readonly StepResult[]) =>
  steps.map(({ problem }) => problem?.sharedCause?.key);

const without = (...names: string[]): Facts => ({
  ...ROOT_FACTS,
  capabilities: new Set([...ROOT_FACTS.capabilities].filter((name) => !names.includes(name))),
  bounding: new Set([...ROOT_FACTS.bounding].filter((name) => !names.includes(name))),
});
const user: Facts = { ...without(...ROOT_FACTS.capabilities), uid: 10000, gid: 10000 };
const mapped = (count: number): Facts => {
  const ranges = [{ first: 0, count }];
  return { ...ROOT_FACTS, ids: { users: ranges, groups: ranges } };
};

describe('the facts of this process', () => {
  it('have the ids of the user namespace, all of them in the first one', () => {
    expect(parseIdMap('         0          0 4294967295\n')).toEqual([
      { first: 0, count: 4294967295 },
    ]);
    const keepId = parseIdMap('0 1 1000\n1000 0 1\n1001 1001 64536\n');
    expect(showIds(keepId)).toBe('0 to 999, 1000 and 1001 to 65536');
    expect(parseIdMap('')).toEqual([]);
    const { ids, bounding } = observeFacts('/');
    expect(ids.users[0]).toMatchObject({ first: 0 });
    expect(bounding.size).toBeGreaterThan(0);
  });

  it('have names for conditions', () => {
    const values = factValues({ ...mapped(1), runNoexec: true });
    expect(values.get('user-namespace')).toBe(true);
    expect(values.get('run-noexec')).toBe(true);
    expect(values.get('read-only-root')).toBe(false);
    expect(factValues(ROOT_FACTS).get('user-namespace')).toBe(false);
    expect(values.get('no-such-fact')).toBeUndefined();
  });

  it('of an assumed root know of no user namespace', () => {
    expect(assumeRoot(mapped(1))).toMatchObject({ assumed: true, ids: ROOT_FACTS.ids });
  });
});

describe('one cause', () => {
  it('is shared by all steps that lack the same capability, and reported once', async () => {
    const system = world({ '/a': directory(), '/b': directory(), '/c': directory() });
    const events: BootEvent[] = [];
    const report = await run(bootPlan(planOf(own('/a'), own('/b'), own('/c'))), system, {
      facts: without('CHOWN'),
      signal: new AbortController().signal,
      listener: (event) => events.push(event),
    });
    expect(keysOf(report.steps)).toEqual(Array(3).fill('capability:CHOWN'));
    expect(events.filter(({ type }) => type === 'cause-found')).toMatchObject([
      {
        step: { id: 's0' },
        cause: {
          denies: 'cannot change owners here',
          found: 'CAP_CHOWN is missing',
          mend: [
            'start the container with --cap-add CHOWN',
            '  compose:     cap_add: [CHOWN]',
            '  Kubernetes:  securityContext: { capabilities: { add: [CHOWN] } }',
          ],
        },
      },
    ]);
  });

  it('is another one if the container has the capability and something dropped it', async () => {
    const facts = { ...without('CHOWN'), bounding: ROOT_FACTS.bounding };
    const { steps } = await plannedOf(
      bootPlan(planOf(own('/a'))),
      world({ '/a': directory() }),
      facts,
    );
    expect(steps[0]?.problem?.mend).toEqual([
      expect.stringContaining('something inside has given it up'),
    ]);
  });

  it('is that this is not root, whatever privilege is missing', async () => {
    const system = world({ '/a': directory(), '/b': directory({ mode: 0o777 }) });
    const plan = bootPlan(planOf(own('/a'), 'uses: directory, with: { path: /b, mode: "0755" }'));
    expect(keysOf((await plannedOf(plan, system, user)).steps)).toEqual(['not-root', 'not-root']);
  });
});

describe('in a user namespace', () => {
  it('nothing can be given to an id that it does not map, and the plan says so', async () => {
    const { steps } = await plannedOf(
      bootPlan(planOf(own('/a'))),
      world({ '/a': directory() }),
      mapped(1),
    );
    expect(steps.map(shown)).toEqual([
      's0 blocked: cannot change the owner of /a: 10000:10000 does not exist here',
    ]);
    expect(steps[0]?.problem?.sharedCause).toMatchObject({
      key: 'unmapped:uid:10000',
      found: 'uid 10000 does not exist here, the user namespace maps only 0',
    });
  });

  it('root may not change what belongs to ids that it does not map', async () => {
    const system = world({ '/a': directory({ owner: '65534:65534' }) });
    const plan = bootPlan(
      planOf(
        own('/a', '0:0'),
        'uses: directory, with: { path: /a, mode: "0700" }',
        'uses: directory, with: { path: /a/b }',
      ),
    );
    const { steps } = await plannedOf(plan, system, mapped(1));
    expect(keysOf(steps)).toEqual(Array(3).fill('foreign-owner'));
  });

  it('what it maps can be changed as anywhere', async () => {
    const report = await bootOf(
      bootPlan(planOf(own('/a'))),
      world({ '/a': directory() }),
      mapped(65536),
    );
    expect(report.status).toBe('done');
  });
});

describe('without root', () => {
  it('an owner gives a file to another of the own groups, and to nobody else', async () => {
    const facts = { ...user, groups: [100] };
    const system = world({ '/home/a': directory({ owner: '10000:10000' }) });
    const plan = bootPlan(planOf(own('/home/a', '10000:100'), own('/home/a', '10000:33')));
    const { steps } = await bootOf(plan, system, facts);
    expect(steps.map(({ status }) => status)).toEqual(['changes', 'blocked']);
    expect(system.look('/home/a')).toMatchObject({ stat: { gid: 100 } });
  });

  it('another user’s file in a sticky directory cannot be replaced', async () => {
    const seed = 'uses: env-file.key, with: { path: /tmp/.env, name: KEY }';
    const system = world({
      '/tmp': directory({ mode: 0o1777 }),
      '/tmp/.env': file('', { owner: '33:10000', mode: 0o666 }),
    });
    const { steps } = await plannedOf(bootPlan(planOf(seed)), system, user);
    expect(steps[0]?.why).toContain('in a sticky directory: CAP_FOWNER is missing');
  });
});

it('to run as another user takes CAP_SETGID, too', async () => {
  const command = 'uses: command, as: hermes, with: { argv: [/bin/true], creates: /a/b }';
  const system = world({ '/bin/true': file('', { mode: 0o755 }) });
  const { steps } = await plannedOf(bootPlan(planOf(command)), system, without('SETGID'));
  expect(steps.map(shown)).toEqual([
    's0 blocked: cannot run /bin/true as hermes: CAP_SETGID is missing (this is uid 0)',
  ]);
});

it('a gateway on a noexec mount is known not to start (#34628)', () => {
  const slot = { owner: { uid: 0, gid: 0 }, mode: 0o755, parts: [] };
  const change = { kind: 'slot', path: '/run/service/x', slot, label: 'x', why: '' } as const;
  const system = world({ '/run/service': directory() }, { noExec: ['/run'] });
  expect(frozen(change, system)?.sharedCause).toMatchObject({
    key: 'noexec:/run',
    mend: [
      'mount it without noexec:',
      '  docker run:  --tmpfs /run:rw,exec',
      "  compose:     tmpfs: ['/run:exec']",
      '  Kubernetes:  an emptyDir at /run has no noexec',
    ],
  });
  expect(frozen({ ...change, path: '/opt/x' }, system)).toBeUndefined();
});

/** A world whose server takes root for nobody: owners cannot be changed on /share. */
class Squashing extends PretendingSystem {
  tried = 0;

  constructor(base: SimulatedSystem) {
    super(base, '/share', { mode: 'kept', user: 'refused', group: 'refused' });
  }

  override setOwner(...[path, owner]: Parameters<SimulatedSystem['setOwner']>): void {
    if (path.startsWith('/share')) this.tried += 1;
    super.setOwner(path, owner);
  }
}

/** A world that refuses on a disk of this machine. */
class Refusing extends SimulatedSystem {
  override setOwner(path: string): void {
    throw new Problem({ found: `setting the owner of ${path}`, errno: 'EPERM' });
  }
}

describe('on a share whose server does not trust root', () => {
  const entries = {
    '/share/a': directory(),
    '/share/b': directory(),
    '/local': directory(),
  };
  const plan = bootPlan(planOf(own('/share/a'), own('/share/b'), own('/local')));

  it('the first owner change is the probe, and nothing of the kind is tried again', async () => {
    const system = new Squashing(world(entries, { served: ['/share'] }));
    const { steps, shortcomings, status } = await bootOf(plan, system);
    expect(steps.map(({ status }) => status)).toEqual(['converged', 'converged', 'changes']);
    expect(shortcomings.map(({ cause }) => cause.key)).toEqual(['owners-not-kept:/share']);
    expect(shortcomings[0]?.steps).toHaveLength(2);
    expect(status).toBe('degraded');
    expect(system.tried).toBe(1);
  });

  it('a dry run says once that only the run will show it', async () => {
    const { steps } = await plannedOf(plan, world(entries, { served: ['/share'] }));
    expect(steps.flatMap(({ notes }) => notes)).toEqual([
      {
        severity: 'info',
        text: 'whether /share (nfs4) keeps owners and modes is known after the run',
      },
    ]);
  });

  it('a refusal on a disk of this machine is not taken for one of a server', async () => {
    const { steps } = await bootOf(plan, new Refusing(world(entries)));
    expect(keysOf(steps)).toEqual([undefined, undefined, undefined]);
  });

  it('a server that denies root to write is known in a dry run, too', async () => {
    const { tree, policy } = world(entries, { served: ['/share'] });
    const denying = { permits: ({ path }: { path: string }) => !path.startsWith('/share') };
    const told = new SimulatedSystem({ policy, tree: new AnsweringTree(tree, denying) });
    const { steps } = await plannedOf(plan, told);
    expect(steps.map(({ status }) => status)).toEqual(['blocked', 'blocked', 'changes']);
    expect(steps[0]?.why).toContain('its server denies root even to write to it');
  });
});
