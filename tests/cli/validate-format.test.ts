import { describe, expect, test } from 'vitest';
import { directoryWith, hermesBoot } from './cli.ts';

const PLAN = `version: 1
name: small
steps:
  - id: env
    uses: file.mode
    with: { path: /data/.env, mode: "0600" }
`;

/** A way to call the program beside a plan, and one with a mistake. */
function place() {
  const cwd = directoryWith({
    'plan.yaml': PLAN,
    'broken.yaml': PLAN.replace('file.mode', 'file.mod'),
  });
  return (words: readonly string[]) => hermesBoot(words, { cwd });
}

describe('validate --format', () => {
  test.each([
    ['github', /^::error file=broken\.yaml,line=5,.*title=step env::unknown step type "file\.mod"/],
    ['sarif', /"version":"2\.1\.0".*"ruleId":"plan\/mistake".*"uri":"broken\.yaml"/],
    ['json', /^\{"version":1,"type":"validation","ok":false/],
  ])('%s prints the mistakes on stdout alone, and ends with 78', async (format, text) => {
    const call = place();
    const { code, stdout, stderr } = await call(['validate', 'broken.yaml', '--format', format]);
    expect({ code, stderr }).toEqual({ code: 78, stderr: '' });
    expect(stdout).toMatch(text);
  });

  test.each(['github', 'sarif', 'json', 'text'])('%s ends with 0 without one', async (format) => {
    const call = place();
    expect((await call(['validate', 'plan.yaml', '--format', format])).code).toBe(0);
  });

  test('text is what validate prints without it', async () => {
    const call = place();
    const plain = await call(['validate', 'broken.yaml']);
    expect(await call(['validate', 'broken.yaml', '--format', 'text'])).toEqual(plain);
  });

  test.each([
    [['--format', 'yaml'], '--format is "yaml"; wanted text, json, github or sarif'],
    [['--json', '--format', 'sarif'], '--json and --format sarif exclude each other'],
  ])('%j is wrong', async (options, text) => {
    const call = place();
    const { code, stderr } = await call(['validate', 'plan.yaml', ...options]);
    expect({ code, stderr }).toEqual({ code: 64, stderr: `hermes-boot: fatal: ${text}\n` });
  });
});
