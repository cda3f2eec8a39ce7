import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { Interruption, reportError } from '../../src/cli/exit.ts';
import { Redactor } from '../../src/report/redact.ts';
import {
  documentsIn,
  faultsIn,
  faultsOf,
  schemaFor,
  schemaNamed,
  SCHEMAS,
} from '../support/schemas.ts';
import { directoryWith, hermesBoot } from './cli.ts';

const PLAN = `version: 1
name: small
home: \${{ inputs.home }}
inputs:
  home: { env: HERMES_HOME, type: path, default: /data }
  uid: { env: [APP_UID, PUID], type: id }
  key: { env: KEY, type: string, secret: true }
steps:
  - id: env
    uses: file.mode
    why: It holds the keys.
    with: { path: "\${{ inputs.home }}/.env", mode: "0600" }
  - id: logs
    uses: directory
    needs: [env]
    with: { path: "\${{ inputs.home }}/logs" }
  - id: never
    uses: directory
    when: inputs.uid == 7
    with: { path: /never }
`;

const BROKEN = `version: 1
name: broken
steps:
  - id: env
    uses: file.mod
    with: { path: /data/.env, mode: 0600 }
`;

/** A second plan; it stops at its first step. */
const STOPPING = `version: 1
name: stopping
steps:
  - { id: data, uses: file.mode, with: { path: /data, mode: "0600" } }
  - { id: more, uses: directory, with: { path: /more } }
`;

function place() {
  const cwd = directoryWith({
    'plan.yaml': PLAN,
    'broken.yaml': BROKEN,
    'stopping.yaml': STOPPING,
    'root/data/.env': 'A=1\n',
    'root/run/there': '',
  });
  return {
    cwd,
    call: (words: readonly string[], env: Readonly<Record<string, string>> = {}) =>
      hermesBoot(words, { cwd, env: { HERMES_HOME: '/data', ...env } }),
  };
}

const AT = ['--root', 'root', '--json'];

/** What is wrong with what a command has printed; and of which types it is. */
function held(stdout: string): { types: readonly string[]; faults: readonly string[] } {
  const documents = documentsIn(stdout);
  const types = documents.map(schemaFor);
  const faults = documents.flatMap((document, at) => faultsOf(types[at] ?? '', document));
  return { types: [...new Set(types)], faults };
}

