import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    exclude: ['tests/containers/**', 'tests/long/**'],
    // Scenarios run the program as it is in an image.
    globalSetup: ['tests/support/build.ts'],
    testTimeout: 60_000,
    env: { NO_COLOR: '1' },
  },
});
