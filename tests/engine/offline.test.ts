import { describe, expect, test } from 'vitest';
import { factsDocument } from '../../src/engine/facts-document.ts';
import { ROOT_FACTS } from '../support/plan-step.ts';
import { factsOf, planFrom, planThere } from '../support/offline.ts';
import { directory, file, link, world } from '../support/world.ts';
import { S6, SCANDIR } from '../support/s6-world.ts';

const HEADER = `version: 1
name: secrets
description: Secrets wherever a step can have one.
inputs:
  key: { env: KEY, type: string, secret: true, default: '' }
  port: { env: PORT, type: id, default: 1 }
`;

const EVERYWHERE = `${HEADER}steps:
  - id: key
    uses: env-file.key
    with: { path: /opt/data/.env, name: KEY, given: '\${{ inputs.key }}' }
    on-failure: degrade
  - id: seed
    uses: file.seed
    needs: [key]
    with: { path: /opt/data/auth.json, content: '\${{ inputs.key }}' }
    on-failure: degrade
  - id: lines
    uses: env-file.variables
    needs: [key]
    with: { files: [/opt/data/.env], variables: { COPY: '\${{ inputs.key }}', PORT: 'p\${{ inputs.port }}' } }
    on-failure: degrade
  - id: export
    uses: env.export
    with: { name: EXPORTED, value: '\${{ inputs.key }}' }
    on-failure: degrade
  - id: gateways
    uses: profile-gateways
    with:
      home: /opt/data
      scandir: ${SCANDIR}
      account: hermes
      env: { KEY: '\${{ inputs.key }}' }
    on-failure: degrade
  - id: fingerprint
    uses: command
    with:
      argv: [/opt/tool, '\${{ inputs.key }}']
      fingerprint: { of: [/opt/data/config.yaml, /opt/data/none], stamp: /opt/data/stamp }
    on-failure: degrade
`;

const SECRET = 'canary-0123456789-canary';

const entries = (secret: string) => ({
  ...S6,
  '/opt/data/.env': file(
    `OTHER=canary\nCOPY="${secret}" # set by hermes-boot from the container\n` +
      'PORT="p99" # set by hermes-boot from the container\n',
  ),
  '/opt/data/config.yaml': file('token: canary\n'),
  '/opt/data/stamp': file('0'.repeat(64)),
  '/opt/tool': file('', { mode: 0o755 }),
  '/run/s6/container_environment/EXPORTED': file(secret),
});

describe('a plan whose inputs are secret', () => {
  test.each([
    ['a long one', SECRET],
    ['a short one', 'canary-1'],
    ['one of four letters', '1234'],
    ['none', ''],
  ])('is planned the same from facts, which do not hold it: %s', async (_, secret) => {
    const site = {
      text: EVERYWHERE,
      env: { KEY: secret, PORT: '99' },
      system: world(entries(secret)),
    };
    const facts = await factsOf(site);
    expect(await planFrom(facts, site.text)).toEqual(await planThere(site));
    expect(facts).not.toContain('canary');
    if (secret !== '') expect(facts).not.toContain(secret);
  });

  test('shows no earlier value of it, here or there', async () => {
    const old = world(entries('canary-of-yesterday'));
    const site = { text: EVERYWHERE, env: { KEY: SECRET, PORT: '99' }, system: old };
    const [facts, there] = [await factsOf(site), await planThere(site)];
    expect(await planFrom(facts, site.text)).toEqual(there);
    expect(facts).not.toContain('canary');
    expect(JSON.stringify(there)).not.toContain('canary');
    const exported = there.steps.find(({ id }) => id === 'export')?.changes.at(-1);
    expect(exported?.effect).toBe('*** -> ***');
  });

  test('finds what stands there already in facts as it does there', async () => {
    const site = {
      text: EVERYWHERE,
      env: { KEY: SECRET, PORT: '99' },
      system: world(entries(SECRET)),
    };
    const statuses = (await planFrom(await factsOf(site), site.text)).steps.map(
      ({ id, status }) => `${id} ${status}`,
    );
    expect(statuses).toContain('lines converged');
    expect(statuses).toContain('export converged');
  });
});