describe('what every command prints with --json is what its schema says', () => {
  test.each<[string, number, readonly string[], readonly string[], object?]>([
    ['a plan with changes', 0, ['plan', 'plan.yaml', ...AT], ['plan']],
    ['a plan with a refused input', 0, ['plan', 'plan.yaml', ...AT], ['plan'], { PUID: 'abc' }],
    ['a plan that would stop', 1, ['plan', 'stopping.yaml', ...AT], ['plan']],
    ['several plans', 1, ['plan', 'plan.yaml', 'stopping.yaml', ...AT], ['plans']],
    ['drift', 2, ['verify', 'plan.yaml', ...AT], ['plan']],
    ['a plan with mistakes', 78, ['plan', 'broken.yaml', ...AT], ['validation']],
    ['a check of one', 78, ['verify', 'broken.yaml', ...AT], ['validation']],
    ['a boot of one', 78, ['run', 'broken.yaml', ...AT], ['validation']],
    ['facts of one', 78, ['facts', 'broken.yaml', ...AT], ['validation']],
    ['no such plan', 66, ['plan', 'none.yaml', ...AT], ['error']],
    ['no such option', 64, ['plan', '--nope', '--json'], ['error']],
    ['an invalid input', 78, ['plan', 'plan.yaml', ...AT], ['error'], { HERMES_HOME: 'here' }],
    ['a boot', 0, ['run', 'plan.yaml', ...AT], ['event']],
    ['a degraded boot', 0, ['run', 'plan.yaml', ...AT], ['event'], { PUID: 'abc' }],
    ['a boot that stops', 1, ['run', 'stopping.yaml', ...AT], ['event']],
    ['a boot that cannot begin', 78, ['run', 'plan.yaml', ...AT], ['error'], { HERMES_HOME: '.' }],
    ['facts', 0, ['facts', 'plan.yaml', ...AT], ['facts']],
    ['the origin of steps', 0, ['plan', '--origin', 'plan.yaml', ...AT], ['origin']],
    ['that of several', 0, ['plan', '--origin', 'plan.yaml', 'stopping.yaml', ...AT], ['origins']],
    ['a status without a boot', 1, ['status', ...AT], ['status']],
    ['a history without a boot', 0, ['history', ...AT], ['history']],
    ['plans without mistakes', 0, ['validate', 'plan.yaml', '--json'], ['validation']],
    ['mistakes', 78, ['validate', 'broken.yaml', 'plan.yaml', '--json'], ['validation']],
    ['the same, as a format', 78, ['validate', 'broken.yaml', '--format', 'json'], ['validation']],
    ['the step types', 0, ['steps', '--json'], ['steps']],
    ['a step type', 0, ['steps', 'file.mode', '--json'], ['step-type']],
    ['no such step type', 64, ['steps', 'file.mod', '--json'], ['error']],
    ['a gateway action without s6', 1, ['gateway', 'start', 'x', '--json'], ['error']],
    ['no gateway action', 64, ['gateway', '--json'], ['error']],
    ['the gateways', 0, ['gateway', 'list', '--json'], ['gateway-list']],
    ['how the agent was installed', 0, ['install-method', '--json'], ['install-method']],
  ])('%s', async (_, code, words, types, env = {}) => {
    const { call } = place();
    const outcome = await call(words, { ...env });
    expect(held(outcome.stdout)).toEqual({ types, faults: [] });
    expect(outcome.code).toBe(code);
  });

  test('of what doctor finds, and of gateways in a home', async () => {
    const home = directoryWith({
      'profiles/alice/SOUL.md': '',
      'profiles/Dave/SOUL.md': '',
      'gateway_state.json': '{}',
    });
    const env = { HERMES_HOME: home, S6_PROFILE_GATEWAY_SCANDIR: join(home, 'none') };
    const { call } = place();
    const status = await call(['gateway', 'status', '--json'], env);
    expect(held(status.stdout)).toEqual({ types: ['gateway-status'], faults: [] });
    expect(status.stdout).toContain('"alice"');
    const doctor = await call(['doctor', '--json'], env);
    expect(held(doctor.stdout)).toEqual({ types: ['doctor'], faults: [] });
  });

  test('of the status and the history after boots, and of what they are read from', async () => {
    const { cwd, call } = place();
    await call(['run', 'plan.yaml', '--root', 'root']);
    await call(['run', 'plan.yaml', '--root', 'root']);
    await call(['run', 'stopping.yaml', '--root', 'root']);
    await call(['run', 'broken.yaml', '--root', 'root']);
    for (const [command, type] of [
      ['status', 'status'],
      ['history', 'history'],
      ['analyze', 'analysis'],
    ] as const) {
      const { stdout } = await call([command, ...AT]);
      expect(held(stdout)).toEqual({ types: [type], faults: [] });
    }
    const status: unknown = JSON.parse(
      readFileSync(join(cwd, 'root/run/hermes-boot/status.json'), 'utf8'),
    );
    expect(faultsOf('container-status', status)).toEqual([]);
    const history = readFileSync(join(cwd, 'root/data/.hermes-boot/history.jsonl'), 'utf8');
    const lines = documentsIn(history);
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.flatMap((line) => faultsOf('receipt', line))).toEqual([]);
  });

  test('of a boot that was killed, and one that a signal stopped', async () => {
    const { cwd, call } = place();
    const process = { boot: 'x', space: 'x', id: 1, began: '1' };
    const running = { version: 1, plan: 'small', file: '/x', started: '2026-05-21T06:18:05.000Z' };
    const boot = { ...running, result: 'running', process, boot: 'x', digest: null, program: '1' };
    const boots = [{ ...boot, host: 'box' }];
    mkdirSync(join(cwd, 'root/run/hermes-boot'), { recursive: true });
    writeFileSync(
      join(cwd, 'root/run/hermes-boot/status.json'),
      JSON.stringify({ version: 1, result: 'running', start: '', boots }),
    );
    const killed = await call(['status', ...AT]);
    expect(held(killed.stdout)).toEqual({ types: ['status'], faults: [] });
    expect(JSON.parse(killed.stdout)).toMatchObject({ result: 'killed' });
    const signal = AbortSignal.abort(new Interruption('SIGTERM'));
    const { stdout, code } = await hermesBoot(['run', 'plan.yaml', ...AT], { cwd, signal });
    expect(held(stdout)).toEqual({ types: ['event'], faults: [] });
    expect({ code, last: documentsIn(stdout).at(-1) }).toMatchObject({
      code: 143,
      last: { type: 'boot-finished', result: 'interrupted', level: 'error' },
    });
  });

  test('in each line of a log of JSON documents, the mistakes of a plan included', async () => {
    const { call } = place();
    const log = ['--root', 'root', '--log', 'json'];
    for (const [plan, types] of [
      ['plan.yaml', ['event']],
      ['broken.yaml', ['validation']],
      ['none.yaml', ['log']],
    ] as const) {
      const { stdout, stderr } = await call(['run', plan, ...log]);
      expect({ plan, stdout, ...held(stderr) }).toEqual({ plan, stdout: '', types, faults: [] });
    }
  });
});

