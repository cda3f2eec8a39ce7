import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
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
});
