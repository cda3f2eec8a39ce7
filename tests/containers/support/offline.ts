import { join } from 'node:path';
import { execa } from 'execa';
import type { Ended } from './engine.ts';

const CLI = join(import.meta.dirname, '../../../dist/hermes-boot.cjs');

/** Plans on this machine, from facts that were taken in a container. */
export async function offlinePlan(plan: string, facts: string): Promise<Ended> {
  const words = [CLI, 'plan', plan, '--json', '--facts', '-'];
  const { exitCode, stdout, stderr } = await execa(process.execPath, words, {
    env: {},
    extendEnv: false,
    input: facts,
    reject: false,
  });
  return { code: exitCode ?? -1, stdout, stderr };
}
