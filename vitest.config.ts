import { defineConfig } from 'vitest/config';

const common = { testTimeout: 60_000, env: { NO_COLOR: '1' } };

/** Suites that have a project of their own, each a directory of tests/. */
const APART = ['laws', 'scenarios', 'root'];

/** Suites that have a configuration of their own. */
const ELSEWHERE = ['containers', 'long'];

function directories(names: readonly string[]): string[] {
  return names.map((name) => `tests/${name}/**/*.test.ts`);
}

/**
 * The suites that a checkout can run on any machine. `--project` chooses some of them; with
 * `--mode short` laws try only a few generated worlds.
 */
export default defineConfig(({ mode }) => ({
  test: {
    // Scenarios run the program as it is in an image.
    globalSetup: ['tests/support/build.ts'],
    provide: { laws: mode === 'short' ? 'short' : 'full' },
    projects: [
      {
        test: {
          ...common,
          name: 'parts',
          include: ['tests/**/*.test.ts'],
          exclude: directories([...APART, ...ELSEWHERE]),
        },
      },
      ...APART.map((name) => ({ test: { ...common, name, include: directories([name]) } })),
    ],
  },
}));
