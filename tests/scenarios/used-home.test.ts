import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, lstatSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeRoot } from '../../scripts/sandbox/root.ts';
import { CLI, hermesBoot } from '../support/cli.ts';
import { withoutKeys } from '../support/keys.ts';
import { isRoot, NEEDS_ROOT, snapshot, temporaryDirectory } from '../support/real-root.ts';
import { withoutReceipts } from '../support/receipts.ts';

const env = { PUID: '99', PGID: '100' };

/** A root with an install tree and a used volume, as `npm start` makes it. */
function usedRoot(): string {
  const root = temporaryDirectory();
  makeRoot(root, isRoot);
  return root;
}

it.skipIf(!isRoot)(
  `of 10,000 files in a home that moves to 99:100 those of another user on no list keep their owner (${NEEDS_ROOT}, #19788)`,
  () => {
    const root = usedRoot();
    const own = (path: string, id: number): void => {
      writeFileSync(path, '');
      chownSync(path, id, id);
    };
    const listed: string[] = [];
    const unlisted: string[] = [];
    for (let index = 0; index < 9900; index += 1) {
      const folder = join(root, `opt/data/sessions/${Math.floor(index / 100)}`);
      if (index % 100 === 0) mkdirSync(folder);
      listed.push(join(folder, `${index}`));
    }
    mkdirSync(join(root, 'opt/data/archive'));
    for (let index = 0; index < 100; index += 1) {
      unlisted.push(join(root, `opt/data/archive/${index}`));
    }
    for (const path of listed) own(path, 10000);
    for (const path of unlisted) own(path, 1001);
    expect(hermesBoot(['run', 'stage2', '--root', root], env).code).toBe(0);
    expect(listed.filter((path) => lstatSync(path).uid !== 99)).toEqual([]);
    expect(listed.filter((path) => lstatSync(path).gid !== 100)).toEqual([]);
    expect(unlisted.filter((path) => lstatSync(path).uid !== 1001)).toEqual([]);
  },
);

it.skipIf(!isRoot)(
  `a boot killed at any moment and started again ends as an undisturbed one (${NEEDS_ROOT}, law 4)`,
  async () => {
    const template = usedRoot();
    const copy = (): string => {
      const root = join(temporaryDirectory(), 'root');
      execFileSync('cp', ['-a', template, root]);
      return root;
    };
    const undisturbed = copy();
    hermesBoot(['run', 'stage2', '--root', undisturbed], env);
    const expected = withoutReceipts(withoutKeys(snapshot(undisturbed)));
    for (let round = 0; round < 12; round += 1) {
      const root = copy();
      const boot = spawn(process.execPath, [CLI, 'run', 'stage2', '--json', '--root', root], {
        env: { PATH: process.env.PATH ?? '', ...env },
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      // The boot tells of each change; it is killed after a different one in each round.
      let lines = 0;
      boot.stdout.on('data', (chunk: Buffer) => {
        lines += chunk.toString().split('\n').length - 1;
        if (lines > round * 6) boot.kill('SIGKILL');
      });
      await once(boot, 'close');
      expect(hermesBoot(['run', 'stage2', '--root', root], env).code).toBe(0);
      expect(withoutReceipts(withoutKeys(snapshot(root)))).toEqual(expected);
    }
  },
);

it(`a dry run of a used home changes no content, owner, mode or time`, () => {
  const root = usedRoot();
  const times = (): unknown[] =>
    ['opt/data', 'opt/data/.env', 'etc/passwd', 'run/s6/container_environment'].map((path) => {
      const { ctimeMs, mtimeMs } = lstatSync(join(root, path));
      return [ctimeMs, mtimeMs];
    });
  const before = [snapshot(root), times()];
  const plan = hermesBoot(['plan', 'stage2', '--root', root, '--json', '--assume-root'], env);
  expect(plan.code).toBe(0);
  expect([snapshot(root), times()]).toEqual(before);
});
