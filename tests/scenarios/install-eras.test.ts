import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hermesBoot } from '../support/cli.ts';
import { isRoot, NEEDS_ROOT, realRoot, snapshot } from '../support/real-root.ts';
import { directory, file } from '../support/world.ts';

/* The default plan over install trees of both eras, with and without PUID. */

const TREES = ['.venv', 'ui-tui', 'node_modules', 'gateway'];

/** An image whose install tree belongs to an owner. */
function image(owner: string): string {
  const root = realRoot({
    '/run': directory(),
    '/opt/data': directory(),
    '/opt/hermes/.env.example': file('# EXAMPLE=\n'),
    '/opt/hermes/cli-config.yaml.example': file('_config_version: 12\n'),
    '/opt/hermes/docker/SOUL.md': file('soul\n'),
  });
  for (const tree of TREES) {
    mkdirSync(`${root}/opt/hermes/${tree}/deep`, { recursive: true });
    writeFileSync(`${root}/opt/hermes/${tree}/deep/file`, '');
    execFileSync('chown', ['-R', owner, `${root}/opt/hermes/${tree}`]);
  }
  return root;
}

/** Whose the trees of an install are. */
function ownersIn(root: string): string[] {
  const paths = TREES.map((tree) => `${root}/opt/hermes/${tree}`);
  const printed = execFileSync('find', [...paths, '-printf', '%U:%G\n']).toString();
  return [...new Set(printed.trim().split('\n'))];
}

describe.skipIf(!isRoot)(`the default plan (${NEEDS_ROOT})`, () => {
  it.each([
    ['leaves a sealed tree to root', '0:0', undefined, '0:0'],
    ['leaves a sealed tree to root with PUID', '0:0', '1000', '0:0'],
    ['leaves a tree of the account to it', '10000:10000', undefined, '10000:10000'],
    ['gives a tree of the account to its new ids', '10000:10000', '1000', '1000:1000'],
    ['leaves a tree of others to them', '33:33', '1000', '33:33'],
  ])('%s', (_, built, id, expected) => {
    const root = image(built);
    const env: Record<string, string> = id === undefined ? {} : { PUID: id, PGID: id };
    const before = snapshot(root, '/opt/hermes');
    const { stdout } = hermesBoot(['plan', '--explain', '--root', root], env);
    const text = stdout.replaceAll(/\s+/g, ' ');
    const sealed = '/opt/hermes/.venv belongs to root: the install tree is sealed';
    expect(text.includes(sealed)).toBe(built === '0:0');
    expect(hermesBoot(['run', '--root', root], env).code).toBe(0);
    expect(ownersIn(root)).toEqual([expected]);
    expect(hermesBoot(['verify', '--root', root], env).code).toBe(0);
    if (built === expected) expect(snapshot(root, '/opt/hermes')).toEqual(before);
  });
});
