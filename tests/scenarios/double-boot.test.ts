import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeRoot } from '../../scripts/sandbox/root.ts';
import { CLI, hermesBoot } from '../support/cli.ts';
import { withoutKeys } from '../support/keys.ts';
import { isRoot, NEEDS_ROOT, snapshot, temporaryDirectory } from '../support/real-root.ts';
import { withoutReceipts } from '../support/receipts.ts';

const ROUNDS = 50;

const ENV = { PATH: process.env.PATH ?? '', PUID: '99', PGID: '100' };

/** A boot as a process, and what it said. */
interface Boot {
  readonly ended: Promise<number | null>;
  readonly lines: () => readonly string[];
  kill: () => void;
  /** Resolves when it has made its first change. */
  readonly working: Promise<unknown>;
}

function start(root: string): Boot {
  const child = spawn(process.execPath, [CLI, 'run', 'stage2', '--root', root], {
    env: ENV,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  let worked: (value?: unknown) => void = () => undefined;
  const working = new Promise((resolve) => (worked = resolve));
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    if (/: info: (?!home:|stage2:)/.test(said)) worked();
  });
  const ended = once(child, 'close').then(() => {
    worked();
    return child.exitCode;
  });
  return {
    ended,
    working,
    lines: () => said.split('\n').filter((line) => /: info: (?!home:|stage2:)/.test(line)),
    kill: () => child.kill('SIGKILL'),
  };
}

/** The home as it is after one boot that nothing disturbed. */
function undisturbed(): { world: Map<string, string>; changes: number } {
  const root = usedRoot();
  const { stderr } = hermesBoot(['run', 'stage2', '--root', root], ENV);
  const changes = stderr.split('\n').filter((line) => /: info: (?!home:|stage2:)/.test(line));
  return { world: homeIn(root), changes: changes.length };
}

function usedRoot(): string {
  const root = temporaryDirectory();
  makeRoot(root, true);
  return root;
}

function homeIn(root: string): Map<string, string> {
  return withoutReceipts(withoutKeys(snapshot(root, '/opt/data')));
}

function keysIn(root: string): string[] {
  const text = readFileSync(join(root, 'opt/data/.env'), 'utf8');
  return text.split('\n').filter((line) => line.startsWith('API_SERVER_KEY='));
}

describe.skipIf(!isRoot)(`two boots at once on one home, ${ROUNDS} times (${NEEDS_ROOT})`, () => {
  it(
    'end as one does: one key, no lost line, and each change made by one of them alone',
    async () => {
      const { world, changes } = undisturbed();
      for (let round = 0; round < ROUNDS; round += 1) {
        const root = usedRoot();
        const boots = [start(root), start(root)];
        expect(await Promise.all(boots.map(({ ended }) => ended))).toEqual([0, 0]);
        expect(keysIn(root)).toHaveLength(1);
        expect(homeIn(root)).toEqual(world);
        const made = boots.map((boot) => boot.lines().length);
        expect(made.sort((a, b) => a - b)).toEqual([0, changes]);
        rmSync(root, { recursive: true });
      }
    },
    ROUNDS * 5000,
  );

  it(
    'end so, too, when one of them is killed inside',
    async () => {
      const { world } = undisturbed();
      for (let round = 0; round < ROUNDS; round += 1) {
        const root = usedRoot();
        const [first, second] = [start(root), start(root)];
        await Promise.race([first.working, second.working]);
        first.kill();
        await first.ended;
        expect(await second.ended).toBe(0);
        expect(keysIn(root)).toHaveLength(1);
        expect(homeIn(root)).toEqual(world);
        rmSync(root, { recursive: true });
      }
    },
    ROUNDS * 5000,
  );
});
