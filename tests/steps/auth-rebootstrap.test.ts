import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { showChange } from '../../src/changes/kinds.ts';
import type { Outcome } from '../../src/step/step.ts';
import { Content } from '../../src/system/content.ts';
import type { MemoryNode } from '../../src/system/memory-node.ts';
import { authRebootstrap } from '../../steps/auth-rebootstrap.ts';
import { converge, findingsOf, planStep } from '../support/plan-step.ts';
import { directory, file, link, special, world } from '../support/world.ts';

const PATH = '/opt/data/auth.json';
const VARIABLE = 'HERMES_AUTH_JSON_REBOOTSTRAP';
const OLD = '2026-05-01T00:00:00Z';
const NEW = '2026-07-01T00:00:00Z';

const over = { last_auth_error: { relogin_required: true }, access_token: '', obtained_at: NEW };
const alive = { access_token: 'canary-a', refresh_token: 'canary-r', obtained_at: OLD };
const fresh = { access_token: 'canary-A', refresh_token: 'canary-R', obtained_at: OLD };

const authWith = (nous: unknown) => JSON.stringify({ version: 1, providers: { nous } });
const withAuth = (text: string) => world({ [PATH]: file(text, { owner: '10000:10000' }) });
const seeded = (seed: string) => ({ path: PATH, seed, owner: 'hermes' });
const seedOf = (nous: unknown) => seeded(authWith(nous));
const more = { origins: { seed: VARIABLE } };

/** The status word that an outcome starts with. */
function statusOf(outcome: Outcome): string {
  const said =
    'skipped' in outcome ? outcome.skipped : 'converged' in outcome ? outcome.converged : '';
  return said.split(':')[0] ?? '';
}

describe('a session that is over (B28, #59983)', () => {
  test('is replaced, closed to everybody but its owner, and the second boot finds nothing', async () => {
    const system = withAuth(authWith(over));
    const { changes } = await findingsOf(authRebootstrap, seedOf(fresh), system);
    expect(changes.map(showChange)).toEqual([
      `${PATH} replaced: reseeded, providers.nous alone, 0600 10000:10000`,
    ]);
    const after = await converge(authRebootstrap, seedOf(fresh), system);
    expect([after.changes, statusOf(after)]).toEqual([[], 'not_terminal']);
    expect(system.readText(PATH)).toBe(authWith(fresh));
  });

  test('is replaced by a seed that is the session alone, too', async () => {
    const system = withAuth(authWith(over));
    await converge(authRebootstrap, seeded(JSON.stringify(fresh)), system);
    expect(system.readText(PATH)).toBe(authWith(fresh));
  });

  test('leaves every other byte: order, spacing, large numbers, other providers', async () => {
    const before = `{ "z": 12345678901234567890, "providers" : {"10":1,"a":"}\\"{",\n  "nous": `;
    const after = ` ,"2": {"access_token":"canary"}}, "1":[{"nous":{}}], "a": 1.0 }\n`;
    const system = withAuth(before + JSON.stringify(over) + after);
    await converge(authRebootstrap, seedOf(fresh), system);
    expect(system.readText(PATH)).toBe(before + JSON.stringify(fresh) + after);
  });

  test.each([
    ['an access token', { ...over, access_token: 'x' }],
    ['a refresh token', { ...over, refresh_token: 'x' }],
    ['no demand to log in again', { ...over, last_auth_error: { relogin_required: false } }],
    ['an error of another form', { ...over, last_auth_error: 'relogin_required' }],
  ])('is not one with %s', async (_, session) => {
    const found = await findingsOf(authRebootstrap, seedOf(fresh), withAuth(authWith(session)));
    expect([found.changes, statusOf(found)]).toEqual([[], 'not_terminal']);
  });

  test('of another provider is found by its name', async () => {
    const system = withAuth(JSON.stringify({ providers: { nous: over, other: over } }));
    const options = {
      ...seeded(JSON.stringify({ providers: { other: fresh } })),
      provider: 'other',
    };
    await converge(authRebootstrap, options, system);
    expect(system.readText(PATH)).toBe(JSON.stringify({ providers: { nous: over, other: fresh } }));
  });
});

