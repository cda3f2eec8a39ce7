import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../src/errors/problem.ts';
import { HomeHeld, type LockNotice } from '../../src/system/home-lock.ts';
import { parseHolder, RealHomeLock, showHolder } from '../../src/system/real/real-home-lock.ts';
import { RealSystem } from '../../src/system/real/real.ts';
import { isRoot, temporaryDirectory } from '../support/real-root.ts';

const HOLDER = {
  boot: 'b',
  plan: 'stage2',
  host: 'other\u001b[2J',
  pid: 7,
  since: '2026-01-01T00:00:00.000Z',
  ended: true,
};

/** A root with a home, and locks of it as two boots would have them. */
function homeOf(): { root: string; lock: (timeout?: number) => RealHomeLock; record: string } {
  const root = temporaryDirectory();
  mkdirSync(join(root, 'home'));
  return {
    root,
    record: join(root, 'home/.hermes-boot.lock'),
    lock: (timeout = 60_000) => new RealHomeLock(new RealSystem(root), '/home', 'stage2', timeout),
  };
}

const never = new AbortController().signal;

/** Asks for a lock, and keeps what is told meanwhile. */
async function ask(lock: RealHomeLock, signal = never) {
  const told: LockNotice[] = [];
  const acquired = await lock.acquire(signal, (notice) => told.push(notice));
  return { acquired, told };
}

describe('the lock of a home', () => {
  it('is had at once where nobody else boots, and leaves a record that it was let go', async () => {
    const { lock, record } = homeOf();
    const first = lock();
    first.mark();
    expect(await ask(first)).toEqual({ acquired: 'fresh', told: [] });
    expect(parseHolder(readFileSync(record, 'utf8'))).toMatchObject({
      plan: 'stage2',
      ended: false,
    });
    first.release();
    expect(parseHolder(readFileSync(record, 'utf8'))).toMatchObject({ ended: true });
    // Whoever waits, and the account of the services, can read who holds the home.
    expect(statSync(record).mode & 0o777).toBe(0o644);
    chmodSync(record, 0o600);
    const second = lock();
    second.mark();
    expect((await ask(second)).acquired).toBe('fresh');
    second.release();
    expect(statSync(record).mode & 0o777).toBe(0o644);
  });

  it('makes the second wait, say for whom, and look at the world again', async () => {
    const { lock } = homeOf();
    const [first, second] = [lock(), lock()];
    first.mark();
    second.mark();
    await ask(first);
    const told: string[] = [];
    const acquired = await second.acquire(never, ({ text }) => {
      told.push(text);
      first.release();
    });
    second.release();
    expect(acquired).toBe('stale');
    expect(told).toHaveLength(1);
    const holder = `\\(process ${process.pid}, since 20`;
    expect(told[0]).toMatch(new RegExp(`^waiting for the boot stage2 on \\S+ ${holder}`));
  });

  it('is stale where another boot came and went since the mark was taken', async () => {
    const { lock } = homeOf();
    const [first, second] = [lock(), lock()];
    second.mark();
    first.mark();
    await ask(first);
    first.release();
    expect((await ask(second)).acquired).toBe('stale');
    second.release();
  });

  it('is stale after a boot that never said that it ended', async () => {
    const { lock, record } = homeOf();
    writeFileSync(record, showHolder({ ...HOLDER, ended: false }));
    const boot = lock();
    boot.mark();
    expect((await ask(boot)).acquired).toBe('stale');
    boot.release();
  });

  it('is given up after the timeout, naming who holds it', async () => {
    const { lock } = homeOf();
    const [first, second] = [lock(), lock(100)];
    first.mark();
    second.mark();
    await ask(first);
    const error = await ask(second).catch((reason: unknown) => reason);
    first.release();
    expect(error).toBeInstanceOf(HomeHeld);
    expect(error).toMatchObject({ code: 'timeout' });
    expect(String(error)).toMatch(/\/home is held by the boot stage2 on .*; waited 0\.1 s for it/);
  });

  it('is let go by the death of its holder', async () => {
    const { lock, record } = homeOf();
    writeFileSync(record, showHolder(HOLDER));
    const holder = spawn('flock', ['--no-fork', record, 'sh', '-c', 'echo held; exec cat'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    await once(holder.stdout, 'data');
    const boot = lock();
    boot.mark();
    const acquired = await boot.acquire(never, () => {
      holder.kill('SIGKILL');
    });
    boot.release();
    expect(acquired).toBe('stale');
  });

  it('ends its waiting with the reason of the signal', async () => {
    const { lock } = homeOf();
    const [first, second] = [lock(), lock()];
    first.mark();
    second.mark();
    await ask(first);
    const stop = new AbortController();
    const waiting = second.acquire(stop.signal, () => {
      stop.abort(new Problem({ found: 'interrupted by SIGTERM' }));
    });
    await expect(waiting).rejects.toThrow('interrupted by SIGTERM');
    first.release();
  });

  it('is not asked for where there is no home yet', async () => {
    const { lock, root } = homeOf();
    rmSync(join(root, 'home'), { recursive: true });
    expect(await ask(lock())).toEqual({ acquired: 'absent', told: [] });
  });
});

describe('a home that cannot be locked', () => {
  it('because flock(1) is missing is booted all the same, and it is said', async () => {
    const { root } = homeOf();
    const lock = new RealHomeLock(new RealSystem(root), '/home', 'stage2', 1000, '/nowhere');
    const { acquired, told } = await ask(lock);
    expect(acquired).toBe('unavailable');
    expect(told).toEqual([
      {
        severity: 'warning',
        text: 'boots of /home are not locked against each other: spawn flock ENOENT',
      },
    ]);
  });

  it('because it is a link that others could have made is said not to be', async () => {
    const { root } = homeOf();
    mkdirSync(join(root, 'elsewhere'));
    symlinkSync('/elsewhere', join(root, 'volume'));
    const system = new RealSystem(root, ['/volume']);
    const { acquired, told } = await ask(new RealHomeLock(system, '/volume', 'stage2', 1000));
    expect(acquired).toBe('unavailable');
    expect(told[0]?.text).toContain('boots of /volume are not locked against each other');
  });

  it('because its lock is a link is not written through it', async () => {
    const { lock, root, record } = homeOf();
    const precious = join(root, 'precious');
    writeFileSync(precious, 'mine');
    symlinkSync('/precious', record);
    const { acquired, told } = await ask(lock());
    expect(acquired).toBe('unavailable');
    expect(told[0]?.text).toContain('boots of /home are not locked against each other');
    expect(readFileSync(precious, 'utf8')).toBe('mine');
  });

  it.skipIf(isRoot)(
    'because this user may not write there is left to those who may (not as root)',
    async () => {
      const { lock, root } = homeOf();
      chmodSync(join(root, 'home'), 0o555);
      const { acquired, told } = await ask(lock());
      chmodSync(join(root, 'home'), 0o755);
      expect({ acquired, told }).toEqual({ acquired: 'unavailable', told: [] });
    },
  );
});

describe('the record of a lock', () => {
  it('that makes no sense is none', () => {
    for (const text of ['', 'null', '[]', '{"boot":1}', 'x'.repeat(5000)]) {
      expect(parseHolder(text)).toBeUndefined();
    }
    expect(parseHolder(showHolder(HOLDER))).toEqual(HOLDER);
  });
});
