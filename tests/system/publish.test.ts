import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { slotLayout } from '../../src/gateway/slot-layout.ts';
import type { Owner } from '../../src/system/entry.ts';
import type { MemoryNode } from '../../src/system/memory-node.ts';
import type { NewDirectory } from '../../src/system/new-directory.ts';
import { RealSystem } from '../../src/system/real/real.ts';
import { CLI } from '../support/cli.ts';
import { fill, isRoot, NEEDS_ROOT, realRoot, snapshot } from '../support/real-root.ts';
import { directory, file, link, special } from '../support/world.ts';

const owner = isRoot
  ? { uid: 10000, gid: 10000 }
  : { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };

const OPTIONS = {
  profile: 'default',
  account: 'hermes',
  home: '/opt/data',
  env: {},
  contenv: undefined,
  setuidgid: '/usr/bin/s6-setuidgid',
  log: '/usr/bin/s6-log',
  starts: false,
};

const SLOT = slotLayout({ ...OPTIONS, access: { kind: 'open', owner } });

/** Where slots are published. */
const AT = '/run/service/gateway-default';

function withUmask(mask: string): void {
  const before = process.umask(Number.parseInt(mask, 8));
  onTestFinished(() => {
    process.umask(before);
  });
}

/** What a snapshot has to say of a publication. */
function expected({ parts, mode, ...top }: NewDirectory, path: string): Record<string, string> {
  const shown = ({ uid, gid }: Owner): string => `${uid}:${gid}`;
  const lines = parts.map((part): [string, string] => {
    const who = shown(part.owner ?? top.owner);
    const kind = part.type === 'fifo' ? 'special' : part.type;
    const content = part.type === 'file' ? ` ${Buffer.from(part.content.reveal()).toString()}` : '';
    return [`${path}/${part.name}`, `${kind} ${who} ${part.mode.toString(8)}${content}`];
  });
  return Object.fromEntries([
    [path, `directory ${shown(top.owner)} ${mode.toString(8)}`],
    ...lines,
  ]);
}

describe('a published directory', () => {
  test.each(['000', '022', '077'])('has the modes that it should under the umask %s', (mask) => {
    const root = realRoot({ '/run/service': directory() });
    withUmask(mask);
    new RealSystem(root).publish(AT, SLOT);
    expect(Object.fromEntries(snapshot(root, AT))).toEqual(expected(SLOT, AT));
    for (const control of ['supervise/control', 'log/supervise/control']) {
      expect(lstatSync(`${root}${AT}/${control}`).isFIFO()).toBe(true);
    }
    expect(readdirSync(`${root}/run/service`)).toEqual(['gateway-default']);
  });

  test.skipIf(!isRoot)(
    `is root's where it is closed, and a group gets to its control and status (${NEEDS_ROOT})`,
    () => {
      const root = realRoot({ '/run/service': directory() });
      const slot = slotLayout({ ...OPTIONS, access: { kind: 'closed', group: 10000 } });
      new RealSystem(root).publish(AT, slot);
      const found = Object.fromEntries(snapshot(root, AT));
      expect(found).toEqual(expected(slot, AT));
      expect(Object.entries(found).filter(([, line]) => !line.includes(' 0:0 '))).toEqual(
        ['log/', ''].flatMap((below) => [
          [`${AT}/${below}supervise`, 'directory 0:10000 710'],
          [`${AT}/${below}supervise/control`, 'special 0:10000 660'],
          [`${AT}/${below}supervise/lock`, 'file 0:10000 640 '],
        ]),
      );
    },
  );

  test.each<[string, Readonly<Record<string, MemoryNode>>]>([
    ['half a directory', { '/log/run': file('old'), '/supervise/control': special('fifo') }],
    ['a directory', { '': directory({ mode: 0o1777 }) }],
    ['a file', { '': file('old') }],
    ['a link', { '': link('/srv') }],
    ['a directory with a link in it', { '/log': link('/srv') }],
  ])('replaces what an interrupted one left, be it %s', (_, leftover) => {
    const root = realRoot({ '/srv/run': file('kept'), '/run/service': directory() });
    for (const [below, node] of Object.entries(leftover)) {
      fill(root, { [`/run/service/.gateway-default.tmp${below}`]: node });
    }
    new RealSystem(root).publish(AT, SLOT);
    expect(Object.fromEntries(snapshot(root, AT))).toEqual(expected(SLOT, AT));
    expect(readdirSync(`${root}/run/service`)).toEqual(['gateway-default']);
    expect(readdirSync(`${root}/srv`)).toEqual(['run']);
  });

  test.each<[string, string, MemoryNode]>([
    ['a directory with something in it', '/run', file('kept')],
    ['a file', '', file('kept')],
    ['a link', '', link('/srv')],
  ])('takes no place that is taken by %s, and leaves nothing beside it', (_, below, node) => {
    const root = realRoot({ '/srv/run': file('kept'), [AT + below]: node });
    const before = snapshot(root);
    expect(() => {
      new RealSystem(root).publish(AT, SLOT);
    }).toThrow(`making ${AT}: `);
    expect(snapshot(root)).toEqual(before);
  });

  test('is not there at all when it fails half-way', () => {
    const root = realRoot({ '/run/service': directory() });
    const late = { type: 'fifo', name: 'missing/control', mode: 0o600 } as const;
    expect(() => {
      new RealSystem(root).publish(AT, { ...SLOT, parts: [...SLOT.parts, late] });
    }).toThrow('mkfifo ended with 1');
    expect(readdirSync(`${root}/run/service`)).toEqual([]);
  });

  test('that is unpublished is hidden from s6, in place of what is hidden there already', () => {
    const root = realRoot({ '/run/service/.gateway-default.tmp/old': file('') });
    const system = new RealSystem(root);
    system.createDirectory(AT, 0o755, owner);
    expect(system.unpublish(AT)).toBe('/run/service/.gateway-default.tmp');
    expect(readdirSync(`${root}/run/service/.gateway-default.tmp`)).toEqual([]);
    expect(existsSync(root + AT)).toBe(false);
  });

  const canDrop = spawnSync('setpriv', ['--bounding-set=-fowner', 'true']).status === 0;
  test.skipIf(!isRoot || !canDrop)(
    `takes neither CAP_FOWNER nor CAP_FSETID (${NEEDS_ROOT} and setpriv)`,
    () => {
      const root = realRoot({
        '/run/service': directory(),
        '/opt/data': directory({ owner: '10000:10000' }),
      });
      const boot = [process.execPath, CLI, 'run', 'reconcile-profiles', '--root', root];
      const without = ['--bounding-set=-fowner,-fsetid', ...boot];
      expect(spawnSync('setpriv', without, { encoding: 'utf8' }).stderr).toContain(': done');
      const slot = snapshot(root, AT);
      expect(slot.get(`${AT}/supervise`)).toBe('directory 0:10000 710');
      expect(slot.get(`${AT}/run`)).toContain('file 0:0 755 #!');
    },
  );
});
