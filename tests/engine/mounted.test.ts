/* What a boot does to files that are mounts, in worlds in memory. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Content } from '../../src/system/content.ts';
import { COPY_FILE, COPY_MODE, copyOf, standing } from '../../src/system/in-place.ts';
import type { SimulatedSystem } from '../../src/system/simulated.ts';
import { bootOf, bootPlan, changeLines, plannedOf, STAGE2_WITH_EDITS } from '../support/boot.ts';
import { FaultySystem, Killed } from '../support/faulty.ts';
import { directory, file, world } from '../support/world.ts';

const ENV = '/opt/data/.env';
const COPY = `/opt/data/${COPY_FILE}`;
const plan = bootPlan(STAGE2_WITH_EDITS);

/** A home whose .env is a mount of another user. */
function mountedEnv(text = 'MODEL=x\n', mode = 0o644): SimulatedSystem {
  return world(
    {
      '/opt/data': directory({ owner: '10000:10000' }),
      [ENV]: file(text, { owner: '1000:1000', mode }),
    },
    { mounts: [ENV] },
  );
}

const textOf = (system: SimulatedSystem): string => system.readText(ENV);

describe('a mounted .env', () => {
  it('gets its key in place and keeps owner and mode, as the dry run says', async () => {
    const system = mountedEnv();
    const planned = changeLines(await plannedOf(plan, system)).filter((line) => line.includes(ENV));
    expect(planned).toEqual([
      expect.stringContaining(
        `api-key: ${ENV} changed in place (it is a mount of its own): with a new API_SERVER_KEY`,
      ),
    ]);
    const done = await bootOf(plan, system);
    expect(changeLines(done).filter((line) => line.includes(ENV))).toEqual(planned);
    expect(textOf(system)).toMatch(/^MODEL=x\nAPI_SERVER_KEY=[0-9a-f]{64}\n$/);
    expect(system.look(ENV)).toMatchObject({ stat: { uid: 1000, gid: 1000, mode: 0o644 } });
    expect(changeLines(await plannedOf(plan, system))).toEqual([]);
  });

  it('that others can read is reported with the fix on the host', async () => {
    const { steps } = await bootOf(plan, mountedEnv());
    expect(steps.flatMap(({ notes }) => notes.map(({ text }) => text))).toContainEqual(
      expect.stringMatching(/others can read it .* chown 10000:10000 FILE and chmod 600 FILE$/),
    );
  });

  it('that the account cannot read degrades the boot by one cause', async () => {
    const report = await bootOf(plan, mountedEnv('API_SERVER_KEY=0123456789abcdef\n', 0o600));
    expect(report.status).toBe('degraded');
    const keys = report.steps.flatMap(({ problem, notes }) => [
      ...(problem?.sharedCause === undefined ? [] : [problem.sharedCause.key]),
      ...notes.flatMap(({ cause }) => cause?.key ?? []),
    ]);
    expect(new Set(keys)).toEqual(new Set([`closed-mount:${ENV}`]));
  });

  it('is whole after a boot that was killed before or in any write, and the next one', async () => {
    const writes = (await bootOf(plan, mountedEnv())).steps.reduce(
      (sum, { made }) => sum + made,
      0,
    );
    for (let left = 0; left <= writes; left += 1) {
      const system = mountedEnv();
      const faulty = new FaultySystem(system, left);
      const killed = bootOf(plan, faulty);
      if (left < writes) await expect(killed).rejects.toThrow(Killed);
      else await killed;
      const after = new FaultySystem(faulty, Infinity);
      expect(changeLines(await plannedOf(plan, after))).toEqual(
        expect.not.arrayContaining([expect.stringContaining('.hermes-boot.write')]),
      );
      await bootOf(plan, after);
      expect(textOf(after)).toMatch(/^MODEL=x\nAPI_SERVER_KEY=[0-9a-f]{64}\n$/);
      expect(after.look(COPY).type).toBe('missing');
      expect((await plannedOf(plan, after)).converged).toBe(true);
    }
  });
});

