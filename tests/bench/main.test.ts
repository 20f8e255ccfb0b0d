import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const bench = (...args: string[]) =>
  promisify(execFile)(process.execPath, ['--import', './tests/typescript.mjs', 'bench/main.ts', ...args], { cwd: root });
const short = ['--only', 'W5', '--rounds', '1', '--seconds', '0.05', '--python', 'no-such-python'];

describe('npm run bench', () => {
  it('says that PyTorch is absent and prints our own times with threads and load', async () => {
    const { stdout } = await bench(...short);
    expect(stdout).toMatch(/1 thread; load \d/);
    expect(stdout).toContain('PyTorch: absent, so ours alone');
    expect(stdout).toMatch(/W5 {2}DQN.*\n {2}openvino +[\d.]+ +[\d.]+\n {2}onnxruntime +[\d.]+ +[\d.]+\n {2}losses after 50 steps agree/);
  }, 60_000);

  it('gives the same as JSON', async () => {
    const { rows, threads } = JSON.parse((await bench(...short, '--json')).stdout);
    expect(threads).toBe(1);
    const [first, second] = rows;
    expect([first.by, second.by]).toEqual(['openvino', 'onnxruntime']);
    expect(first.fastest).toBeLessThanOrEqual(first.median);
    expect(Math.abs(first.loss - second.loss)).toBeLessThan(1e-3 * first.loss);
  }, 60_000);

  it('names the workloads where there is no such one', async () => {
    await expect(bench('--only', 'W7')).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there are W1, W2, W3, W4, W5, W6'),
    });
  }, 60_000);
});
