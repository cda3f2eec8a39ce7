import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { MemoryNode } from '../../src/system/memory-node.ts';
import { CLI, hermesBoot } from '../support/cli.ts';
import {
  isRoot,
  NEEDS_ROOT,
  realRoot,
  snapshot,
  temporaryDirectory,
} from '../support/real-root.ts';
import { HOME, IMAGE, skill, SKILLS_PLAN } from '../support/skills.ts';
import { cannotTrace, startsIn, traceOf, TRACE_NEEDS } from '../support/strace.ts';
import { directory, file } from '../support/world.ts';

/** An image with 80 skills in 20 categories, and a home without any. */
const EIGHTY: Record<string, MemoryNode> = {
  '/opt/data': directory({ owner: '10000:10000' }),
  [HOME]: directory({ owner: '10000:10000' }),
  [`${IMAGE}/.digest`]: file('1\n'),
  '/opt/data/config.yaml': file('skills:\n  external_dirs:\n    - /srv/shared\n'),
  '/srv/shared/theirs/SKILL.md': file('theirs'),
};
for (let index = 0; index < 80; index += 1) {
  const path = `${IMAGE}/category-${index % 20}/skill-${index}`;
  Object.assign(EIGHTY, skill(path, `text ${index}`), {
    [`${path}/references/more.md`]: file('x'),
  });
}

/** The plan of this test as a file, its step with or without a digest of the image. */
function planFile(digest: boolean): string {
  const path = join(temporaryDirectory(), 'skills.yaml');
  const line = digest ? `      digest: ${IMAGE}/.digest\n` : '';
  writeFileSync(path, SKILLS_PLAN + line);
  return path;
}

it.skipIf(cannotTrace).each([true, false])(
  `with 80 skills in place a boot starts no process, writes no file and opens no skill${TRACE_NEEDS} (B30; digest: %s)`,
  (digest) => {
    const root = realRoot(EIGHTY);
    const plan = planFile(digest);
    const first = hermesBoot(['run', plan, '--root', root]);
    expect(first.stderr).toContain('skills: done, 22 changes');
    const calls =
      'execve,fork,vfork,clone,clone3,open,openat,unlink,rename,renameat,renameat2,mkdir';
    const lines = traceOf(['run', plan, '--root', root], calls);
    const { programs, forks } = startsIn(lines);
    expect(programs).toHaveLength(1);
    expect(forks).toEqual([]);
    const writes = /O_WRONLY|O_RDWR|O_CREAT|unlink|rename|mkdir/;
    expect(lines.filter((line) => line.includes(root) && writes.test(line))).toEqual([]);
    expect(lines.filter((line) => /\.md"|run\.py"/.test(line))).toEqual([]);
    // What is opened of the home is the record alone; of the image, directories and the digest.
    const files = lines.filter(
      (line) => /\.bundled_|\.digest/.test(line) && !line.includes('O_DIRECTORY'),
    );
    expect(files).toHaveLength(digest ? 2 : 1);
    expect(lines.filter((line) => line.includes('config.yaml"'))).toHaveLength(1);
    const inHome = lines.filter((line) => line.includes(`${root}${HOME}`));
    expect(inHome.filter((line) => !line.includes('.bundled_fingerprint"'))).toEqual([]);
  },
);

it('a change of the same size in an image whose times are all one is noticed without a digest', () => {
  const root = realRoot({
    '/opt/data': directory(isRoot ? { owner: '10000:10000' } : {}),
    ...skill(`${IMAGE}/notes`, 'one'),
  });
  const plan = join(temporaryDirectory(), 'skills.yaml');
  const me = `${process.geteuid?.() ?? 0}:${process.getegid?.() ?? 0}`;
  writeFileSync(
    plan,
    isRoot ? SKILLS_PLAN : SKILLS_PLAN.replace('owner: hermes', `owner: '${me}'`),
  );
  const run = (): string => hermesBoot(['run', plan, '--root', root]).stderr;
  const path = `${root}${IMAGE}/notes/SKILL.md`;
  execFileSync('touch', ['-d', '2020-01-01', path]);
  expect(run()).toContain('skills: done');
  expect(run()).toContain('nothing to do');
  writeFileSync(path, 'two');
  execFileSync('touch', ['-d', '2020-01-01', path]);
  expect(run()).toContain('replaced: copy of /opt/hermes/skills/notes');
  expect(readFileSync(`${root}${HOME}/notes/SKILL.md`, 'utf8')).toBe('two');
});

it.skipIf(!isRoot)(
  `a sync of 80 skills that is killed at any moment goes on to the same end (${NEEDS_ROOT}, law 4)`,
  async () => {
    const plan = planFile(true);
    const undisturbed = realRoot(EIGHTY);
    hermesBoot(['run', plan, '--root', undisturbed]);
    const expected = snapshot(undisturbed);
    for (let round = 0; round < 4; round += 1) {
      const root = realRoot(EIGHTY);
      const boot = spawn(process.execPath, [CLI, 'run', plan, '--root', root], { stdio: 'ignore' });
      onTestFinished(() => {
        boot.kill('SIGKILL');
      });
      const closed = once(boot, 'close');
      // Not by the clock: as soon as so many categories are there.
      while (boot.exitCode === null && !existsSync(`${root}${HOME}/category-${round * 5}`)) {
        await new Promise(setImmediate);
      }
      boot.kill('SIGKILL');
      await closed;
      hermesBoot(['run', plan, '--root', root]);
      expect(snapshot(root)).toEqual(expected);
    }
  },
);
