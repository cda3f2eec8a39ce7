import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { everythingTo, replacing, type OwnerRule } from '../../../src/system/owner-rule.ts';
import { LIMITS, type Limits } from '../../../src/system/real/chown/limits.ts';
import { scanOwners } from '../../../src/system/real/chown/scan-owners.ts';
import { Borders } from '../../../src/system/real/chown/tree-paths.ts';
import type { OwnerScan } from '../../../src/system/tree.ts';
import { makeOddTree, oddTrees, OWNERS } from '../../support/odd-tree.ts';
import { temporaryDirectory } from '../../support/real-root.ts';

const { signal } = new AbortController();

const ALONE: Limits = { ...LIMITS, processes: () => 1 };
const HELPED: Limits = { ...LIMITS, alone: alone(2), sample: 1, processes: () => 2 };

function alone(scan: number): Limits['alone'] {
  return { scan, chown: 2 };
}

function look(
  host: string,
  limits: Limits,
  more: {
    readonly mounts?: readonly string[];
    readonly except?: readonly string[];
    readonly rule?: OwnerRule;
    readonly signal?: AbortSignal;
  } = {},
): Promise<OwnerScan> {
  const borders = new Borders('/tree', more.mounts ?? [], more.except ?? []);
  const rule = more.rule ?? everythingTo(OWNERS[0]);
  const tree = { host, path: '/tree', rule, borders };
  return scanOwners(tree, limits, { signal: more.signal ?? signal });
}

