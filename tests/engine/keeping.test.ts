import { describe, expect, it } from 'vitest';
import { keepsNothing, keepsRights, type Mount } from '../../src/system/mounts.ts';
import { bootOf, bootPlan, changeLines, plannedOf } from '../support/boot.ts';
import { PretendingSystem } from '../support/pretending.ts';
import { directory, file, world } from '../support/world.ts';

const mount = (type: string, ...options: readonly string[]): Mount => {
  return { readOnly: false, noExec: false, type, options };
};

describe('where the kernel says that nothing is kept', () => {
  it.each([
    ['of FAT and exFAT', mount('vfat'), true],
    ['of exFAT', mount('exfat', 'uid=1000'), true],
    ['of CIFS with a mode for all files', mount('cifs', 'uid=10000', 'file_mode=0755'), true],
    [
      'not of CIFS that keeps modes as access lists',
      mount('cifs', 'file_mode=0755', 'cifsacl'),
      false,
    ],
    ['not of CIFS with the extensions of Unix', mount('cifs', 'unix'), false],
    ['not of a local disk', mount('ext4'), false],
    ['not of FUSE, which may be anything', mount('fuse.sshfs', 'user_id=0'), false],
  ])('%s', (_, of, expected) => {
    expect(keepsNothing(of)).toBe(expected);
  });

  it('and a refusal is about the file system where that is not known to keep everything', () => {
    expect(['ext4', 'xfs', 'overlay', 'tmpfs'].map((type) => keepsRights(mount(type)))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(['9p', 'cifs', 'fuse', 'virtiofs'].some((type) => keepsRights(mount(type)))).toBe(false);
  });
});

const PLAN = bootPlan(`
version: 1
name: modes
description: A plan.
home: /share
steps:
  - { id: env, uses: file.mode, with: { path: /share/.env, mode: "0600" } }
  - { id: key, uses: file.mode, with: { path: /share/key, mode: "0600" } }
`);

const FILES = { '/share': directory(), '/share/.env': file('x'), '/share/key': file('y') };
const FORGED = JSON.stringify({
  about: 'hermes-boot mounts',
  version: 1,
  mounts: [
    {
      mount: 'nfs4 /share',
      modes: [{ kind: 'file', asked: 0o600, shown: 0o644, how: 'ignored' }],
    },
  ],
});

describe('a memory that the account has written', () => {
  const memory = file(FORGED, { owner: '10000:10000', mode: 0o666 });

  it('keeps no file open: the run tries again, and closes all', async () => {
    const system = world(
      { ...FILES, '/share/.hermes-boot.mounts': memory },
      { served: ['/share'] },
    );
    const report = await bootOf(PLAN, system);
    expect(report.status).toBe('done');
    expect(report.shortcomings).toEqual([]);
    for (const path of ['/share/.env', '/share/key']) {
      expect(system.look(path)).toMatchObject({ stat: { mode: 0o600 } });
    }
    expect(system.look('/share/.hermes-boot.mounts').type).toBe('missing');
  });

  it('is not even read on a file system that keeps owners', async () => {
    const system = world(
      { ...FILES, '/share/.hermes-boot.mounts': memory },
      { mounts: ['/share'] },
    );
    expect(changeLines(await plannedOf(PLAN, system))).toHaveLength(2);
  });
});

it('what others can read and should not is reported by name, secrets first', async () => {
  const system = new PretendingSystem(world(FILES, { served: ['/share'] }), '/share', {
    mode: 'ignored',
    user: 'kept',
    group: 'kept',
  });
  const { shortcomings } = await bootOf(PLAN, system);
  expect(shortcomings.map(({ cause }) => cause.effect)).toEqual([
    '/share/.env and /share/key can be read by everybody who reaches the share.',
  ]);
});
