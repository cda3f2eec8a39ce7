import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, lstatSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { announceStop, recordIntent } from '../../src/cli/gateway/intent.ts';
import type { GatewayContext } from '../../src/cli/gateway/s6.ts';
import { readState } from '../../src/gateway/state.ts';
import type { MemoryNode } from '../../src/system/memory-node.ts';
import { RealSystem } from '../../src/system/real/real.ts';
import { isRoot, NEEDS_ROOT, realRoot, snapshot } from '../support/real-root.ts';
import { directory, file, link, special } from '../support/world.ts';

const HOME = '/opt/data';
const STATE = `${HOME}/gateway_state.json`;
const CODER = `${HOME}/profiles/coder`;
const MARKER = '.gateway-planned-stop.json';
const hermes = { uid: 10000, gid: 10000 };
const self = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };

/** A machine with a home and these entries; paths of the machine start with its root. */
function machine(entries: Readonly<Record<string, MemoryNode>>): {
  root: string;
  around: GatewayContext;
} {
  const root = realRoot({ [HOME]: directory({ owner: hermes }), ...entries });
  const around = {
    system: new RealSystem(root, [HOME]),
    home: HOME,
    scandir: '/run/service',
    isRoot,
    owner: isRoot ? hermes : self,
    isForced: false,
    account: 'hermes',
    isClosed: false,
    access: { kind: 'open', owner: isRoot ? hermes : self } as const,
    signal: new AbortController().signal,
  };
  return { root, around };
}

describe('the wanted state of a gateway', () => {
  test.each([
    ['running', true],
    ['stopped', false],
  ] as const)('%s is what the next boot goes by, whatever was there', (desired, starts) => {
    const states = [
      undefined,
      '{}',
      '{"desired_state":"running"}',
      '{"desired_state":"stopped","gateway_state":"running"}',
      '{"desired_state":["odd"],"gateway_state":"stopped"}',
      '\uFEFF{"gateway_state":"draining"}',
    ];
    for (const state of states) {
      const { around } = machine(state === undefined ? {} : { [STATE]: file(state) });
      expect(recordIntent(around, 'default', desired)).toEqual([]);
      expect(readState(around.system, HOME, '')).toMatchObject({ prior: desired, starts });
    }
  });

  test('is written into the file, and the rest of the file stays', () => {
    const state = '{"pid":7,"desired_state":"stopped","a":{"b":[null,"ä"]},"__proto__":{"x":1}}';
    const { root, around } = machine({ [`${CODER}/gateway_state.json`]: file(state) });
    expect(recordIntent(around, 'coder', 'running')).toEqual([]);
    expect(readFileSync(`${root}${CODER}/gateway_state.json`, 'utf8')).toBe(
      '{"pid":7,"desired_state":"running","a":{"b":[null,"ä"]},"__proto__":{"x":1}}\n',
    );
    expect(existsSync(root + STATE)).toBe(false);
  });

  test('replaces the file atomically: a reader reads the old one to its end', () => {
    const state = JSON.stringify({ gateway_state: 'running', filler: 'x'.repeat(50_000) });
    const { root, around } = machine({ [STATE]: file(state) });
    const before = openSync(root + STATE, 'r');
    recordIntent(around, 'default', 'stopped');
    expect(readFileSync(before, 'utf8')).toBe(state);
    closeSync(before);
    expect(readdirSync(root + HOME)).toEqual(['gateway_state.json']);
  });

  test('is not written again when it is there already', () => {
    const { root, around } = machine({ [STATE]: file('{"desired_state" : "running"}') });
    const { ino, mtimeMs } = lstatSync(root + STATE);
    expect(recordIntent(around, 'default', 'running')).toEqual([]);
    expect(lstatSync(root + STATE)).toMatchObject({ ino, mtimeMs });
  });

  test.skipIf(!isRoot)(`keeps the mode and the owner of the file (${NEEDS_ROOT})`, () => {
    const node = file('{}', { mode: 0o640, owner: '33:100' });
    const { root, around } = machine({ [STATE]: node });
    recordIntent(around, 'default', 'running');
    expect(snapshot(root, STATE).get(STATE)).toBe('file 33:100 640 {"desired_state":"running"}\n');
  });

  test('makes a file of the account, readable by all, where there is none', () => {
    const { root, around } = machine({});
    recordIntent(around, 'default', 'stopped');
    const { mode, uid, gid } = lstatSync(root + STATE);
    expect({ mode: mode & 0o7777, uid, gid }).toEqual({ mode: 0o644, ...around.owner });
  });
});

