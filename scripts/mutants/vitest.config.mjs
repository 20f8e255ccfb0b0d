import { basename } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';

/** Unit tests before theorems, which simulate: the first failure ends a mutant's run. */
class UnitTestsFirst extends BaseSequencer {
  /**
   * @override
   * @param {Parameters<BaseSequencer['sort']>[0]} files
   */
  async sort(files) {
    const simulates = (/** @type {{ moduleId: string }} */ { moduleId }) => Number(basename(moduleId).includes('.theorem.'));
    return [...files].sort((a, b) => simulates(a) - simulates(b));
  }
}

// The tests of one file, named by scripts/mutants.mjs; no reporter that writes.
export default defineConfig({
  test: {
    include: JSON.parse(process.env.LEMMATA_MUTANTS_TESTS ?? '[]'),
    testTimeout: 120_000,
    reporters: [],
    sequence: { sequencer: UnitTestsFirst },
  },
});
