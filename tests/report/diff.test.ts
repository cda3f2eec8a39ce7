import { afterEach, describe, expect, test } from 'vitest';
import { setPageWidth, WIDTH } from '../../src/report/wrap.ts';
import { bootPlan } from '../support/boot.ts';
import { diffOf } from '../support/diff.ts';
import { directory, file, world } from '../support/world.ts';
import type { MemoryNode } from '../../src/system/memory-node.ts';

afterEach(() => {
  setPageWidth(WIDTH);
});

const PREPARE = `
version: 1
name: prepare
home: /opt/data
inputs:
  portal: { env: PORTAL, type: string }
  token: { env: TOKEN, type: string, secret: true }
steps:
  - { id: owners, uses: owner.paths, with: { base: /opt/data, owner: hermes, trees: [sessions] } }
  - { id: made, uses: directory.tree, with: { base: /opt/data, owner: hermes, paths: [logs, logs/gateways] } }
  - { id: soul, uses: file.seed, with: { path: /opt/data/SOUL.md, from: /opt/hermes/SOUL.md, owner: hermes } }
  - id: routing
    uses: env-file.variables
    with: { files: [/opt/data/.env], variables: { PORTAL: '\${{ inputs.portal }}' }, owner: hermes }
  - id: token
    uses: env-file.variables
    with: { files: [/opt/data/token.env], variables: { TOKEN: '\${{ inputs.token }}' }, owner: hermes }
  - id: config
    uses: yaml.edit
    needs: [routing]
    with:
      path: /opt/data/config.yaml
      edits: [{ set: { path: model.provider, value: nous } }, { set: { path: version, value: 12 } }]
  - { id: mode, uses: file.mode, needs: [config], with: { path: /opt/data/config.yaml, owner: hermes, mode: '0640' } }
  - { id: stamp, uses: install-stamp, with: { path: /opt/data/.install_method, value: docker } }
  - id: sync
    uses: command
    needs: [mode]
    as: hermes
    with:
      argv: [/opt/hermes/bin/sync, --home, /opt/data]
      fingerprint: { of: [/opt/hermes/lock], stamp: /opt/data/.sync }
`;

const AFTER = `
version: 1
name: after
home: /opt/data
steps:
  - { id: soul, uses: file.mode, with: { path: /opt/data/SOUL.md, mode: '0600' } }
  - { id: env, uses: env-file.key, with: { path: /opt/data/.env, name: API_SERVER_KEY } }
`;

const SESSIONS = Object.fromEntries(
  Array.from({ length: 12 }, (_, day) => [
    `/opt/data/sessions/${day + 10}.json`,
    file('{}\n', { owner: '0:0' }),
  ]),
);

const HOME: Readonly<Record<string, MemoryNode>> = {
  '/opt/hermes/SOUL.md': file('You are Hermes.\nBe kind.\n'),
  '/opt/hermes/bin/sync': file('', { mode: 0o755 }),
  '/opt/hermes/lock': file('1\n'),
  '/opt/data': directory({ owner: '10000:10000' }),
  '/opt/data/.env': file(
    '# mine\nOPENAI_API_KEY=sk-one\nPORTAL="https://old.example" # set by hermes-boot from the container\nEMPTY=\n',
    { owner: '10000:10000' },
  ),
  '/opt/data/config.yaml': file(
    '# my notes\nversion: 11\nmodel:\n  api_key: sk-two # the old one\n  provider: openrouter\n  fast: true\n',
    { owner: '0:0' },
  ),
  '/opt/data/token.env': file('TOKEN="secret-four" # set by hermes-boot from the container\n', {
    mode: 0o600,
    owner: '10000:10000',
  }),
  '/opt/data/.install_method': file('docker\n'),
  '/opt/data/sessions': directory({ owner: '10000:10000' }),
  ...SESSIONS,
};

const plans = () => [
  bootPlan(PREPARE, { PORTAL: 'https://new.example', TOKEN: 'secret-three' }),
  bootPlan(AFTER),
];