describe('a session that goes on (B28)', () => {
  test.each<[string, unknown, unknown, boolean]>([
    ['a later text', NEW, OLD, true],
    [
      'a later instant in an earlier hour',
      '2026-07-01T01:00:00-05:00',
      `2026-07-01T02:00:00Z`,
      true,
    ],
    ['a later number', 1_800_000_000, 1_700_000_000, true],
    ['the same instant', '2026-07-01T02:00:00+02:00', NEW, false],
    ['an earlier text', OLD, NEW, false],
    ['a text against a number', NEW, 1, false],
    ['a text without an offset', '2027-01-01T00:00:00', OLD, false],
    ['no time at all', undefined, OLD, false],
    ['a time against none', NEW, undefined, false],
    ['no time in words', 'tomorrow', OLD, false],
    ['a month that there is not', '2027-13-01T00:00:00Z', OLD, false],
  ])('gives way to a seed of %s: %j after %j is %j', async (_, seedTime, diskTime, later) => {
    const system = withAuth(authWith({ ...alive, obtained_at: diskTime }));
    const options = seedOf({ ...fresh, obtained_at: seedTime });
    expect((await findingsOf(authRebootstrap, options, system)).changes).toHaveLength(
      later ? 1 : 0,
    );
    const after = await converge(authRebootstrap, options, system);
    expect([after.changes, statusOf(after)]).toEqual([[], 'not_terminal']);
  });
});

test('a seed replaces a session only where it is of the client that the plan names', async () => {
  const client = 'hermes-cli-vps';
  for (const text of [
    authWith({ ...fresh, client_id: client }),
    JSON.stringify({ ...fresh, client_id: client }),
  ]) {
    const found = await findingsOf(
      authRebootstrap,
      { ...seeded(text), client },
      withAuth(authWith(over)),
    );
    expect(found.changes).toHaveLength(1);
  }
  for (const other of [{}, { client_id: 'hermes-desktop' }, { client_id: ['hermes-cli-vps'] }]) {
    for (const text of [authWith({ ...fresh, ...other }), JSON.stringify({ ...fresh, ...other })]) {
      const options = { ...seeded(text), client };
      const found = await findingsOf(authRebootstrap, options, withAuth(authWith(over)), more);
      expect([found.changes, statusOf(found)]).toEqual([[], 'bad_seed']);
      expect(found.notes?.[0]?.text).toBe(
        `the session in ${VARIABLE} is not of the client ${client}: refused, ${PATH} stays as it is (#59983)`,
      );
    }
  }
});