describe('nothing is written, and a warning says so,', () => {
  test.each<[string, MemoryNode, string]>([
    ['text that is not JSON', file('{"desired_state":'), `${STATE} is not a JSON object`],
    ['a list', file('["running"]'), `${STATE} is not a JSON object`],
    ['an oversized file', file(' '.repeat(70_000)), `${STATE} has 70000 bytes`],
    ['a link', link('/etc/passwd'), `${STATE} is a link to /etc/passwd`],
    ['a link to nothing', link('/etc/new'), `${STATE} is a link to /etc/new`],
    ['a directory', directory(), `${STATE} is a directory`],
    ['a FIFO', special('fifo'), `${STATE} is a fifo`],
  ])('where %s is in place of the state', (_, node, why) => {
    const { root, around } = machine({ [STATE]: node });
    const before = snapshot(root);
    const warnings = recordIntent(around, 'default', 'running');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(`running is not recorded for the next boot: ${why}`);
    expect(snapshot(root)).toEqual(before);
  });

  test.each([
    ['the profile is a link', { [CODER]: link('/srv/coder') }, 'a link to /srv/coder'],
    ['all profiles are behind a link', { [`${HOME}/profiles`]: link('/srv') }, 'a link to /srv'],
    ['the profile is gone', {}, 'gateway_state.json'],
  ])('where %s', (_, entries, why) => {
    const { root, around } = machine({ '/srv/coder': directory(), ...entries });
    const before = snapshot(root);
    const warnings = recordIntent(around, 'coder', 'stopped');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('stopped is not recorded for the next boot: ');
    expect(warnings[0]).toContain(why);
    expect(snapshot(root)).toEqual(before);
  });
});

describe('a stop on purpose', () => {
  test('is announced to exactly the process that it is for', () => {
    const gateway = spawn('cat');
    onTestFinished(() => {
      gateway.kill();
    });
    const pid = gateway.pid ?? 0;
    const { root, around } = machine({ [CODER]: directory() });
    announceStop(around, 'coder', pid);
    const path = `${root}${CODER}/${MARKER}`;
    const marker: unknown = JSON.parse(readFileSync(path, 'utf8'));
    expect(marker).toMatchObject({
      target_pid: pid,
      target_start_time: Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[21]),
      stopper_pid: process.pid,
    });
    expect(lstatSync(path).mode & 0o7777).toBe(0o600);
  });

  test('of a process that is gone, or of none, is not a failure', () => {
    const gone = spawnSync('true').pid;
    const { root, around } = machine({ [CODER]: directory() });
    announceStop(around, 'coder', null);
    expect(readdirSync(root + CODER)).toEqual([]);
    announceStop(around, 'coder', gone);
    expect(readFileSync(`${root}${CODER}/${MARKER}`, 'utf8')).toContain(
      `"target_pid":${gone},"target_start_time":null`,
    );
  });

  test('replaces a link, and nothing behind one', () => {
    const { root, around } = machine({
      [`${HOME}/${MARKER}`]: link('/srv/kept'),
      [CODER]: link('/srv'),
      '/srv/kept': file('kept'),
    });
    announceStop(around, 'default', process.pid);
    announceStop(around, 'coder', process.pid);
    expect(lstatSync(`${root}${HOME}/${MARKER}`).isFile()).toBe(true);
    expect([...snapshot(root, '/srv').keys()]).toEqual(['/srv', '/srv/kept']);
    expect(readFileSync(`${root}/srv/kept`, 'utf8')).toBe('kept');
  });
});
