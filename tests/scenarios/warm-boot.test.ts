import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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
    const lines = traceOf(['run', 'stage2', '--root', root], '%file,%process');
    const { programs, forks } = startsIn(lines);
    expect(programs).toHaveLength(1);
    expect(forks).toEqual([]);
    // Most of them are read by the walk over what is listed.
    const read = lines.filter((line) => /O_RDONLY(?!\S*O_PATH)\S*O_DIRECTORY/.test(line));
    expect(read.length).toBeGreaterThan(10);
    expect(new Set(read.map((line) => line.split('"')[1])).size).toBe(read.length);
    // Whether hermes exists in the user namespace; what only changes are judged by is not asked for.
    expect(lines.filter((line) => /[ug]id_map/.test(line))).toHaveLength(2);
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

it.skipIf(cannotTrace)(
  `a boot of a machine with 100,000 accounts remaps its own, and from then on reads each database once${TRACE_NEEDS}`,
  () => {
    const root = temporaryDirectory();
    makeRoot(root, true);
    const numbers = Array.from({ length: 100_000 }, (_, at) => at + 200_000);
    const others = {
      passwd: numbers.map((id) => `user${id}:x:${id}:${id}::/home/user${id}:/bin/bash\n`).join(''),
      group: numbers.map((id) => `user${id}:x:${id}:\n`).join(''),
    };
    for (const [name, lines] of Object.entries(others)) {
      const file = join(root, 'etc', name);
      writeFileSync(file, lines + readFileSync(file, 'utf8'));
    }
    const ids = { PUID: '1000', PGID: '1000' };
    expect(hermesBoot(['run', 'stage2', '--root', root], ids).code).toBe(0);
    for (const [name, lines] of Object.entries(others)) {
      const text = readFileSync(join(root, 'etc', name), 'utf8');
      expect(text.startsWith(lines)).toBe(true);
      expect(text.slice(lines.length)).toContain('hermes:x:1000:');
    }
    const opened = traceOf(['run', '--root', root], '%file')
      .flatMap((line) => /open\w*\(.*\/etc\/(passwd|group)"/.exec(line)?.[1] ?? [])
      .sort();
    expect(opened).toEqual(['group', 'passwd']);
  },
);

it.each([
  ['a boot', ['stage2']],
  ['a start with the gateway of a profile', ['stage2', 'supervise-perms', 'reconcile-profiles']],
])(
  '%s that finds nothing to do is compiled from its cache and loads hardly anything of Node',
  (_, plans) => {
    const root = temporaryDirectory();
    makeRoot(root, true);
    mkdirSync(join(root, 'run/service'), { recursive: true });
    mkdirSync(join(root, 'opt/data/profiles/coder'), { recursive: true });
    writeFileSync(join(root, 'opt/data/profiles/coder/SOUL.md'), 'soul\n');
    const boot = ['run', ...plans, '--root', root];
    hermesBoot(boot);
    const args = ['--require', join(import.meta.dirname, '../support/loads.cjs'), CLI, ...boot];
    const { output } = spawnSync(process.execPath, args, {
      env: { PATH: process.env.PATH ?? '' },
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    });
    expect(String(output[2]).match(/nothing to do/g)).toHaveLength(plans.length);
    expect(JSON.parse(String(output[3]))).toEqual({ cachesRejected: [false], modules: [] });
  },
);
