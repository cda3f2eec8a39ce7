import { defineConfig } from 'vitest/config';

/** What takes too long for each change: campaigns of a thousand boots and more. */
export default defineConfig({
  test: {
    include: ['tests/long/**/*.test.ts'],
    globalSetup: ['tests/support/build.ts'],
    testTimeout: 3_600_000,
    env: { NO_COLOR: '1' },
  },
});
