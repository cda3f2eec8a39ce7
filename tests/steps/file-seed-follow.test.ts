import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { showChange, makeChange } from '../../src/changes/kinds.ts';
import { Problem } from '../../src/errors/problem.ts';
import { Content } from '../../src/system/content.ts';
import type { MemoryNode } from '../../src/system/memory-node.ts';
import { SimulatedSystem } from '../../src/system/simulated.ts';
import { fileSeed } from '../../steps/file-seed.ts';
import { converge, findingsOf } from '../support/plan-step.ts';
import { directory, file, link, special, world } from '../support/world.ts';

const SOUL = '/opt/data/SOUL.md';
const IMAGE = '/opt/hermes/docker/SOUL.md';
const BASE = '/opt/data/.hermes-boot';
const RECORD = `${BASE}/seeds/SOUL.md`;
const HERMES = '10000:10000';
const options = { path: SOUL, from: IMAGE, owner: 'hermes', follow: RECORD };

const digest = (text: string) => createHash('sha256').update(text).digest('hex');
const recordOf = (text: string) => file(`${digest(text)}\n`, { owner: HERMES });

interface State {
  readonly image?: string | undefined;
  readonly soul?: string | undefined;
  /** What the record says was seeded. */
  readonly seeded?: string | undefined;
}

function used({ image, soul, seeded }: State, more: Record<string, MemoryNode> = {}) {
  return world({
    '/opt/data': directory({ owner: HERMES }),
    ...(image === undefined ? {} : { [IMAGE]: file(image) }),
    ...(soul === undefined ? {} : { [SOUL]: file(soul, { owner: HERMES }) }),
    ...(seeded === undefined ? {} : { [RECORD]: recordOf(seeded) }),
    ...more,
  });
}

const linesOf = async (system: SimulatedSystem) =>
  (await findingsOf(fileSeed, options, system)).changes.map(showChange);

