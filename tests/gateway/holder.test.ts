import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { holderScript, judgeHolder, STALE_AFTER } from '../../src/gateway/holder.ts';
import { holdingOf } from '../../src/system/real/holding-of.ts';
import { openSync, closeSync } from 'node:fs';
import { temporaryDirectory } from '../support/real-root.ts';

const ME = { host: 'me', boot: 'machine-1', start: '100' };
const since = '2026-01-01T00:00:00Z';
const other = { host: 'other', boot: 'machine-1', start: '200', since };
const remote = { host: 'other', boot: 'machine-2', start: '100', since };
const fresh = STALE_AFTER - 1;

describe('who runs the gateways of a home', () => {
  test.each([
    ['nobody has said so', undefined, { locked: false }],
    ['the record is of this container', { ...ME, since }, { locked: true, age: 1 }],
    ['a container of this machine has lost its lock', other, { locked: false, age: 1 }],
    ['this container ran on another machine before', { ...remote, host: 'me' }, { age: 1 }],
    ['a container of another machine is silent', remote, { locked: false, age: STALE_AFTER }],
    ['there is a record and no time', remote, { locked: false }],
    ['there are no locks, and the record is old', other, { age: STALE_AFTER }],
  ])('is this container: %s', (_, holder, holding) => {
    expect(judgeHolder(holder, { ...ME, ...holding })).toBeUndefined();
  });

  test.each([
    ['a container of this machine has the lock', other, { locked: true, age: 9999 }],
    ['one of the same name has it', { ...other, host: 'me' }, { locked: true, age: 1 }],
    ['one of another machine has it', remote, { locked: true, age: 9999 }],
    ['one of another machine has touched the record', remote, { locked: false, age: fresh }],
    ['there are no locks, and the record is fresh', other, { age: fresh }],
  ])('is another one: %s', (_, holder, holding) => {
    const shown = `the container ${holder.host} since ${since}`;
    expect(judgeHolder(holder, { ...ME, ...holding })).toEqual({ shown });
  });

  test('is somebody where the lock is held and the record says nothing', () => {
    expect(judgeHolder(undefined, { ...ME, locked: true })).toEqual({ shown: 'another container' });
  });

  test('what a record says cannot move the cursor', () => {
    const evil = { ...other, host: 'a\n\u001B[2Jb' };
    expect(judgeHolder(evil, { ...ME, locked: true })?.shown).not.toMatch(/\p{Cc}/u);
  });
});

describe('the lock of a record', () => {
  test('is seen while a process has it, and not after that', () => {
    const directory = temporaryDirectory();
    const path = join(directory, 'record');
    writeFileSync(path, '');
    const fd = openSync(directory, 'r');
    try {
      expect(holdingOf(fd, 'record')).toMatchObject({ locked: false });
      const lock = openSync(path, 'r');
      const stdio = ['ignore', 'ignore', 'ignore', lock] as const;
      spawnSync('flock', ['--exclusive', '--nonblock', '3'], { stdio: [...stdio] });
      expect(holdingOf(fd, 'record')).toMatchObject({ locked: true });
      closeSync(lock);
      expect(holdingOf(fd, 'record')).toMatchObject({ locked: false });
    } finally {
      closeSync(fd);
    }
  });

  test('is not asked of what is not a file', () => {
    const directory = temporaryDirectory();
    spawnSync('mkfifo', [join(directory, 'record')]);
    const fd = openSync(directory, 'r');
    try {
      expect(holdingOf(fd, 'record')).not.toHaveProperty('locked');
    } finally {
      closeSync(fd);
    }
  });
});

test('the script of a holder is one that sh takes, whatever the home is called', () => {
  const script = holderScript({
    account: 'hermes',
    home: "/opt/it's $HOME",
    scandir: '/run/service',
    setuidgid: '/command/s6-setuidgid',
    svc: '/command/s6-svc',
  });
  const { status, stderr } = spawnSync('sh', ['-n'], { input: script, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