describe('the boots of two plans', () => {
  test('make one difference, by path, each file once as it is in the end', async () => {
    expect(await diffOf(plans(), world(HOME))).toBe(`\
changed /opt/data/.env  mode 0644 -> 0600, 10000:10000
--- /opt/data/.env
+++ /opt/data/.env
@@ -1,4 +1,5 @@
 # ***
 OPENAI_API_KEY=***
-PORTAL="***" # set by hermes-boot from the container
 EMPTY=
+PORTAL="https://new.example" # set by hermes-boot from the container
+API_SERVER_KEY=***
removed /opt/data/.install_method  file 0644 0:0
--- /opt/data/.install_method
+++ /dev/null
@@ -1 +0,0 @@
-docker
new     /opt/data/.sync  file 0644 10000:10000
  a record of hermes-boot: remembers /opt/hermes/lock
new     /opt/data/SOUL.md  file 0600 10000:10000
--- /dev/null
+++ /opt/data/SOUL.md
@@ -0,0 +1,2 @@
+You are Hermes.
+Be kind.
changed /opt/data/config.yaml  mode 0644 -> 0640, owner 0:0 -> 10000:10000
--- /opt/data/config.yaml
+++ /opt/data/config.yaml
@@ -1,6 +1,6 @@
 # ***
-version: 11
+version: 12
 model:
   api_key: *** # ***
-  provider: ***
+  provider: nous
   fast: true
new     /opt/data/logs  directory 0755 10000:10000
new     /opt/data/logs/gateways  directory 0755 10000:10000
owner   /opt/data/sessions  12 of 13 entries 0:0 -> 10000:10000
changed /opt/data/token.env  0600 10000:10000
--- /opt/data/token.env
+++ /opt/data/token.env
@@ -1 +1 @@
-TOKEN="***" # set by hermes-boot from the container
+TOKEN="***" # set by hermes-boot from the container  (changed)
run     /opt/hermes/bin/sync --home /opt/data as hermes; what it changes is
        known after the run
`);
  });

  test('fit 40 columns, but for the lines of files', async () => {
    setPageWidth(40);
    const shown = await diffOf(plans(), world(HOME));
    const headings = shown
      .split('\n')
      .filter((line) => !/^[-+ @]/.test(line) || /^ {2,}/.test(line));
    expect(headings.slice(0, 4)).toEqual([
      'changed /opt/data/.env',
      '  mode 0644 -> 0600, 10000:10000',
      'removed /opt/data/.install_method',
      '  file 0644 0:0',
    ]);
    expect(shown).toContain(`
changed /opt/data/config.yaml
  mode 0644 -> 0640, owner 0:0 ->
  10000:10000
--- /opt/data/config.yaml
`);
    expect(shown).toMatch(`
run     /opt/hermes/bin/sync --home
        /opt/data as hermes; what it
        changes is known after the run
`);
    for (const line of headings) expect(line.length).toBeLessThanOrEqual(40);
  });
});

describe('the content of a file', () => {
  const seeding = (mode = '0644') =>
    bootPlan(`
version: 1
name: seed
home: /opt/data
steps:
  - { id: a, uses: file.seed, with: { path: /opt/data/a, from: /opt/hermes/a, mode: '${mode}' } }
`);
  const diffOfSeed = (content: string, options: { full?: boolean } = {}, mode?: string) =>
    diffOf(
      [seeding(mode)],
      world({ '/opt/data': directory(), '/opt/hermes/a': file(content) }),
      options,
    );

  test('that is not text is told by its size', async () => {
    expect(await diffOfSeed('a\0b')).toBe(
      'new     /opt/data/a  file 0644 0:0\n  binary file, 3 bytes\n',
    );
  });

  test('that is long is cut, and shown whole where that is asked for', async () => {
    const text = Array.from({ length: 200 }, (_, line) => `${line}\n`).join('');
    const shown = (await diffOfSeed(text)).split('\n');
    expect(shown.slice(-3)).toEqual(['+59', '(140 more lines: hermes-boot diff --full)', '']);
    expect((await diffOfSeed(text, { full: true })).split('\n').slice(-2)).toEqual(['+199', '']);
    const long = 'x '.repeat(1000);
    expect((await diffOfSeed(long)).split('\n')[4]).toBe(`+${long.slice(0, 399)}\u2026`);
    expect((await diffOfSeed(long, { full: true })).split('\n')[4]).toBe(`+${long}`);
  });

  test('cannot drive the terminal that shows it; tabs stay', async () => {
    expect(await diffOfSeed('\tred \x1b[31m\r\n')).toContain('\n+\tred \\x1b[31m\\r\n');
  });

  test('that is empty is said to be', async () => {
    expect(await diffOfSeed('')).toBe('new     /opt/data/a  file 0644 0:0\n  empty\n');
  });

  test('of the image is shown although others may not read the copy', async () => {
    expect(await diffOfSeed('all of it\n', {}, '0600')).toContain('\n+all of it\n');
  });

  test('that others may not read is masked where its format is not known', async () => {
    const plan = bootPlan(`
version: 1
name: stamp
home: /opt/data
steps:
  - { id: a, uses: install-stamp, with: { path: /opt/data/a, value: docker } }
`);
    const of = (mode: number, text: string) =>
      diffOf([plan], world({ '/opt/data': directory(), '/opt/data/a': file(text, { mode }) }));
    expect(await of(0o644, 'docker')).toContain('\n-docker\n\\ No newline at end of file\n');
    // The value of the plan is no secret; the space around it is the same line.
    expect(await of(0o600, ' docker\n')).toContain('\n- docker\n');
  });
});

test('what a command changes is said to be unknown, also at the files that it is known to change', async () => {
  const plan = bootPlan(`
version: 1
name: migrate
home: /opt/data
steps:
  - id: config
    uses: config.migrate
    as: hermes
    with:
      file: /opt/data/config.yaml
      backup: [/opt/data/config.yaml]
      helper: { command: [/opt/hermes/bin/migrate] }
  - { id: mode, uses: file.mode, needs: [config], with: { path: /opt/data/config.yaml, mode: '0640' } }
`);
  const home = { ...HOME, '/opt/hermes/bin/migrate': file('', { mode: 0o755 }) };
  const shown = await diffOf([plan], world(home));
  expect(shown).toMatch(
    /^changed \/opt\/data\/config\.yaml {2}mode 0644 -> 0640, 0:0\n {2}a command may change it, too: see the end\nnew/,
  );
  expect(shown.slice(shown.indexOf('\nrun '))).toBe(`
run     /opt/hermes/bin/migrate as hermes; may change /opt/data/config.yaml, and
        whatever else it does
`);
});
