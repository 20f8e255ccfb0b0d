import { statSync } from 'node:fs';
import { expect, it } from 'vitest';
import { startKernel } from '../kernel/client.js';
import { endedAfter } from '../kernel/ending.js';
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

it.each(['SIGKILL', 'SIGTERM', 'SIGHUP'] as const)(
  'nothing is left of a kernel that gets %s at twenty moments of its first three seconds',
  async (signal) => {
    const moments = Array.from({ length: 20 }, (_, i) => 150 * i);
    for (let i = 0; i < moments.length; i += 4) {
      const left = await Promise.all(moments.slice(i, i + 4).map((ms) => endedAfter(ms, signal)));
      expect(left.flat()).toEqual([]);
    }
  },
  300_000,
);