test('facts hold no digest of a content: equal ones have equal stand-ins, in one document only', async () => {
  const text = `${HEADER}steps:
  - id: one
    uses: command
    with: { argv: [/opt/tool], fingerprint: { of: [/a, /b, /c], stamp: /stamp } }
`;
  const system = world({
    '/opt/tool': file('', { mode: 0o755 }),
    '/a': file('PIN=1234\n'),
    '/b': file('PIN=1234\n'),
    '/c': file('PIN=9999\n'),
  });
  const digests = async (): Promise<(string | undefined)[]> => {
    const { world: record } = factsDocument.decode(JSON.parse(await factsOf({ text, system })), '');
    return ['/a', '/b', '/c'].map((path) => record.contents.get(path)?.digest);
  };
  const [[a, b, c], [again]] = [await digests(), await digests()];
  expect(a).toBe(b);
  expect(a).not.toBe(c);
  expect(a).not.toBe(again);
  for (const digest of [a, c, again]) expect(digest).toMatch(/^[0-9a-f]{64}$/);
});

test('accounts leave without passwords and names of people', async () => {
  const text = `${HEADER}steps: [{ id: a, uses: user-guard, with: { account: hermes } }]\n`;
  const system = world({
    '/etc/passwd': file('hermes:canary:10000:10000:Canary, Room 1:/opt/data:/bin/sh\n# canary\n'),
    '/etc/group': file('hermes:canary:10000:\n'),
  });
  const facts = await factsOf({ text, system });
  expect(facts).toContain('hermes::10000:10000::/opt/data:');
  expect(facts.toLowerCase()).not.toContain('canary');
});

test('of a main program the words leave that steps look at', async () => {
  const text = `${HEADER}steps: [{ id: a, uses: user-guard, with: { account: hermes } }]\n`;
  const mainProgram = ['gateway', 'run', '--no-supervise', '--token', 'canary', 'API=canary'];
  const facts = { ...ROOT_FACTS, mainProgram };
  const json = await factsOf({ text, system: world({}), facts });
  expect(factsDocument.decode(JSON.parse(json), '').facts.mainProgram).toEqual([
    'gateway',
    'run',
    '--no-supervise',
    '***',
    '***',
    '***',
  ]);
});

test('a step that asks for what was not recorded fails and says so; the others are planned', async () => {
  const step = (id: string, path: string): string =>
    `  - { id: ${id}, uses: file.mode, with: { path: ${path}, mode: "0600" }, on-failure: degrade }\n`;
  const system = world({ '/a': file(''), '/b': file('') });
  const facts = await factsOf({ text: `${HEADER}steps:\n${step('one', '/a')}`, system });
  const view = await planFrom(facts, `${HEADER}steps:\n${step('two', '/b')}${step('one', '/a')}`);
  expect(view.steps.map(({ id, status, why }) => [id, status, why])).toEqual([
    ['two', 'failed', '/b was not recorded'],
    ['one', 'changes', 'Keep the mode, and the owner, of one regular file.'],
  ]);
  expect(view.steps[0]?.problem?.mend).toEqual(['take the facts again, with this plan']);
});

test('what is not recorded never passes for what is not there, also where a step bears a failure', async () => {
  const text = (variable: string): string => `${HEADER}steps:
  - { id: a, uses: env.export, with: { name: ${variable}, value: x }, on-failure: degrade }
`;
  const system = world({ '/run/s6/container_environment': directory() });
  const facts = await factsOf({ text: text('ONE'), system });
  expect((await planFrom(facts, text('TWO'))).steps[0]).toMatchObject({
    status: 'failed',
    why: '/run/s6/container_environment/TWO was not recorded',
  });
});

test('links are followed from facts as they are there, and no others', async () => {
  const text = `${HEADER}steps:
  - { id: a, uses: file.mode, with: { path: /var/run/x, mode: "0600" }, on-failure: degrade }
  - { id: b, uses: file.mode, with: { path: /home/run/x, mode: "0600" }, on-failure: degrade }
`;
  const system = world({
    '/var/run': link('/run'),
    '/home': directory({ mode: 0o777 }),
    '/home/run': link('/run'),
    '/run/x': file(''),
  });
  const site = { text, system };
  const view = await planFrom(await factsOf(site), text);
  expect(view).toEqual(await planThere(site));
  expect(view.steps[0]?.changes.map(({ path }) => path)).toEqual(['/run/x']);
});
