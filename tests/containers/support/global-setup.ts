import { spawnSync } from 'node:child_process';
import type { TestProject } from 'vitest/node';
import { lackingForBase } from './debian.ts';
import { ENGINE } from './engine.ts';
import { buildImage } from './images.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** What this machine lacks for tests in containers; empty when it lacks nothing. */
    readonly lacking: string;
    /** The id of the image under test. */
    readonly image: string;
  }
}

/** Builds the image once for all test files. */
export default async function setup({ provide }: TestProject): Promise<void> {
  const lacking = lackingEngine() ?? lackingForBase() ?? '';
  provide('lacking', lacking);
  provide('image', lacking === '' ? await buildImage() : '');
}

function lackingEngine(): string | undefined {
  return spawnSync(ENGINE, ['info']).status === 0 ? undefined : `a working ${ENGINE}`;
}
