import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeRoot } from '../../scripts/sandbox/root.ts';
import { CLI, hermesBoot } from '../support/cli.ts';
import { isRoot, NEEDS_ROOT, temporaryDirectory } from '../support/real-root.ts';

/** A call that changes a file system, in the words of strace. */
const WRITE =
  /O_WRONLY|O_RDWR|O_CREAT|^\d+ +(?:unlink|rename|mkdir|rmdir|link|symlink|mknod|chmod|fchmodat|l?chown|fchownat|utime|truncate)/;

const hasStrace = spawnSync('strace', ['--version']).status === 0;
const needs = [isRoot ? '' : NEEDS_ROOT, hasStrace ? '' : 'needs strace'].filter(Boolean);

it.skipIf(needs.length > 0)(
  `a boot that finds nothing to do starts no process and writes nothing but its receipt${needs.length > 0 ? ` (${needs.join(', ')})` : ''}`,
  () => {
    const root = temporaryDirectory();
    makeRoot(root, true);
    hermesBoot(['run', 'stage2', '--root', root]);
    const trace = join(temporaryDirectory(), 'trace');
    execFileSync(
      'strace',
      [
        '-f',
        '-o',
        trace,
        '-e',
        'trace=%file,%process',
        process.execPath,
        CLI,
        'run',
        '--root',
        root,
      ],
      { env: { PATH: process.env.PATH ?? '' }, stdio: 'ignore' },
    );
    const lines = readFileSync(trace, 'utf8').split('\n');
    expect(lines.filter((line) => line.includes('execve('))).toHaveLength(1);
    // Threads of Node are clones, too, and share its memory.
    const forks = lines.filter((line) => /fork\(|clone3?\(/.test(line));
    expect(forks.filter((line) => !line.includes('CLONE_THREAD'))).toEqual([]);
    // What only changes are judged by is not asked for.
    expect(lines.filter((line) => /[ug]id_map/.test(line))).toEqual([]);
    const names = lines
      .filter((line) => WRITE.test(line) && !line.includes('"/dev/'))
      .flatMap((line) => [...line.matchAll(/"([^"]*)"/g)].map(([, path = '']) => path));
    // What is written through an open directory has a name in it alone.
    expect(new Set(names.map((name) => name.replace(/^\/proc\/self\/fd\/\d+\//, '')))).toEqual(
      new Set(['status.json', '.status.json.hermes-boot', 'history.jsonl']),
    );
  },
);
