import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
    exclude: [...configDefaults.exclude, 'tests/long/**'],
    pool: 'forks',
    reporters: ['default', './tests/checks-reporter.ts', './tests/summary-reporter.ts'],
    testTimeout: 30_000,
  },
});
