/** A look that got no answer is never taken for one: not by worlds, records or readers. */
import { describe, expect, test } from 'vitest';
import { LookFailed, unlessProblem, unlessUnknown } from '../../src/errors/look-failed.ts';
import { Problem } from '../../src/errors/problem.ts';
import { RecordedTree } from '../../src/system/recording/recorded-tree.ts';
import { worldRecord } from '../../src/system/recording/world-record.ts';
import { RecordingTree } from '../../src/system/recording/recording-tree.ts';
import { SimulatedSystem } from '../../src/system/simulated.ts';
import type { Tree } from '../../src/system/tree.ts';
import { World } from '../../src/system/world.ts';
import { emptyTree } from '../support/world.ts';

/** A tree whose looks at /srv fail as long as `failing` says so. */
function treeThatFails(failing: () => boolean): Tree {
  const base = emptyTree();
  const fail = (path: string, call: string): void => {
    if (path.startsWith('/srv') && failing()) throw new LookFailed(path, call, 'EIO');
  };
  return {
    ...base,
    look: (path) => (fail(path, 'lstat'), base.look(path)),
    list: (path) => (fail(path, 'scandir'), base.list(path)),
  };
}

const policy = { guarded: [], self: 0 };
const cover = {
  known: [],
  value: (value: string) => value,
  digest: (digest: string) => digest,
  text: (text: string) => text,
};

describe('a look that got no answer', () => {
  test('is thrown with path, call, errno and what to do, and decides the exit code', () => {
    const failed = new LookFailed('/opt/data', 'lstat', 'EIO');
    expect(failed.message).toBe('cannot look at /opt/data (lstat: EIO, input/output error)');
    expect([failed.code, failed.errno, failed.mend.length]).toEqual(['io', 'EIO', 1]);
    expect(new LookFailed('/x', 'open', 'ESTALE').code).toBe('transient');
    expect(new LookFailed('/x', 'open', 'EACCES').code).toBe('not-permitted');
    expect(new LookFailed('/x', 'open', 'EPERM').code).toBe('not-permitted');
    expect(new LookFailed('/x', 'open', 'EWHATEVER').code).toBe('io');
  });

  test('fails a look at what lies behind it, and is not remembered', () => {
    let failing = true;
    const system = new SimulatedSystem(
      new World(
        treeThatFails(() => failing),
        policy,
      ),
    );
    expect(() => system.look('/srv/home/.env')).toThrow(LookFailed);
    expect(() => system.list('/srv')).toThrow(LookFailed);
    failing = false;
    expect(system.look('/srv/home/.env')).toEqual({ type: 'missing' });
    expect(system.list('/srv')).toEqual([]);
  });

  test('is no Problem that a reader may pass over, and has to be taken apart', () => {
    const act = (): string => {
      throw new LookFailed('/srv', 'lstat', 'EIO');
    };
    expect(() => unlessProblem(act)).toThrow(LookFailed);
    expect(unlessUnknown(act)).toBeInstanceOf(LookFailed);
    expect(
      unlessProblem((): string => {
        throw new Problem({ found: 'it is too large' });
      }),
    ).toBeUndefined();
  });

  test('is recorded as what it is, and fails the plan that is made from the record', () => {
    const tree = new RecordingTree(
      treeThatFails(() => true),
      cover,
    );
    expect(() => tree.look('/srv')).toThrow(LookFailed);
    expect(() => tree.list('/srv')).toThrow(LookFailed);
    const record = worldRecord.decode(worldRecord.encode(tree.record()), '');
    const recorded = new RecordedTree(record);
    expect(() => recorded.look('/srv')).toThrow('cannot look at /srv (lstat: EIO');
    expect(() => recorded.list('/srv')).toThrow('cannot look at /srv (scandir: EIO');
  });
});
