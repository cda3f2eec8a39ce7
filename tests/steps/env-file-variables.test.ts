import { expect, test } from 'vitest';
import { showChange } from '../../src/changes/kinds.ts';
import { envFileVariables } from '../../steps/env-file-variables.ts';
import { converge, findingsOf } from '../support/plan-step.ts';
import { directory, file, link, world } from '../support/world.ts';

const HOME = '/opt/data';
const NAME = 'NOUS_PORTAL_BASE_URL';
const LINE = `${NAME}="https://a.example" # set by hermes-boot from the container\n`;
const withValue = (value?: string) => ({
  files: [`${HOME}/.env`],
  each: [`${HOME}/profiles`],
  variables: value === undefined ? {} : { [NAME]: value },
  owner: 'hermes',
});
const set = withValue('https://a.example');
const text = async (before: string, options = set) => {
  const system = world({ [`${HOME}/.env`]: file(before) });
  expect((await converge(envFileVariables, options, system)).changes).toEqual([]);
  return system.readText(`${HOME}/.env`);
};

test('a variable of the container is written to the home and to every profile (B22)', async () => {
  const system = world({
    [`${HOME}/profiles/coder`]: directory(),
    [`${HOME}/profiles/writer/.env`]: file('A=1'),
    [`${HOME}/profiles/note.txt`]: file(''),
  });
  const { changes } = await findingsOf(envFileVariables, set, system);
  expect(changes.map(showChange)).toEqual([
    `${HOME}/.env new: with ${NAME}, 0600 10000:10000`,
    `${HOME}/profiles/coder/.env new: with ${NAME}, 0600 10000:10000`,
    `${HOME}/profiles/writer/.env replaced: with ${NAME}, 0600 10000:10000`,
  ]);
  expect((await converge(envFileVariables, set, system)).changes).toEqual([]);
  expect(system.readText(`${HOME}/profiles/writer/.env`)).toBe(`A=1\n${LINE}`);
});

test('every other line of that name gives way, and no other line does', async () => {
  expect(await text(`# mine\n${NAME}=x\nexport ${NAME}="y"\nB=2`)).toBe(`# mine\nB=2\n${LINE}`);
});

test('the line as it should be stays where it is, the first of several', async () => {
  expect(await text(`A=1\n${LINE}B=2\n${LINE}`)).toBe(`A=1\n${LINE}B=2\n`);
});

test('a variable that is unset takes the line that was written for it along', async () => {
  expect(await text(`A=1\n${LINE}`, withValue())).toBe('A=1\n');
});

test("the agent's own hook wrote its lines for the container, too: they go when the variable is unset", async () => {
  const managed = `${NAME}=https://a.example # stage2-managed\n`;
  expect(await text(`A=1\n${managed}B=2\n`, withValue())).toBe('A=1\nB=2\n');
  expect(await text(`A=1\n${managed}`)).toBe(`A=1\n${LINE}`);
});

test('a line that somebody wrote by hand stays when the variable is unset', async () => {
  const system = world({ [`${HOME}/.env`]: file(`${NAME}=mine\n`) });
  expect(await findingsOf(envFileVariables, withValue(), system)).toMatchObject({
    changes: [],
    converged: 'the container sets none of them',
  });
});

test('the .env files of profiles are closed to everybody but their owner, whether anything is set', async () => {
  const at = (name: string): string => `${HOME}/profiles/${name}/.env`;
  const system = world({
    [`${HOME}/.env`]: file('A=1', { owner: '10000:10000', mode: 0o600 }),
    [at('a')]: file('A=1', { owner: '10000:10000', mode: 0o644 }),
    [at('b')]: directory(),
    [at('c')]: link('/etc/shadow'),
    [at('d')]: file('A=1', { owner: '10000:10000', mode: 0o600 }),
    [at('e')]: file('A=1', { mode: 0o644, nlink: 2 }),
  });
  const { changes } = await findingsOf(envFileVariables, withValue(), system);
  expect(changes.map(showChange)).toEqual([`${at('a')} mode 0644 -> 0600`]);
  expect((await converge(envFileVariables, withValue(), system)).changes).toEqual([]);
});

test('without a value, no file is made', async () => {
  const system = world({ [HOME]: directory() });
  expect((await findingsOf(envFileVariables, withValue(), system)).changes).toEqual([]);
});

test('a value with quotes and a hash comes back as it was, and is found again', async () => {
  const odd = String.raw`https://a/?q="x"\#y`;
  expect(await text('', withValue(odd))).toBe(
    String.raw`${NAME}="https://a/?q=\"x\"\\#y" # set by hermes-boot from the container` + '\n',
  );
});

test('a file that cannot be read or is a link keeps no other one as it was', async () => {
  const system = world({
    [`${HOME}/.env`]: directory(),
    [`${HOME}/profiles/coder/.env`]: link('/etc/passwd'),
    [`${HOME}/profiles/writer`]: directory(),
  });
  const { changes, notes } = await findingsOf(envFileVariables, set, system);
  expect(changes.map(({ path }) => path)).toEqual([`${HOME}/profiles/writer/.env`]);
  expect(notes?.map((note) => note.text)).toEqual([
    expect.stringContaining(
      `${HOME}/.env is left as it is: cannot use ${HOME}/.env: it is a directory`,
    ),
    expect.stringContaining(
      'coder/.env is a link to /etc/passwd: refusing to follow it; left alone',
    ),
  ]);
});

test('a profile behind a link gets nothing', async () => {
  const system = world({
    [HOME]: directory(),
    [`${HOME}/profiles/x`]: link('/srv'),
    '/srv': directory(),
  });
  const { changes } = await findingsOf(envFileVariables, set, system);
  expect(changes.map(({ path }) => path)).toEqual([`${HOME}/.env`]);
});

test('a value of several lines is refused', async () => {
  await expect(findingsOf(envFileVariables, withValue('a\nb'), world({}))).rejects.toThrow(
    'has a control character',
  );
});
