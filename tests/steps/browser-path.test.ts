import { expect, test } from 'vitest';
import type { MemoryNode } from '../../src/system/node.ts';
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
  expect(outcome).toEqual({ changes: [], otherwise: `${VARIABLE} is ${found} already` });
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