describe('the copy of a write in place', () => {
  const from = Content.ofText('A=1\nB=2\n');
  const to = Content.ofText('A=1\nB=2\nC=3\n');
  const copy = copyOf({ path: ENV, from, to }).text();

  it('is not used if somebody else can have written it', async () => {
    for (const look of [
      { owner: '10000:10000', mode: COPY_MODE },
      { mode: 0o622 },
      { mode: COPY_MODE, nlink: 2 },
    ]) {
      const system = mountedEnv('A=1\nB=2\nC');
      system.overlay.put(COPY, file(copy, look));
      await bootOf(plan, system);
      expect(textOf(system)).toMatch(/^A=1\nB=2\n/);
      expect(textOf(system)).not.toContain('C=3');
    }
  });

  it('is dropped if the operator has changed the file since, or it is not a copy', async () => {
    for (const text of [
      copy,
      'garbage',
      '{"about":"hermes-boot write 1","path":"/","contents":[]}',
    ]) {
      const system = mountedEnv('A=1\nB=5\nAPI_SERVER_KEY=0123456789abcdef\n');
      system.overlay.put(COPY, file(text, { mode: COPY_MODE }));
      await bootOf(plan, system);
      expect(textOf(system)).toBe('A=1\nB=5\nAPI_SERVER_KEY=0123456789abcdef\n');
      expect(system.look(COPY).type).toBe('missing');
    }
  });

  it('makes a plan that must finish a write not converged', async () => {
    const key = Content.ofText('API_SERVER_KEY=0123456789abcdef\n');
    const system = mountedEnv();
    await bootOf(plan, system);
    system.writeFile(ENV, Content.ofText('API_SERVER'), 0, { uid: 0, gid: 0 });
    const write = { path: ENV, from: Content.ofText(''), to: key };
    system.overlay.put(COPY, file(copyOf(write).text(), { mode: COPY_MODE }));
    expect((await plannedOf(plan, system)).converged).toBe(false);
    await bootOf(plan, system);
    expect(textOf(system)).toBe(key.text());
  });

  it('finishes whatever a write can leave behind, also where parts never reached the disk', () => {
    const bytes = fc.uint8Array({ maxLength: 64 });
    fc.assert(
      fc.property(
        bytes,
        bytes,
        fc.nat(64),
        fc.array(fc.constantFrom('old', 'new', 'zero')),
        (a, b, cut, parts) => {
          const write = { path: ENV, from: Content.ofBytes(a), to: Content.ofBytes(b) };
          const length = Math.min(cut, Math.max(a.length, b.length));
          const now = Uint8Array.from({ length }, (_, at) => {
            const part = parts[at] ?? 'new';
            return (part === 'old' ? a[at] : part === 'new' ? b[at] : 0) ?? 0;
          });
          expect(standing(Content.ofBytes(now), write)).not.toBe('other');
        },
      ),
    );
  });
});

describe('a read-only config.yaml', () => {
  const CONFIG = '/opt/data/config.yaml';
  const readOnly = (text: string): SimulatedSystem =>
    world(
      { '/opt/data': directory({ owner: '10000:10000' }), [CONFIG]: file(text) },
      { readOnly: [CONFIG] },
    );

  it('that needs no change is not reported', async () => {
    const { status, steps } = await bootOf(plan, readOnly('_config_version: 12\n'));
    expect(status).toBe('done');
    const notes = steps
      .flatMap((step) => step.notes)
      .filter(({ severity }) => severity === 'warning');
    expect(notes.filter(({ text }) => text.includes(CONFIG))).toEqual([]);
  });

  it('whose migration is due is one cause', async () => {
    const { status, steps } = await bootOf(plan, readOnly('_config_version: 1\n'));
    expect(status).toBe('degraded');
    const failed = steps.filter(({ problem }) => problem !== undefined);
    expect(failed.map(({ step, problem }) => [step.id, problem?.sharedCause?.key])).toEqual([
      ['config', `read-only:${CONFIG}`],
    ]);
  });
});
