import { defineConfig } from 'vitest/config';

/** The longer tier: experiments in full, and what takes thousands of steps or many processes. One file at a time: they time themselves. */
export default defineConfig({
  test: {
    include: ['tests/long/**/*.test.ts'],
    pool: 'forks',
    fileParallelism: false,
    reporters: ['default', './tests/support/summary-reporter.ts'],
    testTimeout: 3_600_000,
    hookTimeout: 600_000, // some copy the whole checkout first
  },
});
