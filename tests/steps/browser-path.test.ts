import { describe, expect, test } from 'vitest';
import type { MemoryNode } from '../../src/system/memory-node.ts';
import { browserPath } from '../../steps/browser-path.ts';
import { converge, findingsOf, planStep } from '../support/plan-step.ts';
import { directory, file, link, world } from '../support/world.ts';

const VARIABLE = 'AGENT_BROWSER_EXECUTABLE_PATH';
const EXPORTED = `/run/s6/container_environment/${VARIABLE}`;
const BROWSERS = '/opt/hermes/.playwright';
const SHELL = `${BROWSERS}/chromium_headless_shell-1/chrome-headless-shell-linux64`;
const options = {
  browsers: BROWSERS,
  variable: VARIABLE,
  names: ['chrome', 'chromium', 'chrome-headless-shell'],
};
const program = (): MemoryNode => file('', { mode: 0o755 });
const image = (more: Record<string, MemoryNode> = {}) =>
  world({
    [`${SHELL}/chrome-headless-shell`]: program(),
    [`${SHELL}/libGLESv2.so`]: program(),
    '/run/s6': directory(),
    ...more,
  });

test('the browser is found by the name of the file and exported (B31)', async () => {
  const system = image();
  const { changes } = await findingsOf(browserPath, options, system);
  expect(changes.at(-1)).toMatchObject({ kind: 'envdir', to: `${SHELL}/chrome-headless-shell` });
  expect((await converge(browserPath, options, system)).changes).toEqual([]);
});

test('the first name wins over the first place', async () => {
  const system = image({
    [`${BROWSERS}/z/chrome`]: program(),
    [`${BROWSERS}/y/chrome`]: program(),
  });
  const { changes } = await findingsOf(browserPath, options, system);
  expect(changes.at(-1)).toMatchObject({ to: `${BROWSERS}/y/chrome` });
});

test('a directory, a link or a file that cannot be run is no browser', async () => {
  const system = image({
    [`${BROWSERS}/chrome/readme`]: file(''),
    [`${BROWSERS}/a/chrome`]: link('/usr/bin/sh'),
    [`${BROWSERS}/a/chromium`]: file(''),
  });
  const { changes } = await findingsOf(browserPath, options, system);
  expect(changes.at(-1)).toMatchObject({ to: `${SHELL}/chrome-headless-shell` });
});

test('links are not followed, so that a loop ends', async () => {
  const system = world({ [`${BROWSERS}/again`]: link('.'), [`${BROWSERS}/usr`]: link('/usr') });
  expect((await findingsOf(browserPath, options, system)).changes).toEqual([]);
});

test('no browser is a warning', async () => {
  const system = world({ [BROWSERS]: directory() });
  const { changes, notes } = await findingsOf(browserPath, options, system);
  expect(changes).toEqual([]);
  expect(notes).toMatchObject([{ severity: 'warning' }]);
  expect(notes?.[0]?.text).toContain(
    `${BROWSERS} holds no executable named chrome, chromium, chrome-headless-shell`,
  );
});

test('the operator decides', async () => {
  const outcome = await planStep(browserPath, { ...options, override: '/usr/bin/x' }, image());
  expect(outcome).toEqual({ skipped: `${VARIABLE} is set to /usr/bin/x` });
});

test('a value of the operator that s6 has exported itself is still his', async () => {
  const system = image({ [EXPORTED]: file('/usr/bin/x') });
  const outcome = await planStep(browserPath, { ...options, override: '/usr/bin/x' }, system);
  expect(outcome).toEqual({ skipped: `${VARIABLE} is set to /usr/bin/x` });
});

test('what the boot before has exported is no choice of the operator', async () => {
  const found = `${SHELL}/chrome-headless-shell`;
  const system = image({ [EXPORTED]: file(found) });
  const outcome = await planStep(browserPath, { ...options, override: found }, system);
  expect(outcome).toEqual({ converged: `${VARIABLE} is ${found} already` });
});

test('a path that has been exported and is gone is replaced', async () => {
  const system = image({ [EXPORTED]: file(`${BROWSERS}/gone/chrome`) });
  expect((await findingsOf(browserPath, options, system)).changes).toHaveLength(1);
  expect((await converge(browserPath, options, system)).changes).toEqual([]);
});

test.each([
  ['without a directory', undefined, 'no directory of browsers is set'],
  ['with a directory that is missing', '/gone', '/gone is missing'],
  ['with a link in its place', '/usr/lib/b', '/usr/lib/b is a link to /etc'],
  ['with a file in its place', '/etc/passwd', '/etc/passwd is a regular file'],
])('%s the step does not apply', async (_, browsers, skipped) => {
  const { variable, names } = options;
  const given = browsers === undefined ? { variable, names } : { browsers, variable, names };
  expect(await planStep(browserPath, given, image({ '/usr/lib/b': link('/etc') }))).toEqual({
    skipped,
  });
});