describe('a seeded file that follows the image (B20)', () => {
  test('is put in place and remembered, all of it hermes’ own', async () => {
    const system = used({ image: 'one' });
    expect(await linesOf(system)).toEqual([
      `${BASE} new directory 0755 ${HERMES}`,
      `${BASE}/seeds new directory 0755 ${HERMES}`,
      `${RECORD} new: digest of ${SOUL} as it is seeded, 0644 ${HERMES}`,
      `${SOUL} new: copy of ${IMAGE}, 0644 ${HERMES}`,
    ]);
    expect(await converge(fileSeed, options, system)).toEqual({
      changes: [],
      converged: `${SOUL} is as the image has it`,
    });
    expect([system.readText(SOUL), system.readText(RECORD)]).toEqual(['one', `${digest('one')}\n`]);
  });

  test('is replaced by the new one of the image where nobody has edited it', async () => {
    const system = used({ image: 'two', soul: 'one', seeded: 'one' });
    const { changes } = await findingsOf(fileSeed, options, system);
    expect(changes.map(showChange)).toEqual([
      `${RECORD} replaced: digest of ${SOUL} as it is seeded, 0644 ${HERMES}`,
      `${SOUL} replaced: copy of ${IMAGE}, 0644 ${HERMES}`,
      `${RECORD} replaced: digest of ${SOUL} as it is seeded, 0644 ${HERMES}`,
    ]);
    expect(changes[0]?.why).toBe('nobody has edited it, and the image has a new one');
    expect((await converge(fileSeed, options, system)).changes).toEqual([]);
    expect([system.readText(SOUL), system.readText(RECORD)]).toEqual(['two', `${digest('two')}\n`]);
  });

  test('is edited by who puts the default of an earlier image back', async () => {
    const system = used({ image: 'two', soul: 'one', seeded: 'one' });
    await converge(fileSeed, options, system);
    const restored = used(
      { image: 'two', soul: 'one' },
      { [RECORD]: file(system.readText(RECORD)) },
    );
    expect(await linesOf(restored)).toEqual([]);
  });

  test('is found unedited where the new one is as long as the old one, too', async () => {
    const system = used({ image: 'onf', soul: 'one', seeded: 'one' });
    expect(await linesOf(system)).toHaveLength(3);
  });

  test('is kept where somebody has edited it, and it is said that the new one is not taken', async () => {
    expect(
      await findingsOf(fileSeed, options, used({ image: 'two', soul: 'mine', seeded: 'one' })),
    ).toEqual({
      changes: [],
      converged: `${SOUL} was edited here: the image's new default is not taken`,
    });
  });

  test('is kept in silence where somebody has edited it and the image is the same', async () => {
    expect(
      await findingsOf(fileSeed, options, used({ image: 'one', soul: 'mine', seeded: 'one' })),
    ).toEqual({ changes: [], converged: `${SOUL} was edited here and stays as it is` });
  });

  test('is adopted where it is as the image has it and nothing remembers it', async () => {
    const system = used({ image: 'one', soul: 'one' });
    expect(await linesOf(system)).toEqual([
      `${BASE} new directory 0755 ${HERMES}`,
      `${BASE}/seeds new directory 0755 ${HERMES}`,
      `${RECORD} new: digest of ${SOUL} as it is seeded, 0644 ${HERMES}`,
    ]);
    expect((await converge(fileSeed, options, system)).changes).toEqual([]);
  });

  test('is not ours where it differs and nothing remembers it', async () => {
    expect(await findingsOf(fileSeed, options, used({ image: 'one', soul: 'mine' }))).toEqual({
      changes: [],
      converged: `${SOUL} is there, was not seeded by this image, and stays as it is`,
    });
  });

  test('is seeded again where somebody has removed it', async () => {
    const system = used({ image: 'two', seeded: 'one' });
    expect((await converge(fileSeed, options, system)).changes).toEqual([]);
    expect([system.readText(SOUL), system.readText(RECORD)]).toEqual(['two', `${digest('two')}\n`]);
  });

  test('stays where the image has lost its source, and where it has none', async () => {
    const system = used({ soul: 'one', seeded: 'one' });
    const converged = `${SOUL} is there and stays as it is`;
    expect(await findingsOf(fileSeed, options, system)).toEqual({ changes: [], converged });
    const none = { path: SOUL, follow: RECORD };
    expect(await findingsOf(fileSeed, none, system)).toEqual({ changes: [], converged });
  });

  test('may be a text of the plan, and its record is no more readable than itself', async () => {
    const secret = { path: SOUL, content: 'two', mode: '0600', follow: RECORD };
    const system = used({ soul: 'one', seeded: 'one' });
    const { changes } = await findingsOf(fileSeed, secret, system);
    expect(changes.map(showChange)).toEqual([
      `${RECORD} replaced: digest of ${SOUL} as it is seeded, 0600 0:0`,
      `${SOUL} replaced: text of the plan, 0600 0:0`,
      `${RECORD} replaced: digest of ${SOUL} as it is seeded, 0600 0:0`,
    ]);
  });

  test('is left alone where a link has taken its place (#52781)', async () => {
    const system = used({ image: 'two', seeded: 'one' }, { [SOUL]: link('/etc/passwd') });
    expect(await linesOf(system)).toEqual([]);
  });
});

