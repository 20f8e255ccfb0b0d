import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const bench = (...args: string[]) =>
  promisify(execFile)(process.execPath, ['--import', './scripts/typescript.mjs', 'bench/main.ts', ...args], { cwd: root });
const short = ['--only', 'W5', '--rounds', '1', '--seconds', '0.05'];

describe('npm run bench', () => {
  it('names the peers that are absent, and compares with those that npm brought', async () => {
    const { stdout } = await bench(...short, '--peers', 'torch,jax-js,tfjs', '--python', 'no-such-python');
    expect(stdout).toMatch(/at most 1 and 2 threads; load \d/);
    expect(stdout).toMatch(/torch +absent: pip install/);
    expect(stdout).toMatch(/W5 {2}DQN.*\n {2}lemmata openvino, 1 +[\d.]+ +[\d.]+/);
    expect(stdout).toMatch(/at 1: [\d.]+ × jax-js \(95 % ≥ [\d.]+\), by openvino on 1/);
    expect(stdout).toMatch(/at 2: [\d.]+ × tfjs/);
    expect(stdout).toMatch(/losses agree to \de-\d/);
  }, 120_000);

  it('gives each measurement as a line of JSON', async () => {
    const { stdout } = await bench(...short, '--peers', '', '--threads', '1', '--json');
    const [first, second, ...none] = stdout
      .trim()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
    expect(none).toEqual([]);
    expect([first.runtime, second.runtime]).toEqual(['openvino', 'onnxruntime']);
    expect(first).toMatchObject({ workload: 'W5', framework: 'lemmata', threads: 1 });
    expect(first.fastestUs).toBeLessThanOrEqual(first.medianUs);
    expect(Math.abs(first.loss - second.loss)).toBeLessThan(1e-3 * first.loss);
  }, 60_000);

  it('names what there is where something is asked for that is not', async () => {
    const refused = (...args: string[]) => expect(bench(...args)).rejects;
    await refused('statistics', '--only', 'hax').toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there are load, csv, rolling, rank, ols, hac, '),
    });
    await refused('statistics', '--python', 'none').toMatchObject({
      code: 2,
      stderr: expect.stringContaining('and vectorbt are absent: pip install'),
    });
    await refused('--only', 'W7').toMatchObject({ code: 2, stderr: expect.stringContaining('there are W1, W1-predict, W2, ') });
    await refused('--peers', 'tofch').toMatchObject({ code: 2, stderr: expect.stringContaining('there are torch, jax, tfjs, jax-js') });
    await refused('compiling').toMatchObject({ code: 2, stderr: expect.stringContaining('there are training, agents, book, citations, ') });
    await refused('compile', '--only', 'W2').toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there are W2x512, W2x4096, W1x200, W3x12'),
    });
    await refused('--threads', '0').toMatchObject({ code: 2, stderr: expect.stringContaining('whole numbers above 0') });
  }, 60_000);
});
