import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Content } from '../../src/system/content.ts';
import { everythingTo } from '../../src/system/owner-rule.ts';
import { RealSystem } from '../../src/system/real/real.ts';
import { isRoot, NEEDS_ROOT, realRoot, snapshot } from '../support/real-root.ts';
import { directory, file, link, special } from '../support/world.ts';

const self = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };
const { signal } = new AbortController();

describe('paths below a root', () => {
  it('lead through absolute links to places inside the root', () => {
    const root = realRoot({ '/run': directory(), '/var/run': link('/run') });
    const system = new RealSystem(root);
    system.writeFile('/var/run/x', Content.ofText('here'), 0o644, self);
    expect(readFileSync(`${root}/run/x`, 'utf8')).toBe('here');
    expect(existsSync('/run/x')).toBe(false);
    expect(system.resolve('/var/run/x')).toEqual({ kind: 'path', path: '/run/x' });
  });

  it('cannot leave the root through a link full of dots', () => {
    const root = realRoot({ '/tmp': directory(), '/out': link('../../../../../../../tmp') });
    const system = new RealSystem(root);
    expect(system.resolve('/out/x')).toEqual({ kind: 'path', path: '/tmp/x' });
  });

  it('end at a link loop instead of turning in it', () => {
    const root = realRoot({ '/a': link('/b'), '/b': link('/a') });
    expect(new RealSystem(root).look('/a/x')).toMatchObject({ type: 'behind-link' });
  });

  it('stop at every link in a guarded tree, whoever made it', () => {
    const root = realRoot({ '/opt/data': directory(), '/opt/data/home': link('/etc') });
    const system = new RealSystem(root, ['/opt/data']);
    expect(system.look('/opt/data/home/passwd')).toEqual({
      type: 'behind-link',
      link: '/opt/data/home',
      target: '/etc',
    });
    expect(() => {
      system.writeFile('/opt/data/home/passwd', Content.ofText(''), 0o644, self);
    }).toThrow('/opt/data/home, on the way to /opt/data/home/passwd, is a link to /etc');
  });

  it.skipIf(!isRoot)(`stop at a link that somebody other than root made (${NEEDS_ROOT})`, () => {
    const root = realRoot({
      '/srv': directory({ owner: '1000:1000' }),
      '/srv/trap': link('/etc', { owner: '1000:1000' }),
      '/open': directory({ mode: 0o777 }),
      '/open/trap': link('/etc'),
    });
    const system = new RealSystem(root);
    expect(system.look('/srv/trap/passwd').type).toBe('behind-link');
    expect(system.look('/open/trap/passwd').type).toBe('behind-link');
  });
});

describe('reading', () => {
  it('does not wait for a writer when a FIFO lies where a file belongs', () => {
    const root = realRoot({ '/stamp': special('fifo') });
    expect(() => new RealSystem(root).read('/stamp')).toThrow('/stamp is a fifo');
  });

  it('refuses a file larger than its limit before reading any of it', () => {
    const root = realRoot({ '/big': file('x'.repeat(2000)) });
    expect(() => new RealSystem(root).read('/big', 1000)).toThrow('/big has 2000 bytes');
  });

  it('does not follow a link in place of the file', () => {
    const root = realRoot({ '/link': link('/etc/passwd') });
    expect(() => new RealSystem(root).read('/link')).toThrow('ELOOP');
  });
});

describe('writing a file', () => {
  it('replaces a link itself and leaves its target alone', () => {
    const root = realRoot({ '/target': file('kept'), '/name': link('/target') });
    new RealSystem(root).writeFile('/name', Content.ofText('new'), 0o600, self);
    expect(readFileSync(`${root}/target`, 'utf8')).toBe('kept');
    expect(lstatSync(`${root}/name`).isFile()).toBe(true);
  });

  it('takes away what an interrupted write left, be it a link', () => {
    const root = realRoot({
      '/d/victim': file('kept'),
      '/d/.name.hermes-boot': link('victim'),
      '/d/name': file('old'),
    });
    new RealSystem(root).writeFile('/d/name', Content.ofText('new'), 0o600, self);
    expect(readdirSync(`${root}/d`).sort()).toEqual(['name', 'victim']);
    expect(readFileSync(`${root}/d/victim`, 'utf8')).toBe('kept');
  });

  it('leaves nothing beside a directory that stands in its way', () => {
    const root = realRoot({ '/d/name': directory() });
    expect(() => {
      new RealSystem(root).writeFile('/d/name', Content.ofText(''), 0o600, self);
    }).toThrow('name is a directory');
    expect(readdirSync(`${root}/d`)).toEqual(['name']);
  });
});

