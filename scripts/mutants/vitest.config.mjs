import { defineConfig } from 'vitest/config';

// The tests of one file, named by scripts/mutants.mjs; no reporter that writes.
export default defineConfig({
  test: { include: JSON.parse(process.env.LEMMATA_MUTANTS_TESTS ?? '[]'), testTimeout: 120_000, reporters: [] },
});
