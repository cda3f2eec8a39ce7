import { closeSync, constants, lstatSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { LOG_LIMIT } from '../../src/system/log-file.ts';
import type { MemoryNode } from '../../src/system/memory-node.ts';
import { RealSystem } from '../../src/system/real/real.ts';
import { isRoot, realRoot, snapshot } from '../support/real-root.ts';
import { directory, file, link, special } from '../support/world.ts';

const LOGS = '/opt/data/logs';
const LOG = `${LOGS}/container-boot.log`;
const TIME = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}`;

const owner = isRoot
  ? { uid: 10000, gid: 10000 }
  : { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };

/** A machine with a directory of logs and these entries in it. */
function machine(logs: Readonly<Record<string, MemoryNode>>): { root: string; system: RealSystem } {
  const root = realRoot({ [LOGS]: directory({ owner }), ...logs });
  return { root, system: new RealSystem(root, ['/opt/data']) };
}

describe('a log', () => {
  test.each(['000', '077', '777'])(
    'is made of the account, to be read by all, under the umask %s',
    (mask) => {
      const { root, system } = machine({});
      const before = process.umask(Number.parseInt(mask, 8));
      onTestFinished(() => {
        process.umask(before);
      });
      system.appendLines(LOG, ['one', 'two'], owner);
      const { mode, uid, gid } = lstatSync(root + LOG);
      expect({ mode: mode & 0o7777, uid, gid }).toEqual({ mode: 0o644, ...owner });
      expect(readFileSync(root + LOG, 'utf8')).toMatch(new RegExp(`^${TIME} one\n${TIME} two\n$`));
    },
  );

  test('that is there keeps its lines, its mode and its owner', () => {
    const { root, system } = machine({ [LOG]: file('before\n', { mode: 0o600 }) });
    const { uid, gid } = lstatSync(root + LOG);
    system.appendLines(LOG, ['after'], owner);
    expect(lstatSync(root + LOG)).toMatchObject({ uid, gid, mode: 0o100600 });
    expect(readFileSync(root + LOG, 'utf8')).toMatch(new RegExp(`^before\n${TIME} after\n$`));
  });

  test('is moved aside once it has grown to its limit, in place of the one before', () => {
    const full = 'x'.repeat(LOG_LIMIT);
    const { root, system } = machine({ [LOG]: file(full), [`${LOG}.1`]: file('older') });
    system.appendLines(LOG, ['new'], owner);
    expect(readFileSync(`${root}${LOG}.1`, 'utf8')).toBe(full);
    expect(readFileSync(root + LOG, 'utf8')).toMatch(new RegExp(`^${TIME} new\n$`));
    expect(readdirSync(root + LOGS)).toEqual(['container-boot.log', 'container-boot.log.1']);
  });

  test('stays where it is up to the last byte below its limit', () => {
    const { root, system } = machine({ [LOG]: file('x'.repeat(LOG_LIMIT - 1)) });
    system.appendLines(LOG, ['new'], owner);
    expect(readdirSync(root + LOGS)).toEqual(['container-boot.log']);
    expect(lstatSync(root + LOG).size).toBeGreaterThan(LOG_LIMIT);
  });

  test('takes the place of a link where the one before would be, and nothing behind it', () => {
    const full = file('x'.repeat(LOG_LIMIT));
    const { root, system } = machine({
      [LOG]: full,
      [`${LOG}.1`]: link('/srv/kept'),
      '/srv/kept': file('kept'),
    });
    system.appendLines(LOG, ['new'], owner);
    expect(lstatSync(`${root}${LOG}.1`).size).toBe(LOG_LIMIT);
    expect(readFileSync(`${root}/srv/kept`, 'utf8')).toBe('kept');
  });
});

describe('nothing is appended', () => {
  test.each<[string, MemoryNode, string]>([
    ['a link', link('/srv/kept'), 'ELOOP'],
    ['a link to nothing', link('/srv/new'), 'ELOOP'],
    ['a file with two names', file('shared', { nlink: 2 }), 'is no log of ours'],
    ['a FIFO that nobody reads from', special('fifo'), 'ENXIO'],
    ['a socket', special('socket'), 'ENXIO'],
    ['a directory', directory(), 'EISDIR'],
  ])('where %s is in the place of the log', (_, node, why) => {
    const { root, system } = machine({ '/srv/kept': file('kept'), [LOG]: node });
    const before = snapshot(root);
    expect(() => {
      system.appendLines(LOG, ['new'], owner);
    }).toThrow(why);
    expect(snapshot(root)).toEqual(before);
  });

  test('where somebody reads from a FIFO in the place of the log', () => {
    const { root, system } = machine({ [LOG]: special('fifo') });
    const reader = openSync(root + LOG, constants.O_RDONLY | constants.O_NONBLOCK);
    expect(() => {
      system.appendLines(LOG, ['new'], owner);
    }).toThrow('is no log of ours; wanted a regular file, one name');
    expect(readFileSync(reader, 'utf8')).toBe('');
    closeSync(reader);
  });

  test('behind a link on the way', () => {
    const root = realRoot({ '/srv': directory(), [LOGS]: link('/srv') });
    expect(() => {
      new RealSystem(root, ['/opt/data']).appendLines(LOG, ['new'], owner);
    }).toThrow(`${LOGS}, on the way to ${LOG}, is a link to /srv`);
    expect(readdirSync(`${root}/srv`)).toEqual([]);
  });
});
