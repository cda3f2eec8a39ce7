import { expect, it } from 'vitest';
import { makeRoot } from '../../scripts/sandbox/root.ts';
import { hermesBoot } from '../support/cli.ts';
import { temporaryDirectory } from '../support/real-root.ts';
import { cannotTrace, startsIn, traceOf, TRACE_NEEDS } from '../support/strace.ts';

/** A call that changes a file system, in the words of strace. */
const WRITE =
  /O_WRONLY|O_RDWR|O_CREAT|^\d+ +(?:unlink|rename|mkdir|rmdir|link|symlink|mknod|chmod|fchmodat|l?chown|fchownat|utime|truncate)/;

it.skipIf(cannotTrace)(
  `a boot that finds nothing to do starts no process and writes nothing but its receipt${TRACE_NEEDS}`,
  () => {
    const root = temporaryDirectory();
    makeRoot(root, true);
    hermesBoot(['run', 'stage2', '--root', root]);
    const lines = traceOf(['run', '--root', root], '%file,%process');
    const { programs, forks } = startsIn(lines);
    expect(programs).toHaveLength(1);
    expect(forks).toEqual([]);
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
