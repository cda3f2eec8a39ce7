import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeRoot } from '../../scripts/sandbox/root.ts';
import { compare, peakMemory, type Peer } from './measure.ts';

/*
 * `npm run bench`: what a boot costs that finds nothing to do, as a whole process, beside the
 * start of Node itself. The environment is clean: a set NODE_EXTRA_CA_CERTS alone doubles the
 * start of Node 20.
 */

const RUNS = Number(process.env.BENCH_RUNS ?? 25);

/** The goals of the project for a warm boot: times a bare Node, and MiB. */
const GOAL = { ratio: 2.0, memory: 70 };

if (process.geteuid?.() !== 0) throw new Error('the benchmark boots a root, which takes root');

const root = mkdtempSync(join(tmpdir(), 'hermes-boot-bench-'));
try {
  chmodSync(root, 0o755);
  makeRoot(root, true);
  const cli = join(import.meta.dirname, '../../dist/hermes-boot.cjs');
  const env = { PATH: process.env.PATH ?? '', PUID: '1000', PGID: '1000' };
  const warm: Peer = {
    name: 'hermes-boot run stage2',
    argv: [process.execPath, cli, 'run', 'stage2', '--root', root],
    env,
  };
  const bare: Peer = { name: 'node -e 0', argv: [process.execPath, '-e', '0'], env };

  const first = spawnSync(warm.argv[0], warm.argv.slice(1), { env, encoding: 'utf8' });
  if (first.status !== 0) throw new Error(`the first boot failed:\n${first.stderr}`);
  const { a, b, ratio } = compare(warm, bare, RUNS);
  const memory = peakMemory(warm);

  const ms = (value: number): string => `${value.toFixed(1)} ms`;
  process.stdout.write(`Node ${process.version}, ${RUNS} pairs in turn, median (min to max)

warm ${warm.name}   ${ms(a.median)} (${ms(a.min)} to ${ms(a.max)})
${bare.name}                     ${ms(b.median)} (${ms(b.min)} to ${ms(b.max)})
ratio, pair by pair           ${ratio.median.toFixed(2)} (${ratio.min.toFixed(2)} to ${ratio.max.toFixed(2)}), goal at most ${GOAL.ratio.toFixed(1)}
peak memory                   ${memory.toFixed(1)} MiB, goal at most ${GOAL.memory} MiB
`);
} finally {
  rmSync(root, { recursive: true, force: true });
}