/** A program that stands in for find(1). */
function program(directory: string, script: string): string {
  const path = `${directory}/find`;
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** A tree of 3 directories with 20 files each. */
function smallTree(): string {
  const top = temporaryDirectory();
  for (const name of ['a', 'b', 'c']) {
    mkdirSync(`${top}/tree/${name}`, { recursive: true });
    for (let index = 0; index < 20; index += 1) writeFileSync(`${top}/tree/${name}/${index}`, '');
  }
  return top;
}

describe('a look at owners', () => {
  it('finds the same with finds as without, whatever the names, owners and types', async () => {
    const top = temporaryDirectory();
    await fc.assert(
      fc.asyncProperty(oddTrees, fc.integer({ min: 1, max: 20 }), async (tree, entries) => {
        const made = mkdtempSync(`${top}/tree`);
        makeOddTree(made, tree);
        const expected = await look(made, ALONE);
        expect(await look(made, { ...HELPED, alone: alone(entries) })).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('finds the same by a rule for some ids, with finds as without', async () => {
    const top = temporaryDirectory();
    const ids = fc.constantFrom(...OWNERS.flatMap(({ uid, gid }) => [uid, gid]), 0);
    const former = fc.record({
      id: ids,
      since: fc.constantFrom(undefined, 0, Date.now() + 3_600_000),
    });
    const rules = fc
      .tuple(fc.array(former, { maxLength: 3 }), fc.array(former, { maxLength: 3 }))
      .map(([users, groups]) => replacing(OWNERS[0], users, groups));
    await fc.assert(
      fc.asyncProperty(oddTrees, rules, async (tree, rule) => {
        const made = mkdtempSync(`${top}/tree`);
        makeOddTree(made, tree);
        const expected = await look(made, ALONE, { rule });
        expect(await look(made, HELPED, { rule })).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('names each of a few wrong entries by a path that leads to it', async () => {
    const top = temporaryDirectory();
    mkdirSync(`${top}/tree`);
    mkdirSync(Buffer.concat([Buffer.from(`${top}/tree/`), Buffer.from([0xff])]));
    writeFileSync(
      Buffer.concat([Buffer.from(`${top}/tree/`), Buffer.from([0xff, 0x2f, 0x61])]),
      '',
    );
    writeFileSync(`${top}/tree/new\nline`, '');
    for (const limits of [ALONE, HELPED]) {
      const { wrong, sample } = await look(`${top}/tree`, limits);
      expect(wrong).toBe(4);
      expect(sample.map(({ path }) => path)).toEqual(['/tree', '/tree/new\nline']);
    }
  });

  it('gives finds what is too much for one list of arguments in several', async () => {
    const top = temporaryDirectory();
    const long = 'x'.repeat(200);
    mkdirSync(`${top}/tree/${long}`, { recursive: true });
    for (let index = 0; index < 2000; index += 1) {
      mkdirSync(`${top}/tree/${long}/${long}${index}`);
      writeFileSync(`${top}/tree/${long}/${long}${index}/file`, '');
    }
    const limits = { ...HELPED, alone: alone(2002) };
    const log = `${top}/calls`;
    const find = program(top, `echo >>${log}; exec find "$@"`);
    expect(await look(`${top}/tree`, { ...limits, find })).toMatchObject({ entries: 4002 });
    const calls = execFileSync('wc', ['-l', log]).toString();
    expect(Number.parseInt(calls)).toBeGreaterThan(4);
  });

  it.each([
    ['is not there', '/no/such/find', ''],
    ['fails', undefined, 'exit 1'],
    ['is killed', undefined, 'printf r; kill -9 $$'],
    ['complains', undefined, 'echo "find: unrecognized: -printf" >&2'],
    ['prints something else', undefined, 'echo hello'],
    ['stops in the middle of a record', undefined, 'printf "f0 0 1 6"'],
    ['does not know a type', undefined, String.raw`printf "D0 0 1 644 ./a/1\0"`],
  ])('does without a find that %s', async (_, path, script) => {
    const top = smallTree();
    const find = path ?? program(top, script);
    const expected = await look(`${top}/tree`, ALONE);
    expect(await look(`${top}/tree`, { ...HELPED, find })).toEqual(expected);
  });

  it('asks no find to look at a small tree, nor at what has a mount below it', async () => {
    const top = smallTree();
    const find = program(top, `echo "$@" >>${top}/called; exec find "$@"`);
    await look(`${top}/tree`, { ...HELPED, find, alone: alone(64) });
    expect(existsSync(`${top}/called`)).toBe(false);
    const { mounts, entries } = await look(
      `${top}/tree`,
      { ...HELPED, find },
      { mounts: ['/tree/b'] },
    );
    expect({ mounts, entries }).toEqual({ mounts: ['/tree/b'], entries: 43 });
    expect(await readFile(`${top}/called`, 'utf8')).not.toContain('./b');
  });

  it.each([
    ['soon at a tree that is plainly large', 25, 37],
    ['not before it must at one that only has many directories', 5, 9],
  ])('lets finds look %s', async (_, files, left) => {
    const top = temporaryDirectory();
    for (let index = 0; index < 40; index += 1) {
      mkdirSync(`${top}/tree/${index}`, { recursive: true });
      for (let file = 0; file < files; file += 1) writeFileSync(`${top}/tree/${index}/${file}`, '');
    }
    const log = `${top}/directories`;
    const find = program(top, `printf '%s\\n' "$@" | grep ^[.]/ >>${log}; exec find "$@"`);
    const { entries } = await look(`${top}/tree`, {
      ...HELPED,
      find,
      alone: alone(200),
      sample: 4,
    });
    expect(entries).toBe(41 + 40 * files);
    expect(execFileSync('wc', ['-l', log]).toString()).toMatch(new RegExp(`^${left} `));
  });

  it('ends its finds when its time is up', async () => {
    const top = smallTree();
    const stop = new AbortController();
    const fifo = `${top}/started`;
    execFileSync('mkfifo', [fifo]);
    const find = program(top, `echo $$ >${fifo}; exec tail -f /dev/null`);
    const looking = look(`${top}/tree`, { ...HELPED, find }, stop);
    const pids = await readFile(fifo, 'utf8');
    stop.abort();
    await expect(looking).rejects.toThrow('time ran out while looking at the owners below /tree');
    for (const pid of pids.trim().split('\n')) {
      expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH');
    }
  });
});
