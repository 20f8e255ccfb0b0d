import { expect, it } from 'vitest';
import { runRandomCells } from './run-random-cells.js';

it('a hundred random cells leave the kernel alive, and its names as a fresh program has them', async () => {
  const { errors } = await runRandomCells(1, 100);
  expect(errors).toBeGreaterThan(15); // the generator does try
}, 120_000);