describe('a record in hostile hands', () => {
  test.each<[string, Record<string, MemoryNode>]>([
    ['garbage', { [RECORD]: file('garbage') }],
    ['a digest without its end', { [RECORD]: file(`${digest('one')} `) }],
    ['huge', { [RECORD]: file('a'.repeat(5_000_000)) }],
  ])('that is %s counts as none, and is mended by an equal file', async (_, more) => {
    expect(await linesOf(used({ image: 'two', soul: 'one' }, more))).toEqual([]);
    const system = used({ image: 'one', soul: 'one' }, more);
    expect(await linesOf(system)).toHaveLength(1);
    expect((await converge(fileSeed, options, system)).changes).toEqual([]);
  });

  test.each<[string, Record<string, MemoryNode>, string]>([
    ['a link', { [RECORD]: link('/etc/passwd') }, `${RECORD} is a link to /etc/passwd`],
    ['a directory', { [RECORD]: directory() }, `${RECORD} is a directory`],
    ['a FIFO', { [RECORD]: special('fifo') }, `${RECORD} is a fifo`],
    ['behind a link', { [BASE]: link('/etc') }, `${RECORD} is behind ${BASE}, a link to /etc`],
    ['below a file', { [BASE]: file('') }, `${BASE}, on the way to ${RECORD}, is a regular file`],
  ])('that is %s keeps nobody from seeding, and is not written', async (_, more, found) => {
    const system = used({ image: 'one' }, more);
    const { changes, notes } = await findingsOf(fileSeed, options, system);
    expect(changes.map(({ path }) => path)).toEqual([SOUL]);
    expect(notes).toEqual([
      {
        severity: 'warning',
        text: `${found}: nothing remembers how ${SOUL} was seeded, and it will not follow the image`,
      },
    ]);
    expect((await converge(fileSeed, options, system)).changes).toEqual([]);
    expect(await linesOf(used({ image: 'two', soul: 'one' }, more))).toEqual([]);
  });

  test('never brings anything into the file but what the image has', async () => {
    const texts = fc.constantFrom('one', 'two', 'mine', '');
    await fc.assert(
      fc.asyncProperty(texts, texts, fc.oneof(texts, fc.string()), async (image, soul, says) => {
        const record = file(`${digest(says)}\n`);
        const system = used({ image, soul }, { [RECORD]: record });
        await converge(fileSeed, options, system);
        expect([image, soul]).toContain(system.readText(SOUL));
      }),
    );
  });
});

test('a file that is larger than anything that is seeded is not read', async () => {
  const huge = 'x'.repeat(4 * 1024 * 1024 + 1);
  expect(await linesOf(used({ image: 'two', soul: huge, seeded: 'one' }))).toEqual([]);
});

test('a file that this process may not read stays, with a warning', async () => {
  const system = new Closed(used({ image: 'two', soul: 'one', seeded: 'one' }));
  expect(await findingsOf(fileSeed, options, system)).toEqual({
    changes: [],
    converged: `${SOUL} cannot be compared`,
    notes: [
      {
        severity: 'warning',
        text: `reading ${SOUL}: permission denied (EACCES): ${SOUL} stays as it is`,
      },
    ],
  });
});

test('whatever was edited and upgraded, killed after any change it ends as it would have (law 4)', async () => {
  const texts = fc.constantFrom('one', 'two', 'mine');
  const states = fc.record({
    image: texts,
    soul: fc.option(texts, { nil: undefined }),
    seeded: fc.option(texts, { nil: undefined }),
  });
  await fc.assert(
    fc.asyncProperty(states, fc.nat({ max: 4 }), async (state, made) => {
      const undisturbed = used(state);
      expect((await converge(fileSeed, options, undisturbed)).changes).toEqual([]);
      const killed = used(state);
      const { changes } = await findingsOf(fileSeed, options, killed);
      for (const change of changes.slice(0, made)) {
        await makeChange(change, killed, new AbortController());
      }
      expect((await converge(fileSeed, options, killed)).changes).toEqual([]);
      expect([...killed.overlay.entries()].map(shown)).toEqual(
        [...undisturbed.overlay.entries()].map(shown),
      );
    }),
    { numRuns: 300 },
  );
});

function shown([path, node]: [string, MemoryNode]): string {
  const content =
    node.type === 'file' && node.content instanceof Content ? node.content : undefined;
  return `${path} ${JSON.stringify(node.stat)} ${Buffer.from(content?.reveal() ?? []).toString()}`;
}

/** A world in which root's SOUL.md is closed to this process, which is not root. */
class Closed extends SimulatedSystem {
  override read(path: string, limit?: number): Content {
    if (path !== SOUL) return super.read(path, limit);
    throw new Problem({ found: `reading ${path}: permission denied (EACCES)` });
  }
}
