import { expect, test } from 'vitest';
import { showChange } from '../../src/changes/kinds.ts';
import { command } from '../../steps/command.ts';
import { converge, findingsOf, planStep } from '../support/plan-step.ts';
import { directory, file, link, world } from '../support/world.ts';

const TOOL = '/usr/bin/tool';
const tool = { [TOOL]: file('', { mode: 0o755 }) };
const fingerprint = { of: ['/etc/app.conf'], stamp: '/var/lib/app/stamp' };

test('a command whose work is there is not run', async () => {
  const system = world({ ...tool, '/srv/made': directory() });
  const found = await findingsOf(command, { argv: [TOOL], creates: '/srv/made' }, system);
  expect(found).toEqual({ changes: [], converged: '/srv/made is there' });
});

test('a command whose work is missing is run as the account of the step', async () => {
  const options = { argv: [TOOL, 'a b'], env: { A: '1' }, creates: '/srv/made' };
  const { changes } = await findingsOf(command, options, world(tool), { as: 'hermes' });
  expect(changes).toMatchObject([
    {
      kind: 'command',
      path: TOOL,
      command: { argv: [TOOL, 'a b'], env: { A: '1' }, cwd: '/', identity: { uid: 10000 } },
      restore: [],
      why: '/srv/made is missing',
    },
  ]);
});

test('without an account the command runs as this process', async () => {
  const { changes } = await findingsOf(command, { argv: [TOOL], creates: '/x' }, world(tool));
  expect(changes[0]).not.toHaveProperty('command.identity');
});

test('a command runs again only when a file that it depends on has changed', async () => {
  const system = world({ ...tool, '/etc/app.conf': file('1'), '/var/lib': directory() });
  const options = { argv: [TOOL], fingerprint };
  const { changes } = await findingsOf(command, options, system);
  expect(changes.map(({ kind, path }) => [kind, path])).toEqual([
    ['command', TOOL],
    ['directory', '/var/lib/app'],
    ['stamp', '/var/lib/app/stamp'],
  ]);
  expect((await converge(command, options, system)).converged).toBe(
    '/etc/app.conf: unchanged since the last run',
  );
  system.overlay.put('/etc/app.conf', file('2'));
  expect((await findingsOf(command, options, system)).changes).toHaveLength(2);
});

test('a file that was missing and has appeared counts as changed', async () => {
  const system = world(tool);
  await converge(command, { argv: [TOOL], fingerprint }, system);
  system.overlay.put('/etc/app.conf', file(''));
  expect((await findingsOf(command, { argv: [TOOL], fingerprint }, system)).changes).not.toEqual(
    [],
  );
});

test('a command without what it works on is skipped', async () => {
  const options = { argv: ['/no/tool'], creates: '/x', 'if-present': ['/etc', '/opt/none'] };
  expect(await planStep(command, options, world(tool))).toEqual({
    skipped: '/opt/none is missing',
  });
});

test('what a command may change besides is announced', async () => {
  const { changes } = await findingsOf(command, { argv: [TOOL], creates: '/x' }, world(tool));
  expect(changes.map(showChange)).toEqual([
    `command ${TOOL}; what it changes is known after the run`,
  ]);
});

test('a program behind a link is a program, and a dangling link is none', async () => {
  const options = { argv: ['/usr/bin/python'], creates: '/x' };
  const linked = world({ ...tool, '/usr/bin/python': link('tool') });
  expect((await findingsOf(command, options, linked)).changes).toHaveLength(1);
  const dangling = world({ '/usr/bin/python': link('python3') });
  await expect(planStep(command, options, dangling)).rejects.toThrow('/usr/bin/python is missing');
});

test('a program that is missing or has no absolute path is impossible', async () => {
  await expect(planStep(command, { argv: [TOOL], creates: '/x' }, world({}))).rejects.toMatchObject(
    {
      found: '/usr/bin/tool is missing',
      mend: ['name one that the image has, or leave the step out with `when`'],
    },
  );
  await expect(planStep(command, { argv: ['tool'], creates: '/x' }, world(tool))).rejects.toThrow(
    'tool is not an absolute path',
  );
});

test('a stamp that is a link is refused', async () => {
  const system = world({ ...tool, '/var/lib/app/stamp': link('/etc/shadow') });
  await expect(planStep(command, { argv: [TOOL], fingerprint }, system)).rejects.toThrow(
    '/var/lib/app/stamp is a link to /etc/shadow',
  );
});
