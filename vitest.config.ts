import { defineConfig } from 'vitest/config';

// A file that makes a Debian root, or boots a hundred times, shares two cores with all others.
const common = { testTimeout: 180_000, env: { NO_COLOR: '1' } };

/**
 * Test files of these suites share processes and loaded modules: a process of its own for each of
 * more than a hundred files took more time than their tests.
 */
const SHARED = { isolate: false };

/** Suites that have a project of their own, each a directory of tests/ with its name. */
const APART = { laws: SHARED, scenarios: {}, root: {} };

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
    // By default one processor is left alone, which is half of a small machine.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          ...common,
          ...SHARED,
          name: 'parts',
          include: ['tests/**/*.test.ts'],
          exclude: directories([...Object.keys(APART), ...ELSEWHERE]),
        },
      },
      ...Object.entries(APART).map(([name, options]) => ({
        test: { ...common, ...options, name, include: directories([name]) },
      })),
    ],
  },
}));
