import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { directoryWith, hermesBoot } from './cli.ts';

/** Two steps that a link in the place of a directory concerns. */
const plan = (first: string, second = ''): string => `version: 1
name: small
steps:
  - id: ownership
    uses: owner.paths
    with: { base: /data, owner: '0:0', trees: [home, other], top: false }
${first}
  - id: directories
    uses: directory.tree
    needs: [ownership]
    with: { base: /data, paths: [home], mode: '0755' }
${second}
`;

const ACCEPT = '    accept: [link]';

function world(text: string) {
  const cwd = directoryWith({ 'plan.yaml': text, 'root/data/there': '' });
  mkdirSync(join(cwd, 'root/srv'));
  symlinkSync('/srv', join(cwd, 'root/data/home'));
  return (command: string, ...words: string[]) =>
    hermesBoot([command, 'plan.yaml', '--root', 'root', ...words], { cwd });
}

const LEFT = '/data/home is a link to /srv: refusing to follow it';

describe('a warning that a step accepts', () => {
  test('is not in the log of a boot; that of another step is', async () => {
    const one = await world(plan(ACCEPT))('run');
    expect(one.code).toBe(0);
    expect(one.stderr).toContain(`hermes-boot: warn: directories: ${LEFT}`);
    expect(one.stderr).not.toContain('ownership: /data/home');
    const both = await world(plan(ACCEPT, ACCEPT))('run');
    expect(both.stderr).not.toContain('warn');
  });

  test('is reported once in the plan, and in full with --explain', async () => {
    const call = world(plan(ACCEPT, ACCEPT));
    const { stdout } = await call('plan', '--explain');
    expect(stdout).toContain('- 2 warnings are accepted by the plan: ownership directories\n');
    expect(stdout.replace(/\s+/g, ' ').split(`ownership: ${LEFT}`)).toHaveLength(2);
    expect(stdout).not.toMatch(/^ *!/m);
    const json = await call('plan', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      steps: [{ notes: [{ severity: 'info', accepted: true }, {}] }, {}],
    });
  });

  test('can be accepted for one path alone', async () => {
    const here = await world(plan('    accept: [link:/data/home]', ACCEPT))('run');
    expect(here.stderr).not.toContain('warn');
    const elsewhere = await world(plan('    accept: [link:/data/other]', ACCEPT))('run');
    expect(elsewhere.stderr).toContain(`hermes-boot: warn: ownership: ${LEFT}`);
  });

  test('has one of the names that there are', async () => {
    const { code, stderr } = await world(plan('    accept: [links]'))('run');
    expect(code).toBe(78);
    expect(stderr).toMatch(/step ownership: .*"links"/);
  });
});
