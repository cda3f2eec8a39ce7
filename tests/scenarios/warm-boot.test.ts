import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeRoot } from '../../scripts/sandbox/root.ts';
import { CLI, hermesBoot } from '../support/cli.ts';
import { temporaryDirectory } from '../support/real-root.ts';
import { cannotTrace, startsIn, traceOf, TRACE_NEEDS } from '../support/strace.ts';

/** A call that changes a file system, in the words of strace. */
const WRITE =
  /O_WRONLY|O_RDWR|O_CREAT|^\d+ +(?:unlink|rename|mkdir|rmdir|link|symlink|mknod|chmod|fchmodat|l?chown|fchownat|utime|truncate)/;

it.skipIf(cannotTrace)(
  `a boot that finds nothing to do starts no process, reads each directory once and writes nothing but its receipt${TRACE_NEEDS}`,
  () => {
    const root = temporaryDirectory();
    makeRoot(root, true);
    hermesBoot(['run', 'stage2', '--root', root]);
    const lines = traceOf(['run', '--root', root], '%file,%process');
    const { programs, forks } = startsIn(lines);
    expect(programs).toHaveLength(1);
    expect(forks).toEqual([]);
    // Most of them are read by the walk over what is listed.
    const read = lines.filter((line) => /O_RDONLY(?!\S*O_PATH)\S*O_DIRECTORY/.test(line));
    expect(read.length).toBeGreaterThan(10);
    expect(new Set(read.map((line) => line.split('"')[1])).size).toBe(read.length);
    // What only changes are judged by is not asked for.
    expect(lines.filter((line) => /[ug]id_map/.test(line))).toEqual([]);
    const names = lines
      // A file without a name asks whether the account may write in its home; nothing is in it.
      .filter((line) => WRITE.test(line) && !/"\/dev\/|O_TMPFILE/.test(line))
      .flatMap((line) => [...line.matchAll(/"([^"]*)"/g)].map(([, path = '']) => path));
    // What is written through an open directory has a name in it alone.
    expect(new Set(names.map((name) => name.replace(/^\/proc\/self\/fd\/\d+\//, '')))).toEqual(
      new Set(['status.json', '.status.json.hermes-boot', 'history.jsonl']),
    );
  },
);

it('a boot that finds nothing to do is compiled from its cache and loads hardly anything of Node', () => {
  const root = temporaryDirectory();
  makeRoot(root, true);
  const boot = ['run', 'stage2', '--root', root] as const;
  hermesBoot(boot);
  const args = ['--require', join(import.meta.dirname, '../support/loads.cjs'), CLI, ...boot];
  const { output } = spawnSync(process.execPath, args, {
    env: { PATH: process.env.PATH ?? '' },
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  expect(JSON.parse(String(output[3]))).toEqual({ cachesRejected: [false], modules: [] });
});