describe('a path that the image has baked in (B31)', () => {
  const BAKED = '/etc/hermes/agent-browser-executable-path';
  const CHROME = '/opt/chrome/chrome';
  const withBaked = { ...options, baked: BAKED };
  const bakedImage = (text: string, more: Record<string, MemoryNode> = {}) =>
    image({ [BAKED]: file(text), [CHROME]: program(), ...more });

  test.each(['', '\n', '\r\n'])(
    'is exported without a search, its end of line %j aside',
    async (end) => {
      const system = bakedImage(CHROME + end);
      const { changes, notes = [] } = await findingsOf(browserPath, withBaked, system);
      expect(changes.at(-1)).toMatchObject({ kind: 'envdir', to: CHROME });
      expect(notes).toEqual([]);
      expect(await converge(browserPath, withBaked, system)).toEqual({
        changes: [],
        converged: `${VARIABLE} is ${CHROME} already`,
      });
    },
  );

  test('needs no directory of browsers', async () => {
    const { variable, names } = options;
    const alone = { variable, names, baked: BAKED };
    const { changes } = await findingsOf(browserPath, alone, bakedImage(CHROME));
    expect(changes.at(-1)).toMatchObject({ to: CHROME });
  });

  test('may be a link, as Debian has them', async () => {
    const system = bakedImage('/usr/bin/chromium\n', {
      '/usr/bin/chromium': link('/etc/alternatives/chromium'),
      '/etc/alternatives/chromium': link('../../opt/chrome/chrome'),
    });
    const { changes } = await findingsOf(browserPath, withBaked, system);
    expect(changes.at(-1)).toMatchObject({ to: '/usr/bin/chromium' });
  });

  test('that is absent is no news: the browsers are searched', async () => {
    const { changes, notes = [] } = await findingsOf(browserPath, withBaked, image());
    expect(changes.at(-1)).toMatchObject({ to: `${SHELL}/chrome-headless-shell` });
    expect(notes).toEqual([]);
  });

  test.each<[string, MemoryNode, string]>([
    ['names what is gone', file('/gone\n'), `${BAKED} names /gone, which is missing`],
    ['names a text', file('/etc/passwd'), `${BAKED} names /etc/passwd, which is not executable`],
    ['names a directory', file('/etc'), `${BAKED} names /etc, which is a directory`],
    ['names nothing', file(''), `${BAKED} does not hold one absolute path`],
    ['names a relative path', file('chrome\n'), `${BAKED} does not hold one absolute path`],
    ['has two lines', file(`${CHROME}\n${CHROME}\n`), `${BAKED} does not hold one absolute path`],
    ['hides a control', file(`${CHROME}\x1b`), `${BAKED} does not hold one absolute path`],
    ['is huge', file(`/${'a'.repeat(5000)}`), `${BAKED} has 5001 bytes`],
    ['is a link', link('/etc/hermes/other'), `${BAKED} is a link to /etc/hermes/other`],
  ])('that %s is a warning, and the browsers are searched', async (_, node, found) => {
    const system = image({ [BAKED]: node });
    const { changes, notes } = await findingsOf(browserPath, withBaked, system);
    expect(changes.at(-1)).toMatchObject({ to: `${SHELL}/chrome-headless-shell` });
    const notesOfIt = [{ severity: 'warning', text: `${found}: not used` }];
    expect(notes).toEqual(notesOfIt);
    const { variable, names } = options;
    expect(await findingsOf(browserPath, { variable, names, baked: BAKED }, system)).toEqual({
      changes: [],
      converged: 'no directory of browsers is set',
      notes: notesOfIt,
    });
  });

  test.each([
    ['from the container', {}],
    ['that s6 has exported itself', { [EXPORTED]: file('/usr/bin/x') }],
  ])('gives way to the choice of the operator %s', async (_, more) => {
    const system = bakedImage(CHROME, more);
    const chosen = { ...withBaked, override: '/usr/bin/x' };
    expect(await planStep(browserPath, chosen, system)).toEqual({
      skipped: `${VARIABLE} is set to /usr/bin/x`,
    });
  });

  test('replaces what a boot before has found by a search', async () => {
    const found = `${SHELL}/chrome-headless-shell`;
    const system = bakedImage(CHROME, { [EXPORTED]: file(found) });
    const { changes } = await findingsOf(browserPath, { ...withBaked, override: found }, system);
    expect(changes.at(-1)).toMatchObject({ from: found, to: CHROME });
  });

  test('is no choice of the operator on the boot after', async () => {
    const system = bakedImage(CHROME, { [EXPORTED]: file(CHROME) });
    expect(await planStep(browserPath, { ...withBaked, override: CHROME }, system)).toEqual({
      converged: `${VARIABLE} is ${CHROME} already`,
    });
  });
});
