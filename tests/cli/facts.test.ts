import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { directoryWith, hermesBoot } from './cli.ts';

const PLAN = `version: 1
name: small
description: Keep two files.
inputs:
  home: { env: DATA, type: path, default: /data }
  key: { env: KEY, type: string, secret: true }
steps:
  - id: env
    uses: file.mode
    with: { path: "\${{ inputs.home }}/.env", mode: "0600" }
  - id: key
    uses: env-file.key
    needs: [env]
    with: { path: "\${{ inputs.home }}/.env", name: KEY, given: "\${{ inputs.key }}" }
`;

const env = { DATA: '/there', KEY: 'canary-canary-canary' };

/** A directory with a plan, a world, and the facts that were taken of it. */
async function site(): Promise<{ cwd: string; facts: string }> {
  const cwd = directoryWith({ 'small.yaml': PLAN, 'root/there/.env': 'KEY=\nOTHER=canary\n' });
  const { stdout } = await hermesBoot(['facts', 'small.yaml', '--root', 'root', '--json'], {
    cwd,
    env,
  });
  writeFileSync(join(cwd, 'facts.json'), stdout);
  return { cwd, facts: stdout };
}

/** The facts of a site with a change. */
function changed(cwd: string, from: string, to: string): void {
  const path = join(cwd, 'facts.json');
  writeFileSync(path, readFileSync(path, 'utf8').replace(from, to));
}

const OFFLINE = ['plan', 'small.yaml', '--facts', 'facts.json'];

describe('facts', () => {
  test('are a JSON document with a line for each path, and no secret', async () => {
    const { facts } = await site();
    expect(JSON.parse(facts)).toMatchObject({
      about: 'hermes-boot facts',
      version: 1,
      plan: { name: 'small' },
      differs: [],
    });
    expect(facts).toMatch(/^ {6}"\/there\/\.env": \{"type":"file",.*"size":18[,}]/m);
    expect(facts).toContain('KEY=\\nOTHER=***\\n');
    expect(facts).not.toContain('canary');
  });

  test('are a table for a person', async () => {
    const { cwd } = await site();
    const argv = ['facts', 'small.yaml', '--root', 'root', '--assume-root'];
    const { stdout } = await hermesBoot(argv, { cwd });
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(stdout).toMatch(/^uid +0\ngid +0\ngroups +none\ncapabilities +CHOWN [^]*\nids +all\n/);
  });

  test('that give another plan name the steps that differ, on stderr and in the document', async () => {
    const cwd = directoryWith({
      'odd.yaml': `${PLAN}  - id: odd\n    uses: file.mode\n    when: inputs.key != 'x'\n    with: { path: /x, mode: "0600" }\n`,
      'root/there/.env': '',
    });
    const argv = ['facts', 'odd.yaml', '--root', 'root', '--json'];
    const { code, stdout, stderr } = await hermesBoot(argv, { cwd, env: { ...env, KEY: 'x' } });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ differs: ['odd'] });
    expect(stderr).toBe(
      'hermes-boot: warn: from these facts, other changes are planned than where they were taken: odd\n',
    );
  });
});

describe('plan --facts', () => {
  test('is the plan of the machine where they were taken, without looking at this one', async () => {
    const { cwd } = await site();
    const there = await hermesBoot(['plan', 'small.yaml', '--root', 'root', '--json'], {
      cwd,
      env,
    });
    const here = await hermesBoot([...OFFLINE, '--json'], { cwd, env: { DATA: '/elsewhere' } });
    expect(here).toEqual(there);
    expect(JSON.parse(here.stdout)).toMatchObject({ converged: false });
  });

  test('has the fragments of the machine where they were taken, and none of this one', async () => {
    const fragment = `version: 1\nextends: small\nsteps:\n  - { id: env, off: true }\n`;
    const cwd = directoryWith({
      'small.yaml': PLAN,
      'root/there/.env': '',
      'root/etc/hermes-boot/plan.d/50-site.yaml': fragment,
    });
    const argv = ['small.yaml', '--root', 'root', '--json'];
    const facts = await hermesBoot(['facts', ...argv], { cwd, env });
    writeFileSync(join(cwd, 'facts.json'), facts.stdout);
    const there = await hermesBoot(['plan', ...argv], { cwd, env });
    const here = await hermesBoot([...OFFLINE, '--json'], { cwd });
    expect(here).toEqual(there);
    expect(here.stdout).toContain('switched off in 50-site.yaml:4');
  });

  test('says in its first line when the facts were taken', async () => {
    const { cwd } = await site();
    const { stdout, stderr } = await hermesBoot([...OFFLINE, '--explain'], { cwd });
    const [first, second] = stdout.split('\n');
    expect(first).toMatch(
      /^Planned from facts of \d{4}-\d\d-\d\dT[\d:.]+Z, taken by hermes-boot [\d.]+\.$/,
    );
    expect(second).toMatch(/^small: /);
    expect(stderr).toBe('');
  });

  test('warns if the facts were taken for another plan', async () => {
    const { cwd } = await site();
    writeFileSync(join(cwd, 'small.yaml'), PLAN.replace('"0600"', '"0640"'));
    const { code, stderr } = await hermesBoot(OFFLINE, { cwd });
    expect(code).toBe(0);
    expect(stderr).toBe(
      'hermes-boot: warn: these facts were taken for another plan, or another release of small\n',
    );
  });

  test('ends with 78 when the facts lack what a step asks for', async () => {
    const { cwd } = await site();
    writeFileSync(join(cwd, 'small.yaml'), PLAN.replaceAll('/.env', '/other'));
    const { code, stdout } = await hermesBoot(OFFLINE, { cwd });
    expect(code).toBe(78);
    expect(stdout).toContain('/there/other was not recorded');
    expect(stdout).toContain('take the facts again, with this plan');
  });

  test.each([
    ['something else', '"hermes-boot facts"', '"x"', 'facts.json is not a facts document'],
    ['another version', '"version": 1', '"version": 2', 'facts of version 2; this release reads'],
    [
      'a part of one',
      '"uid"',
      '"xuid"',
      'not a facts document: facts.uid is not valid: wanted a whole number',
    ],
    ['a mode that is none', '"mode":"0', '"mode":"9', '.mode is not valid: wanted mode'],
    ['not JSON', '{', '', 'facts.json is not JSON'],
  ])('refuses %s with 78', async (_, from, to, message) => {
    const { cwd } = await site();
    changed(cwd, from, to);
    const { code, stdout, stderr } = await hermesBoot(OFFLINE, { cwd });
    expect({ code, stdout }).toEqual({ code: 78, stdout: '' });
    expect(stderr).toContain(message);
  });

  test('refuses a file that is not there with 66, and a root with 64', async () => {
    const { cwd } = await site();
    const missing = await hermesBoot(['plan', 'small.yaml', '--facts', 'none.json'], { cwd });
    expect(missing).toEqual({
      code: 66,
      stdout: '',
      stderr: 'hermes-boot: fatal: no facts file none.json\n',
    });
    const both = await hermesBoot([...OFFLINE, '--root', 'root'], { cwd });
    expect(both.code).toBe(64);
    expect(both.stderr).toContain('--facts looks at no file system');
  });
});
