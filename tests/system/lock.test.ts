import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RealSystem } from '../../src/system/real/real.ts';
import { realRoot } from '../support/real-root.ts';

const edit = { edit: 'user-ids', name: 'hermes', uid: 99, gid: 100 } as const;

/** The number of a process that has ended. */
function deadProcess(): number {
  return spawnSync('true').pid;
}

describe('editing an account file', () => {
  it('changes one record and keeps every other byte, and leaves no lock', () => {
    const root = realRoot({});
    const odd = '# a comment\n+nis:::\nbroken line\nhermes:x:10000:10000:,,:/opt/data:/bin/sh\n';
    writeFileSync(`${root}/etc/passwd`, odd);
    new RealSystem(root).editRecords('/etc/passwd', edit);
    expect(readFileSync(`${root}/etc/passwd`, 'utf8')).toBe(odd.replace('10000:10000', '99:100'));
    expect(existsSync(`${root}/etc/passwd.lock`)).toBe(false);
  });

  it('takes over a lock whose process is gone', () => {
    const root = realRoot({});
    writeFileSync(`${root}/etc/passwd.lock`, `${deadProcess()}\0`);
    const system = new RealSystem(root);
    expect(system.ask({ kind: 'abandonedLocks' })).toEqual(['/etc/passwd.lock']);
    system.editRecords('/etc/passwd', edit);
    expect(existsSync(`${root}/etc/passwd.lock`)).toBe(false);
  });

  it('takes over a lock older than the process that has its number now', () => {
    const root = realRoot({});
    writeFileSync(`${root}/etc/passwd.lock`, `${process.pid}\0`);
    utimesSync(`${root}/etc/passwd.lock`, new Date(0), new Date(0));
    expect(new RealSystem(root).ask({ kind: 'abandonedLocks' })).toEqual(['/etc/passwd.lock']);
  });

  it('respects the lock of a running process', () => {
    const root = realRoot({});
    writeFileSync(`${root}/etc/passwd.lock`, `${process.pid}\0`);
    expect(new RealSystem(root).ask({ kind: 'abandonedLocks' })).toEqual([]);
  });
});
