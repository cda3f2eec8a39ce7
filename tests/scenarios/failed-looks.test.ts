/**
 * What a boot does when the kernel gives no answer once: the built program on real roots, with
 * system calls that strace(1) lets fail.
 */
import { spawnSync } from 'node:child_process';
import { lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CLI } from '../support/cli.ts';
import { campaign, faultsIn, summaryOf } from '../support/campaign.ts';
import { boot, freshRoot, phases, remove, type Phase } from '../support/inject.ts';
import { realRoot, temporaryDirectory } from '../support/real-root.ts';
import { cannotTrace, TRACE_NEEDS } from '../support/strace.ts';
import { directory, file } from '../support/world.ts';

const PLAN = `version: 1
name: small
steps:
  - { id: top, uses: directory, with: { path: /srv/top } }
`;

/** Boots or does something else while each look at a path of this machine fails. */
function withFailure(path: string, errno: string, args: readonly string[]) {
  const inject = `inject=openat,statx,newfstatat,access,getdents64:error=${errno}:when=1+`;
  const strace = ['-o', '/dev/null', '-P', path, '-e', inject, process.execPath, CLI];
  const { status, stderr } = spawnSync('strace', [...strace, ...args], {
    cwd: '/',
    env: { PATH: process.env.PATH ?? '' },
    encoding: 'utf8',
  });
  return { code: status, stderr };
}

describe.skipIf(cannotTrace)(`when the kernel does not let it look${TRACE_NEEDS}`, () => {
  const codes = [
    ['EIO', 74],
    ['ENOSPC', 74],
    ['ESTALE', 75],
    ['ETIMEDOUT', 75],
    ['EMFILE', 75],
    ['EACCES', 77],
  ] as const;

  it.each(codes)('at a root, a plan, fragments or facts, %s is %i, and no bug', (errno, code) => {
    const root = realRoot({
      '/srv': directory(),
      '/etc/hermes-boot/plan.d/50-site.yaml': file('steps: []\n'),
    });
    const plan = join(temporaryDirectory(), 'small.yaml');
    writeFileSync(plan, PLAN);
    const fragments = join(root, 'etc/hermes-boot/plan.d');
    for (const [path, args] of [
      [root, ['run', plan, '--root', root]],
      [plan, ['run', plan, '--root', root]],
      [fragments, ['run', plan, '--root', root]],
      [join(fragments, '50-site.yaml'), ['run', plan, '--root', root]],
      [plan, ['plan', '--facts', plan]],
    ] as const) {
      const ended = withFailure(path, errno, args);
      const about = `${args.join(' ')} with ${path}: ${ended.stderr}`;
      expect(ended.code, about).toBe(code);
      expect(ended.stderr, about).toContain(errno);
      expect(ended.stderr, about).not.toMatch(/bug of hermes-boot|\n\s+at /);
    }
  });

  /** Boots a phase while a look fails, and again without. */
  async function twice(phase: Phase, path: string, call: string, errno: string) {
    const root = freshRoot(phase);
    onTestFinished(() => {
      remove(root);
    });
    const inject = ['-e', `trace=${call}`, '-e', `inject=${call}:error=${errno}:when=1+`];
    const first = await boot(phase, root, ['-o', '/dev/null', '-P', root + path, ...inject]);
    const second = await boot(phase, root);
    return { root, first, second };
  }

  it('a skill of the image that cannot be opened, or a home that cannot be looked at, is copied by the next boot', async () => {
    const [phase] = await phases(temporaryDirectory());
    if (phase === undefined) throw new Error('no phase');
    const maths = '/opt/hermes/skills/research/maths/SKILL.md';
    for (const [path, call, errno] of [
      [maths, 'statx', 'ESTALE'],
      ['/opt/hermes/skills/research/maths', 'openat', 'EACCES'],
      ['/opt/data/skills/.bundled_manifest', 'statx', 'EACCES'],
    ] as const) {
      const { root, first, second } = await twice(phase, path, call, errno);
      expect(first.stderr).toMatch(new RegExp(`skills: cannot look at ${path}[^\n]*${errno}`));
      expect(first.stderr).toContain('stage2: degraded by skills');
      expect(second.stderr).toContain('skills: /opt/data/skills/research new');
      const copy = readFileSync(join(root, 'opt/data/skills/research/maths/SKILL.md'), 'utf8');
      expect(copy).toContain('name: maths');
    }
  });

  it('trees of which one cannot be looked at keep their probe wrong, and the next boot ends it', async () => {
    const ids = (await phases(temporaryDirectory())).at(-1);
    if (ids === undefined) throw new Error('no phase');
    const modules = '/opt/hermes/node_modules';
    for (const path of [modules, `${modules}/left-pad/index.js`]) {
      const { root, first, second } = await twice(ids, path, 'statx', 'EIO');
      expect(first.stderr).toContain('stage2: degraded by build-trees');
      expect(second.stderr).toContain('build-trees: /opt/hermes/.venv owner 10000:10000 -> 99:100');
      for (const name of [modules, `${modules}/left-pad/index.js`, '/opt/hermes/.venv']) {
        expect([name, lstatSync(root + name).uid]).toEqual([name, 99]);
      }
    }
  });

  it('150 looks that fail, of all that four boots make, cost no home anything (law 8)', async () => {
    const outcomes = await campaign(temporaryDirectory(), 150);
    expect(faultsIn(outcomes), summaryOf(outcomes).join('\n')).toEqual([]);
    expect(outcomes.filter(({ hit }) => hit !== undefined).length).toBeGreaterThan(140);
  }, 600_000);
});
