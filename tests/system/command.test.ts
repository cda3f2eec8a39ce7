import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { Command } from '../../src/system/system.ts';
import { RealSystem } from '../../src/system/real/real.ts';
import { isRoot, NEEDS_ROOT, temporaryDirectory } from '../support/real-root.ts';

const machine = new RealSystem('/');
const { signal } = new AbortController();

function shell(script: string, more: Partial<Command> = {}): Command {
  return { argv: ['/bin/sh', '-c', script], env: {}, cwd: '/', ...more };
}

describe('a command', () => {
  it('that fails is told with its exit code and its last lines', async () => {
    const command = shell('echo first; echo it broke >&2; exit 3');
    await expect(machine.run(command, signal)).rejects.toThrow(
      'failed: exit code 3: first | it broke',
    );
  });

  it('that does not end in time is ended, and so is what it started', async () => {
    const mark = join(temporaryDirectory(), 'mark');
    const command = shell(`(sleep 2; : > ${mark}) & wait`);
    const started = Date.now();
    await expect(machine.run(command, AbortSignal.timeout(100))).rejects.toMatchObject({
      code: 'timeout',
    });
    expect(Date.now() - started).toBeLessThan(1500);
    expect(existsSync(mark)).toBe(false);
  });

  it('that is not there is told', async () => {
    const command: Command = { argv: ['/no/such/program'], env: {}, cwd: '/' };
    await expect(machine.run(command, signal)).rejects.toThrow('/no/such/program failed');
  });

  it('that a signal ended is told as that', async () => {
    await expect(machine.run(shell('echo half; kill -KILL $$'), signal)).rejects.toThrow(
      'failed: ended by SIGKILL (the kernel does that where memory is short): half',
    );
  });

  it('passes on what it prints, without secrets, and no more than somebody reads', async () => {
    const script = [
      'echo plugins are opt-in now',
      'echo "API_KEY=abc123 https://u:hidden@host Bearer x.y.z"',
      'echo "found $MY_TOKEN"; seq 100',
    ].join('; ');
    const printed: string[] = [];
    await machine.run(shell(script, { env: { MY_TOKEN: 's3cr3t-value' } }), signal, (line) =>
      printed.push(line),
    );
    expect(printed.slice(0, 4)).toEqual([
      'plugins are opt-in now',
      'API_KEY=*** https://u:***@host Bearer ***',
      'found ***',
      '1',
    ]);
    expect(printed).toHaveLength(41);
    expect(printed.at(-1)).toBe('… and 63 more lines');
  });

  it('that fails has all of it passed on', async () => {
    const printed: string[] = [];
    const run = machine.run(shell('seq 100; exit 1'), signal, (line) => printed.push(line));
    await expect(run).rejects.toThrow('exit code 1');
    expect(printed).toHaveLength(100);
  });

  it('that reports a failure with exit code 0 has failed', async () => {
    const command = shell('echo "config.yaml: every override is IGNORED"', {
      failsOn: 'override.*ignored',
    });
    await expect(machine.run(command, signal)).rejects.toThrow(
      'reports a failure, with exit code 0: config.yaml: every override is IGNORED',
    );
  });

  it('gets the environment of the plan, and its directory', async () => {
    const command = shell('test "$KEY" = value && test "$PWD" = /usr', {
      env: { KEY: 'value' },
      cwd: '/usr',
    });
    await machine.run(command, signal);
  });

  it.skipIf(!isRoot)(`runs as an account with its groups and home (${NEEDS_ROOT})`, async () => {
    const identity = { name: 'hermes', uid: 4321, gid: 8765, groups: [8765, 998], home: '/x' };
    const script = `test "$(id -u):$(id -g):$(id -G):$HOME:$USER" = '4321:8765:8765 998:/x:hermes'`;
    await machine.run(shell(script, { identity }), signal);
  });

  it.skipIf(!isRoot)(
    `as an account gets no way back to root: no terminal, no descriptor, no privilege to gain (${NEEDS_ROOT})`,
    async () => {
      const identity = { name: 'hermes', uid: 4321, gid: 8765, groups: [8765], home: '/x' };
      const script = [
        'grep -q "^NoNewPrivs:.*1$" /proc/self/status',
        // The session leader has no terminal to open.
        '! (: > /dev/tty) 2> /dev/null',
        'test "$(cut -d" " -f6 /proc/$$/stat)" = "$$"',
        'for fd in /proc/$$/fd/*; do case $fd in */[012]) ;; *) ! test -h $fd || exit 9; esac; done',
      ].join(' && ');
      await machine.run(shell(script, { identity }), signal);
    },
  );

  it.skipIf(!isRoot)(
    `starts without variables that load code into what root runs for it (${NEEDS_ROOT})`,
    async () => {
      const identity = { name: 'hermes', uid: 4321, gid: 8765, groups: [8765], home: '/x' };
      const names = ['LD_PRELOAD', 'NODE_OPTIONS', 'NODE_PATH', 'PYTHONPATH', 'BASH_ENV', 'ENV'];
      for (const name of names) vi.stubEnv(name, '/no/such/file');
      vi.stubEnv('HERMES_MODEL', 'kept');
      const clean = names.map((name) => `test -z "$${name}"`).join(' && ');
      await machine.run(shell(`${clean} && test "$HERMES_MODEL" = kept`, { identity }), signal);
      // Of the container's variables root's own command gets none.
      await machine.run(shell(`${clean} && test -z "$HERMES_MODEL"`), signal);
      vi.unstubAllEnvs();
    },
  );
});
