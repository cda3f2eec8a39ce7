import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/containers/**/*.test.ts'],
    globalSetup: 'tests/containers/support/global-setup.ts',
    testTimeout: 120_000,
    // The tests mostly wait for containers to start.
    maxWorkers: 3,
    env: { NO_COLOR: '1' },
  },
});