describe.skipIf(!isRoot)(`owning a tree (${NEEDS_ROOT})`, () => {
  const hermes = { uid: 1000, gid: 1000 };

  it('changes user and group of everything wrong, and of links themselves, never of their targets', async () => {
    const root = realRoot({
      '/opt/data/tree/deep/file': file(''),
      '/opt/data/tree/right': file('', { owner: '1000:1000' }),
      '/opt/data/tree/group': file('', { owner: '1000:10000' }),
      '/opt/data/tree/link': link('/etc/passwd'),
      '/opt/data/other': file(''),
    });
    const before = snapshot(root, '/etc');
    const system = new RealSystem(root, ['/opt/data']);
    const scan = await system.scanOwners('/opt/data/tree', everythingTo(hermes), signal);
    expect(scan).toMatchObject({ entries: 6, wrong: 5 });
    await system.setTreeOwner('/opt/data/tree', everythingTo(hermes), { signal });
    expect(await system.scanOwners('/opt/data/tree', everythingTo(hermes), signal)).toMatchObject({
      wrong: 0,
    });
    expect(snapshot(root, '/etc')).toEqual(before);
    expect(lstatSync(`${root}/opt/data/other`).uid).toBe(0);
  });

  it('leaves files with several names alone, and says so', async () => {
    const root = realRoot({ '/tree/shared': file('x', { nlink: 2 }) });
    const system = new RealSystem(root);
    const scan = await system.scanOwners('/tree', everythingTo(hermes), signal);
    expect(scan.hardLinked.count).toBe(2);
    await system.setTreeOwner('/tree', everythingTo(hermes), { signal });
    expect(lstatSync(`${root}/tree/shared`).uid).toBe(0);
    expect(lstatSync(`${root}/tree`).uid).toBe(1000);
  });

  it('copes with names that are no text and trees deeper than there are descriptors', async () => {
    const root = realRoot({ '/tree': directory() });
    writeFileSync(
      Buffer.concat([Buffer.from(`${root}/tree/`), Buffer.from([0xff, 0x0a, 0x27])]),
      '',
    );
    const script = `cd "$1/tree"; i=0; while [ $i -lt 1500 ]; do mkdir d && cd d; i=$((i+1)); done; : > end`;
    execFileSync('sh', ['-c', script, 'sh', root]);
    const system = new RealSystem(root);
    await system.setTreeOwner('/tree', everythingTo(hermes), { signal });
    const wrong = execFileSync('find', [`${root}/tree`, '!', '-uid', '1000']).toString();
    expect(wrong).toBe('');
  });

  it('stops at its time limit and is seen as unfinished afterwards', async () => {
    const root = realRoot({ '/tree': directory() });
    for (let index = 0; index < 1100; index += 1) writeFileSync(`${root}/tree/${index}`, '');
    mkdirSync(`${root}/tree/more`);
    const system = new RealSystem(root);
    await expect(
      system.setTreeOwner('/tree', everythingTo(hermes), { signal: AbortSignal.abort() }),
    ).rejects.toThrow('time ran out while setting the owners below /tree');
    expect(lstatSync(`${root}/tree`).uid).toBe(0);
  });

  it('clears the set-uid bit of what it gives away, as the kernel does', async () => {
    const root = realRoot({ '/tree/tool': file('', { mode: 0o4755 }) });
    await new RealSystem(root).setTreeOwner('/tree', everythingTo(hermes), { signal });
    expect(lstatSync(`${root}/tree/tool`).mode & 0o7777).toBe(0o755);
  });
});
