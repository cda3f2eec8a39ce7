import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hermesBoot } from '../support/cli.ts';
import { isRoot } from '../support/real-root.ts';
import { directoryWith } from './cli.ts';

const PLAN = `version: 1
name: small
steps:
  - { id: first, uses: file.mode, with: { path: /data/closed/.env, mode: "0600" } }
  - { id: config, uses: file.mode, with: { path: /data/closed/config.yaml, mode: "0640" } }
  - { id: later, uses: directory, with: { path: /data/later } }
  - { id: trees, uses: owner.paths, with: { base: /data, owner: '1000:1000', trees: [tree] } }
`;

const NOBODY = { uid: 65534, gid: 65534 };

/** A home of which others may not read everything. */
function world() {
  const cwd = directoryWith({
    'plan.yaml': PLAN,
    'root/data/closed/.env': 'A=1\n',
    'root/data/closed/config.yaml': 'a: 1\n',
    'root/data/tree/inner/file': '',
  });
  chmodSync(cwd, 0o755);
  for (const closed of ['closed', 'tree/inner']) chmodSync(join(cwd, 'root/data', closed), 0o700);
  const words = [join(cwd, 'plan.yaml'), '--root', join(cwd, 'root')];
  return (...more: string[]) => hermesBoot(['plan', ...words, ...more], {}, NOBODY);
}

describe.skipIf(!isRoot)('plan --assume-root by somebody who may not read (needs root)', () => {
  test('says what cannot be told and goes on, and ends with 77', () => {
    const { code, stdout, stderr } = world()('--assume-root');
    expect({ code, stderr }).toEqual({ code: 77, stderr: '' });
    expect(stdout).toContain('3 steps could not be looked at.');
    expect(stdout).toMatch(/^\? first: cannot be told, you may not read \/data\/closed\/\.env$/m);
    expect(stdout).toMatch(
      /^\? config: cannot be told, you may not read \/data\/closed\/config\.yaml$/m,
    );
    expect(stdout).toMatch(
      /^\? trees: what is there cannot be told, you may not read \/data\/tree\/inner$/m,
    );
    expect(stdout).toContain('/data/later  new directory');
    expect(stdout).not.toMatch(/fails|start the container as root|keeps its owners/);
  });

  test('gives programs the paths of each step', () => {
    const { code, stdout } = world()('--assume-root', '--json');
    expect(code).toBe(77);
    expect(JSON.parse(stdout)).toMatchObject({
      converged: false,
      steps: [
        { id: 'first', unseen: ['/data/closed/.env'] },
        { id: 'config', unseen: ['/data/closed/config.yaml'] },
        { id: 'later', unseen: [] },
        { id: 'trees', unseen: ['/data/tree/inner'] },
      ],
    });
  });

  test('and without --assume-root a boot of theirs stops at the first', () => {
    const { code, stdout } = world()();
    expect(code).toBe(77);
    expect(stdout).toContain('the boot would stop at first');
  });
});
