import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { MemoryNode } from '../../src/system/memory-node.ts';
import { ACCOUNT_FILES } from './world.ts';

/** Whether these tests run as root, as a boot does. */
export const isRoot = process.geteuid?.() === 0;

/** Appended to the title of a test that is left out without root. */
export const NEEDS_ROOT = 'needs root';

/** A new directory that goes away with the test. */
export function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'hermes-boot-'));
  chmodSync(path, 0o755);
  onTestFinished(() => {
    rmSync(path, { recursive: true, force: true });
  });
  return path;
}

/** Makes entries below `root` as a world of tests/support/world.ts describes them. */
export function fill(root: string, entries: Readonly<Record<string, MemoryNode>>): void {
  for (const [path, node] of Object.entries(entries)) {
    const host = root + path;
    mkdirSync(dirname(host), { recursive: true, mode: 0o755 });
    make(host, node);
    if (isRoot) lchownSync(host, node.stat.uid, node.stat.gid);
    if (node.type !== 'link') chmodSync(host, node.stat.mode);
    for (let name = 1; node.type === 'file' && name < node.stat.nlink; name += 1) {
      linkSync(host, `${host}.link${name}`);
    }
  }
}

/** A root with the account files of a small image and these entries. */
export function realRoot(entries: Readonly<Record<string, MemoryNode>>): string {
  const root = temporaryDirectory();
  fill(root, { ...ACCOUNT_FILES, ...entries });
  return root;
}

function make(host: string, node: MemoryNode): void {
  switch (node.type) {
    case 'directory':
      mkdirSync(host, { recursive: true });
      return;
    case 'file':
      writeFileSync(host, node.content?.reveal() ?? '');
      return;
    case 'link':
      symlinkSync(node.target, host);
      return;
    case 'fifo':
      execFileSync('mkfifo', [host]);
      return;
    case 'socket':
      makeSocket(host);
      return;
    case 'device':
      throw new Error('a test world on disk has no devices');
  }
}

/** A socket stays behind only when the server that made it dies without closing it. */
function makeSocket(host: string): void {
  const script = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', script, host]);
}

/** Everything below a root but times: path -> type, owner, mode and content, one line each. */
export function snapshot(root: string, path = ''): Map<string, string> {
  const lines = new Map<string, string>();
  const visit = (below: string): void => {
    const host = root + below;
    const stats = lstatSync(host);
    const owner = `${stats.uid}:${stats.gid}`;
    const mode = (stats.mode & 0o7777).toString(8);
    if (stats.isSymbolicLink()) lines.set(below, `link ${owner} ${readlinkSync(host)}`);
    else if (stats.isFile())
      lines.set(below, `file ${owner} ${mode} ${readFileSync(host, 'latin1')}`);
    else if (stats.isDirectory()) {
      lines.set(below === '' ? '/' : below, `directory ${owner} ${mode}`);
      for (const name of readdirSync(host).sort()) visit(`${below}/${name}`);
    } else lines.set(below, `special ${owner} ${mode}`);
  };
  visit(path);
  return lines;
}

/**
 * Gives the home of a sandbox a configuration of the version that its image expects: the sandbox has
 * no helper to migrate an older one, and each boot would say so.
 */
export function withCurrentConfig(root: string): void {
  const path = join(root, 'opt/data/config.yaml');
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace(/^_config_version: .*/m, '_config_version: 12'));
}