test('a log of JSON documents has at each level what the log of text has', async () => {
  const { call } = place();
  const log = ['run', 'plan.yaml', '--root', 'root', '--log', 'json', '--log-level'];
  const typesOf = (text: string) =>
    [...text.matchAll(/"type":"([a-z-]+)","time"/g)].map(([, type]) => type);
  const levelsOf = (text: string) =>
    new Set([...text.matchAll(/"level":"([a-z]+)"/g)].map(([, level]) => level));
  const first = await call([...log, 'info']);
  expect(levelsOf(first.stderr)).toEqual(new Set(['info']));
  const second = await call([...log, 'info']);
  expect(typesOf(second.stderr)).toEqual(['boot-started', 'boot-finished']);
  const more = await call([...log, 'debug']);
  expect(typesOf(more.stderr)).toContain('step-started');
  expect(levelsOf(more.stderr)).toEqual(new Set(['debug', 'info']));
  const refused = await call([...log, 'warn'], { PUID: 'abc' });
  expect(levelsOf(refused.stderr)).toEqual(new Set(['warn']));
});

test('a bug is a document, too, with its stack', () => {
  let stdout = '';
  const write = (more: string): void => {
    stdout += more;
  };
  const silent = { isTTY: false, write: () => undefined };
  const { signal } = new AbortController();
  const io = { stdout: { isTTY: false, write }, stderr: silent, signal };
  const bug = new TypeError('x is not a function');
  expect(reportError(bug, { io, redactor: new Redactor(), isJson: true })).toBe('bug');
  expect(faultsIn(stdout)).toEqual([]);
  expect(JSON.parse(stdout)).toMatchObject({ type: 'error', exit: 70, code: 'bug' });
  expect(stdout).toContain('x is not a function');
});

test('an event of a step that a fragment adds names the fragment', async () => {
  const { cwd, call } = place();
  const directory = join(cwd, 'root/etc/hermes-boot/plan.d');
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  const step = '  - { id: mine, uses: directory, with: { path: /data/mine } }';
  writeFileSync(join(directory, '50-mine.yaml'), `version: 1\nextends: small\nsteps:\n${step}\n`, {
    mode: 0o644,
  });
  const { stdout } = await call(['run', 'plan.yaml', ...AT]);
  const mine = documentsIn(stdout).filter((event) => JSON.stringify(event).includes('"mine","at"'));
  expect(mine).not.toEqual([]);
  for (const event of mine) {
    expect(event).toMatchObject({
      at: { file: 'root/etc/hermes-boot/plan.d/50-mine.yaml', line: 4, column: 5 },
    });
  }
});

test('a boot has one id, in its events and in its receipt', async () => {
  const { call } = place();
  const { stdout } = await call(['run', 'plan.yaml', ...AT]);
  const ids = new Set([...stdout.matchAll(/"boot":"([^"]+)"/g)].map(([, id]) => id));
  expect(ids.size).toBe(1);
  const status = await call(['status', ...AT]);
  expect(JSON.parse(status.stdout)).toMatchObject({ boots: [{ boot: [...ids][0] }] });
});

describe('the schemas', () => {
  test.each(SCHEMAS)('of %s is a valid one, with an id, a version and closed objects', (name) => {
    const schema = schemaNamed(name);
    expect(
      new Ajv({
        strict: true,
        allowUnionTypes: true,
        formats: { 'date-time': true },
      }).validateSchema(schema),
    ).toBe(true);
    expect(schema).toMatchObject({
      $id: `https://hermes-boot.dev/schemas/v1/${name}.json`,
      $schema: 'http://json-schema.org/draft-07/schema#',
    });
    expect(JSON.stringify(schema)).toContain('"version":{"description":');
  });

  test('describe every property, and close every object that has some', () => {
    const walk = (at: string, value: unknown): string[] => {
      if (typeof value !== 'object' || value === null) return [];
      const bare =
        'properties' in value && typeof value.properties === 'object' && value.properties !== null
          ? [
              ...Object.entries(value.properties)
                .filter(
                  ([, one]) => !(typeof one === 'object' && one !== null && 'description' in one),
                )
                .map(([key]) => `${at}.${key} has no description`),
              ...('additionalProperties' in value && value.additionalProperties === false
                ? []
                : [`${at} is open`]),
            ]
          : [];
      return [...bare, ...Object.entries(value).flatMap(([key, one]) => walk(`${at}/${key}`, one))];
    };
    for (const name of SCHEMAS) expect(walk(name, schemaNamed(name))).toEqual([]);
  });

  test('refuse a document with a key too many, and one with a key too few', async () => {
    const { call } = place();
    const { stdout } = await call(['plan', 'plan.yaml', ...AT]);
    const [plan] = documentsIn(stdout);
    expect(faultsOf('plan', Object.assign({}, plan, { more: 1 }))).not.toEqual([]);
    expect(faultsOf('plan', Object.assign({}, plan, { steps: undefined }))).not.toEqual([]);
  });
});