describe('nothing is done, and a word says why (B28):', () => {
  test.each([undefined, ''])('no seed for %j', async (seed) => {
    const options = seed === undefined ? { path: PATH } : { path: PATH, seed };
    expect(await planStep(authRebootstrap, options, withAuth('{'), more)).toEqual({
      skipped: `${VARIABLE} is not set`,
    });
  });

  test.each([
    ['no JSON', 'canary{'],
    ['no object', '["canary"]'],
    ['other providers alone', JSON.stringify({ providers: { other: fresh } })],
    ['a session without an access token', authWith({ ...fresh, access_token: ' ' })],
    ['a session that is over itself', authWith(over)],
    ['providers that are none', '{"providers":"canary","access_token":"a","refresh_token":"b"}'],
  ])('bad_seed for %s, with a warning', async (_, seed) => {
    const system = withAuth(authWith(over));
    const outcome = await findingsOf(authRebootstrap, seeded(seed), system, more);
    expect([outcome.changes, statusOf(outcome)]).toEqual([[], 'bad_seed']);
    expect(outcome.notes).toEqual([
      {
        severity: 'warning',
        text: `${VARIABLE} has no providers.nous with an access and a refresh token: ${PATH} stays as it is (#59983)`,
      },
    ]);
  });

  test('no_auth_file on a blank volume', async () => {
    const found = await findingsOf(authRebootstrap, seedOf(fresh), world({}));
    expect([found.changes, statusOf(found), found.notes]).toEqual([[], 'no_auth_file', []]);
  });

  test.each<[string, Record<string, MemoryNode>]>([
    ['a link', { [PATH]: link('/etc/auth'), '/etc/auth': file(authWith(over)) }],
    ['a file behind a link', { '/opt/data': link('/srv'), '/srv/auth.json': file(authWith(over)) }],
    ['a directory', { [PATH]: directory() }],
    ['a FIFO', { [PATH]: special('fifo') }],
  ])('no_auth_file for %s, with a warning (#52781)', async (_, entries) => {
    const found = await findingsOf(authRebootstrap, seedOf(fresh), world(entries));
    expect([found.changes, statusOf(found)]).toEqual([[], 'no_auth_file']);
    expect(found.notes).toMatchObject([{ severity: 'warning' }]);
  });

  test.each<[string, MemoryNode]>([
    ['no JSON', file('canary')],
    ['no object', file('["canary"]')],
    ['providers that are none', file('{"providers":["canary"]}')],
    ['a file as large as a disk', file(' '.repeat(1024 * 1024) + authWith(over))],
    ['a file with another name', file(authWith(over), { nlink: 2 })],
  ])('auth_unreadable for %s, with a warning', async (_, node) => {
    const found = await findingsOf(authRebootstrap, seedOf(fresh), world({ [PATH]: node }));
    expect([found.changes, statusOf(found)]).toEqual([[], 'auth_unreadable']);
    expect(found.notes).toMatchObject([{ severity: 'warning' }]);
  });

  test('auth_unreadable for bytes that are no text: they could not be written back', async () => {
    const system = withAuth('');
    const bytes = Buffer.from(`{"x":"?","providers":{"nous":${JSON.stringify(over)}}}`);
    bytes[bytes.indexOf('?')] = 0xff;
    system.writeFile(PATH, Content.ofBytes(bytes), 0o600, { uid: 0, gid: 0 });
    const found = await findingsOf(authRebootstrap, seedOf(fresh), system);
    expect([found.changes, statusOf(found)]).toEqual([[], 'auth_unreadable']);
  });

  test.each(['{}', '{"providers":{}}', '{"providers":{"nous":null}}', '{"providers":null}'])(
    'not_terminal for %s: there is no session to replace',
    async (text) => {
      const found = await findingsOf(authRebootstrap, seedOf(fresh), withAuth(text));
      expect([found.changes, statusOf(found)]).toEqual([[], 'not_terminal']);
    },
  );
});

test('the owner of the file stays where none is named', async () => {
  const system = world({ [PATH]: file(authWith(over), { owner: '1234:5678', mode: 0o644 }) });
  await converge(authRebootstrap, { path: PATH, seed: authWith(fresh) }, system);
  expect(system.look(PATH)).toMatchObject({ stat: { uid: 1234, gid: 5678, mode: 0o600 } });
});

test('of a key that stands twice the last counts, as it does for the agent', async () => {
  const [first, last] = [JSON.stringify(alive), JSON.stringify(over)];
  const system = withAuth(`{"providers":{"nous":${first},"nous":${last}}}`);
  await converge(authRebootstrap, seedOf(fresh), system);
  expect(system.readText(PATH)).toBe(
    `{"providers":{"nous":${first},"nous":${JSON.stringify(fresh)}}}`,
  );
});

test('whatever else is in the store, it stays to the byte and nothing of it is said', async () => {
  const spaces = fc.constantFrom(undefined, 1, '\t', ' \n ');
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), fc.jsonValue(), spaces, async (a, b, space) => {
      const store = (nous: unknown) =>
        JSON.stringify({ a: ['canary', a], providers: { x: b, nous, y: a }, b }, null, space);
      const seed = JSON.stringify(fresh, null, space);
      const system = withAuth(store(over));
      const found = await findingsOf(authRebootstrap, seeded(seed), system);
      expect(inspect(found, { depth: null })).not.toContain('canary');
      const after = await converge(authRebootstrap, seeded(seed), system);
      expect([after.changes, inspect(after).includes('canary')]).toEqual([[], false]);
      const written = system.readText(PATH);
      expect(JSON.parse(written)).toEqual(JSON.parse(store(fresh)));
      const [before = '', behind = ''] = store('HOLE').split('"HOLE"');
      expect(written).toBe(before + seed + behind);
    }),
  );
});
