import { statSync } from 'node:fs';
import { expect, it } from 'vitest';
import { startKernel } from '../kernel/client.js';
import { runRandomCells } from '../kernel/run-random-cells.js';

it('a thousand random cells leave the kernel alive, and its names as a fresh program has them', async () => {
  const start = performance.now();
  const { errors } = await runRandomCells(2, 1000);
  console.log(`1,000 cells, ${errors} of them in error, in ${((performance.now() - start) / 1000).toFixed(0)} s`);
  expect(errors).toBeGreaterThan(150);
});

it('a gigabyte of output does not end the kernel, and its file holds all of it', async () => {
  const kernel = await startKernel();
  const { stdout } = await kernel.run("const part = 'y'.repeat(2 ** 26) + '\\n'; for (let i = 0; i < 16; i++) process.stdout.write(part);");
  expect(statSync(/ends: (\S+)\n$/.exec(stdout)![1]).size).toBe(16 * (2 ** 26 + 1));
  expect((await kernel.run('part.length')).text).toBe(String(2 ** 26 + 1));
  await kernel.stop();
});
