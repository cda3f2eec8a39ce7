import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/*
 * Other releases of Node, from the packages in which the npm registry has its binaries. They are no
 * dependencies, since each has some 50 MB; without a registry the tests that run them are skipped.
 */

/** Where they are kept from one run of the tests to the next: nobody else can write there. */
const KEPT = join(import.meta.dirname, '../../node_modules/.cache/hermes-boot/nodes');

/** How long a test has that may have to get one, in milliseconds. */
export const PATIENCE = 180_000;

/** One request that fails is enough: who has no network should not wait for it. */
const ONCE = ['--fetch-retries=0', '--fetch-timeout=20000'];

/** Whether the registry has failed; it is asked no more then. */
let failed = false;

/**
 * Another release of Node for this machine.
 * @returns its program; undefined where it cannot be had
 */
export function otherNode(version: string): string | undefined {
  const program = join(KEPT, version, 'package/bin/node');
  if (existsSync(program)) return program;
  if (failed) return undefined;
  mkdirSync(KEPT, { recursive: true });
  const scratch = mkdtempSync(join(KEPT, 'new-'));
  try {
    const name = `node-${process.platform}-${process.arch}@${version}`;
    const packed = execFileSync('npm', ['pack', '--silent', ...ONCE, name], {
      cwd: scratch,
      encoding: 'utf8',
      timeout: PATIENCE / 2,
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    execFileSync('tar', ['-xzf', packed, 'package/bin/node'], { cwd: scratch });
    rmSync(join(scratch, packed));
    renameSync(scratch, join(KEPT, version));
    return program;
  } catch {
    failed = true;
    rmSync(scratch, { recursive: true, force: true });
    return undefined;
  }
}
