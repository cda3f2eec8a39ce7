import { describe, expect, test } from 'vitest';
import {
  maskEnv,
  maskLines,
  maskRecords,
  maskText,
  maskYaml,
  type Mask,
} from '../../src/report/diff/mask-formats.ts';
import { SecretMarks, showMarks } from '../../src/report/diff/secret-marks.ts';

const NOTHING = { lines: new Set<string>(), values: new Set<string>() };

/** What is shown of a text. */
function shown(mask: Mask, text: string, known = NOTHING): string {
  return showMarks(mask(text, known, new SecretMarks()));
}

describe('of a .env file', () => {
  test.each([
    ['A=secret', 'A=***'],
    ['A=', 'A='],
    ['export A = "x y" # note\n', 'export A = "***" # ***\n'],
    ["A='first\nlast'\nB=1\n", "A='***'\nB=***\n"],
    ['# A=secret\r\n\r\nnot one\n', '# ***\r\n\r\n***\n'],
    ['\uFEFFA=1', '\uFEFFA=***'],
    [
      'A="1" # set by hermes-boot from the container',
      'A="***" # set by hermes-boot from the container',
    ],
  ])('%j is shown as %j', (text, masked) => {
    expect(shown(maskEnv, text)).toBe(masked);
  });

  test('lines of the image are shown, and what the plan has written', () => {
    const known = {
      lines: new Set(['# Keys, one a line.', 'LEVEL=info']),
      values: new Set(['https://portal', 'word']),
    };
    const own = 'PORTAL="https://portal" # set by hermes-boot from the container\n';
    const text = `# Keys, one a line.\nLEVEL=info\nLEVEL=debug\n${own}PASSWORD=word\n`;
    expect(shown(maskEnv, text, known)).toBe(
      `# Keys, one a line.\nLEVEL=info\nLEVEL=***\n${own}PASSWORD=***\n`,
    );
  });
});

describe('of YAML and JSON', () => {
  test.each([
    ['a: word # note', 'a: *** # ***'],
    ['a: 12\nb: true\nc: ~\nd: ""\ne:\n', 'a: 12\nb: true\nc: ~\nd: ""\ne:\n'],
    ['a: 123456\npin: 1234\nmax_tokens: 4096', 'a: ***\npin: ***\nmax_tokens: 4096'],
    ['- one\n- [two, "three"]', '- ***\n- [***, "***"]'],
    ['a: |\n  one\n  two\nb: c\n', 'a: |\n***\nb: ***\n'],
    ['{"a":"b","c":{"d":[1,"e"]}}', '{"a":"***","c":{"d":[1,"***"]}}'],
    ['a: "unclosed\nb: c', 'a: "***'],
    ['# only a note\n', '# ***\n'],
    ['a: first\n  second\n', 'a: ***\n'],
    ['*alias', '*alias'],
  ])('%j is shown as %j', (text, masked) => {
    expect(shown(maskYaml, text)).toBe(masked);
  });

  test('what the plan or the image says is shown, but under the name of a secret', () => {
    const known = { lines: new Set(['mode: fast # or slow']), values: new Set(['nous']) };
    const text = 'mode: fast # or slow\nprovider: nous\napi_key: nous\nauth:\n  token: [nous]\n';
    expect(shown(maskYaml, text, known)).toBe(
      'mode: fast # or slow\nprovider: nous\napi_key: ***\nauth:\n  token: [***]\n',
    );
  });
});

test('of account databases passwords are masked, and lines of another form', () => {
  const text = 'root:x:0:0::/:/bin/sh\nme:$6$salt$hash:1:1::/:\ngroup:!:7:me\nodd line\n# note\n';
  expect(shown(maskRecords, text)).toBe(
    'root:x:0:0::/:/bin/sh\nme:***:1:1::/:\ngroup:!:7:me\n***\n# note\n',
  );
});

describe('of any other text', () => {
  test.each([
    ['Be kind.', 'Be kind.'],
    ['api_key = "abc"', 'api_key = "***"'],
    ['password: hunter2, really', 'password: ***, really'],
    ['see https://me:word@host/path?token=abc&x=1', 'see https://me:***@host/path?token=***'],
    ['Authorization: Bearer abcdefgh', 'Authorization: *** ***'],
    ['key sk-or-v1-0123456789ab is mine', 'key *** is mine'],
    ['d41d8cd98f00b204e9800998ecf8427e  a', '***  a'],
    ['eyJhbGciOiJI.eyJzdWIi.c2ln', '***'],
    ['-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\n', '***\n'],
    [
      '/opt/hermes/.playwright/chromium-1187/chrome',
      '/opt/hermes/.playwright/chromium-1187/chrome',
    ],
  ])('%j is shown as %j', (text, masked) => {
    expect(shown(maskText, text)).toBe(masked);
  });

  test('a line of the image is shown whatever it looks like', () => {
    const known = { ...NOTHING, lines: new Set(['token: example']) };
    expect(shown(maskText, 'token: example\ntoken: mine\n', known)).toBe(
      'token: example\ntoken: ***\n',
    );
    expect(shown(maskLines, 'token: example\nmine\n\n', known)).toBe('token: example\n***\n\n');
  });
});

test('equal secrets have equal marks, and other ones other marks', () => {
  const marks = new SecretMarks();
  const of = (text: string) => maskEnv(text, NOTHING, marks);
  expect(of('A=one')).toBe(of('A=one'));
  expect(of('A=one')).not.toBe(of('A=two'));
  expect(showMarks(of('A=one'))).toBe(showMarks(of('A=two')));
});

test('a secret of one file is masked in another one', () => {
  const marks = new SecretMarks();
  maskEnv('A=correct-horse\n', NOTHING, marks);
  expect(showMarks(maskText('say correct-horse', NOTHING, marks))).toBe('say ***');
});
