import { dirname, join } from 'node:path';
import { checkCodeCaches, Untrained, writeCodeCaches } from './code-cache.ts';

/*
 * dist/code-cache.cjs: makes the code caches beside it anew, for the Node that runs it. With
 * --check, only says which of them do not fit, and fails where there is one.
 */

const program = join(dirname(process.argv[1] ?? ''), 'hermes-boot.cjs');

void main();

async function main(): Promise<void> {
  try {
    if (!process.argv.includes('--check')) await writeCodeCaches(program);
  } catch (error) {
    if (!(error instanceof Untrained)) throw error;
    process.stderr.write(error.message);
    process.exitCode = 1;
    return;
  }
  const problems = checkCodeCaches(program);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
