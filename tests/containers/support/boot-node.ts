import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';

const PROJECT = join(import.meta.dirname, '../../..');
const SCRIPT = join(PROJECT, 'scripts/build/fetch-node.sh');
const KEPT = join(PROJECT, 'node_modules/.cache/hermes-boot/boot-nodes');

/** How Docker names the architectures that there is a Node for. */
export const ARCHITECTURES = ['amd64', 'arm64'] as const;

/**
 * The Node that the image boots with, fetched by the script that the Dockerfile uses, once.
 * @returns its program
 */
export async function bootNode(
  arch: string = process.arch === 'x64' ? 'amd64' : process.arch,
): Promise<string> {
  const pins = createHash('sha256').update(readFileSync(SCRIPT)).digest('hex').slice(0, 12);
  const program = join(KEPT, `${arch}-${pins}`);
  if (existsSync(program)) return program;
  mkdirSync(KEPT, { recursive: true });
  const unfinished = `${program}.${process.pid}`;
  await execa(SCRIPT, [arch, unfinished]);
  renameSync(unfinished, program);
  return program;
}
