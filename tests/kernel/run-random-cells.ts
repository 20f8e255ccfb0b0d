import { expect } from 'vitest';
import { startKernel } from './client.js';
import { FreshProgram, RandomCells } from './random-cells.js';

const COMPARE_EVERY = 10;

/** Runs random cells in a kernel, and the same as scripts in a fresh program: after each few, every name means the same in both. */
export async function runRandomCells(seed: number, count: number): Promise<{ errors: number }> {
  const kernel = await startKernel();
  const cells = new RandomCells(seed);
  const program = new FreshProgram();
  let errors = 0;
  try {
    for (let i = 1; i <= count; i++) {
      const { cell, script } = cells.next();
      const { reply } = await kernel.run(cell, { stop_on_error: false });
      if (reply.status === 'error') errors++;
      program.run(script);
      if (i % COMPARE_EVERY) continue;
      const { text, traceback } = await kernel.run(cells.names);
      expect(text ?? traceback, `after cell ${i} of seed ${seed}, the last being ${cell.slice(0, 300)}`).toBe(
        `'${program.value(cells.names)}'`,
      );
    }
  } finally {
    await kernel.stop();
  }
  return { errors };
}
