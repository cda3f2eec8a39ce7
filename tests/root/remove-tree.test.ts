import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { RealSystem } from '../../src/system/real/real.ts';
import { realRoot, snapshot } from '../support/real-root.ts';
import { directory, file, link, special } from '../support/world.ts';

/** Runs a script of sh with a path as its first argument. */
function shell(script: string, path: string): void {
  execFileSync('sh', ['-ec', script, 'sh', path]);
}

describe('removing a tree', () => {
  test('takes away files, links, FIFOs and sockets, and nothing behind a link', () => {
    const root = realRoot({
      '/srv/kept/file': file('kept'),
      '/slot/run': file('', { mode: 0 }),
      '/slot/log': directory({ mode: 0o3730 }),
      '/slot/log/control': special('fifo'),
      '/slot/log/socket': special('socket'),
      '/slot/log/up': link('..'),
      '/slot/absolute': link('/srv/kept'),
      '/slot/relative': link('../srv/kept'),
      '/slot/nowhere': link('nowhere'),
      '/slot/itself': link('itself'),
    });
    const before = snapshot(root, '/srv');
    new RealSystem(root).removeTree('/slot');
    expect(existsSync(`${root}/slot`)).toBe(false);
    expect(snapshot(root, '/srv')).toEqual(before);
  });

  test('takes one name of a file with several away, and leaves the others their content', () => {
    const root = realRoot({ '/slot/one': file('kept') });
    shell('ln "$1/slot/one" "$1/two"; chmod 640 "$1/two"', root);
    new RealSystem(root).removeTree('/slot');
    expect(snapshot(root, '/two').get('/two')).toMatch(/^file \S+ 640 kept$/);
  });

  test('removes a link in the place of the tree, and not what it points to', () => {
    const root = realRoot({ '/srv/file': file('kept'), '/slot': link('/srv') });
    new RealSystem(root).removeTree('/slot');
    expect(lstatSync(`${root}/slot`, { throwIfNoEntry: false })).toBeUndefined();
    expect(readdirSync(`${root}/srv`)).toEqual(['file']);
  });

  test('of which there is nothing is no failure', () => {
    const root = realRoot({});
    new RealSystem(root).removeTree('/slot');
    expect(existsSync(`${root}/slot`)).toBe(false);
  });

  test('does not go through a link on the way in a guarded tree', () => {
    const root = realRoot({ '/srv/slot/file': file('kept'), '/opt/data/run': link('/srv') });
    expect(() => {
      new RealSystem(root, ['/opt/data']).removeTree('/opt/data/run/slot');
    }).toThrow('/opt/data/run, on the way to /opt/data/run/slot, is a link to /srv');
    expect(existsSync(`${root}/srv/slot/file`)).toBe(true);
  });

  test('copes with names that are no text', () => {
    const root = realRoot({ '/slot': directory() });
    const odd = [[0xff, 0x0a, 0x27], [0xfe], [...Buffer.from('-rf *\n')], [0xef, 0xbf, 0xbd]];
    for (const name of odd) {
      const path = Buffer.concat([Buffer.from(`${root}/slot/`), Buffer.from(name)]);
      writeFileSync(path, '');
    }
    shell('cd "$1/slot"; d=$(printf "d\\377"); mkdir -p "$d/$d" "$d/\nb"; : > "$d/$d/x"', root);
    new RealSystem(root).removeTree('/slot');
    expect(existsSync(`${root}/slot`)).toBe(false);
  });

  test('goes deeper than it keeps directories open', () => {
    const root = realRoot({ '/slot': directory() });
    shell('cd "$1/slot"; i=0; while [ $i -lt 300 ]; do mkdir d; cd d; i=$((i+1)); done', root);
    new RealSystem(root).removeTree('/slot');
    expect(existsSync(`${root}/slot`)).toBe(false);
  });

  test('clears a thousand directories beside each other, and never more than ten thousand', () => {
    const root = realRoot({ '/wide': directory(), '/wider': directory() });
    shell('cd "$1/wide"; seq 1000 | xargs mkdir; cd ../wider; seq 10001 | xargs mkdir', root);
    const system = new RealSystem(root);
    system.removeTree('/wide');
    expect(existsSync(`${root}/wide`)).toBe(false);
    expect(() => {
      system.removeTree('/wider');
    }).toThrow('wider has more than 10000 directories in it');
    expect(existsSync(`${root}/wider`)).toBe(true);
  });

  test('refuses one that a mount lies in', () => {
    // Nobody can remove anything there, whatever becomes of the refusal.
    expect(() => {
      new RealSystem('/').removeTree('/proc');
    }).toThrow('/proc is a mount of its own');
  });
});
