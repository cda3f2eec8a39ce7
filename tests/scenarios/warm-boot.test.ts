import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeRoot } from '../../scripts/sandbox/root.ts';
import { CLI, hermesBoot } from '../support/cli.ts';
import { isRoot, NEEDS_ROOT, temporaryDirectory } from '../support/real-root.ts';

const hasStrace = spawnSync('strace', ['--version']).status === 0;
const needs = [isRoot ? '' : NEEDS_ROOT, hasStrace ? '' : 'needs strace'].filter(Boolean);

it.skipIf(needs.length > 0)(
  `a boot that finds nothing to do starts no process and writes no file${needs.length > 0 ? ` (${needs.join(', ')})` : ''}`,
  () => {
    const root = temporaryDirectory();
    makeRoot(root, true);
    hermesBoot(['run', 'stage2', '--root', root]);
    const trace = join(temporaryDirectory(), 'trace');
    const calls = 'execve,fork,vfork,clone,clone3,openat,unlink,rename,renameat,renameat2,mkdirat';
    execFileSync(
      'strace',
      ['-f', '-o', trace, '-e', `trace=${calls}`, process.execPath, CLI, 'run', '--root', root],
      { env: { PATH: process.env.PATH ?? '' }, stdio: 'ignore' },
    );
    const lines = readFileSync(trace, 'utf8').split('\n');
    expect(lines.filter((line) => line.includes('execve('))).toHaveLength(1);
    // Threads of Node are clones, too, and share its memory.
    const forks = lines.filter((line) => /fork\(|clone3?\(/.test(line));
    expect(forks.filter((line) => !line.includes('CLONE_THREAD'))).toEqual([]);
    // What only changes are judged by is not asked for.
    expect(lines.filter((line) => /[ug]id_map/.test(line))).toEqual([]);
    const writes = /O_WRONLY|O_RDWR|O_CREAT|unlink|rename|mkdir/;
    expect(lines.filter((line) => line.includes(root) && writes.test(line))).toEqual([]);
  },
);
