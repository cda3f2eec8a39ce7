import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { makeRoot } from '../../scripts/sandbox/root.ts';
import { CLI, hermesBoot } from '../support/cli.ts';
import { isRoot, temporaryDirectory } from '../support/real-root.ts';

const env = {
  PUID: '1000',
  PGID: '1000',
  API_SERVER_KEY: 'canary-of-the-operator',
  HERMES_AUTH_JSON_BOOTSTRAP: '{"token":"canary"}',
};

it('the plan of a used home comes out of a pipe as where its facts were taken, before and after a boot', () => {
  const root = temporaryDirectory();
  makeRoot(root, isRoot);
  const offline = (): void => {
    const world = ['stage2', '--root', root, '--json', '--assume-root'];
    const there = hermesBoot(['plan', ...world], env);
    const facts = hermesBoot(['facts', ...world], env);
    expect(facts).toMatchObject({ code: 0, stderr: '' });
    expect(facts.stdout).not.toContain('canary');
    const here = spawnSync(process.execPath, [CLI, 'plan', '--json', '--facts', '-'], {
      env: {},
      input: facts.stdout,
      encoding: 'utf8',
    });
    expect(here.stderr).toBe('');
    expect(here.stdout).toBe(there.stdout);
  };
  offline();
  hermesBoot(['run', 'stage2', '--root', root], env);
  offline();
});
