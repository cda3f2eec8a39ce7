import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where other releases of Node are kept from one run of the tests to the next. */
const KEPT = join(tmpdir(), 'hermes-boot-nodes');

/** How long the npm registry has for one of them, in milliseconds. */
const PATIENCE = 120_000;

/**
 * Another release of Node for this machine, as the npm registry has it.
 * @returns its program; undefined where it cannot be had
 */
export function otherNode(version: string): string | undefined {
  const program = join(KEPT, version, 'package/bin/node');
  if (existsSync(program)) return program;
  mkdirSync(KEPT, { recursive: true });
  const scratch = mkdtempSync(join(KEPT, 'new-'));
  try {
    const name = `node-linux-${process.arch}@${version}`;
    const packed = execFileSync('npm', ['pack', '--silent', name], {
      cwd: scratch,
      encoding: 'utf8',
      timeout: PATIENCE,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    execFileSync('tar', ['-xzf', packed.trim(), 'package/bin/node'], { cwd: scratch });
    rmSync(join(scratch, packed.trim()));
    renameSync(scratch, join(KEPT, version));
    return program;
  } catch {
    rmSync(scratch, { recursive: true, force: true });
    return undefined;
  }
}
