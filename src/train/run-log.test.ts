import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as tf from '@tensorflow/tfjs';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { fromArray } from '../tensor/buffers/device-tensor.js';
import { compile } from '../tensor/compile.js';
import { fit } from './fit.js';
import { fingerprint } from './leaves.js';
import { run } from './run.js';
import { logRun, readLog } from './run-log.js';

const folder = mkdtempSync(join(tmpdir(), 'lemmata-log-'));
const log = join(folder, 'runs', 'log.jsonl');
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => rmSync(join(folder, 'runs'), { recursive: true, force: true }));

const decay = { step: (w: number) => ({ state: 0.9 * w, loss: 0.5 * w * w }), batch: () => null };
const about = { name: 'decay', seed: 7, config: { rate: 0.1 }, data: fingerprint({ x: Float32Array.of(1, 2) }), code: 'abc' };

describe('the run log', () => {
  it('says what each run was and how it ended', async () => {
    const training = run(1, about);
    await fit(training, { ...decay, steps: 10, log, validate: { every: 5, loss: (w) => w } });
    await fit(training, { ...decay, steps: 20, log, validate: { every: 5, loss: (w) => (training.step === 10 ? w : 1), patience: 1 } });
    const [first, second] = readLog(log);
    expect(first).toMatchObject({ ...about, from: 0, outcome: 'finished', step: 10, loss: training.losses[9], best: { step: 10 } });
    expect(second).toMatchObject({ ...about, from: 10, outcome: 'stopped early', step: 15 });
    expect(first.seconds! + second.seconds!).toBeCloseTo(training.seconds, 2);
    expect(Date.parse(second.at)).toBeGreaterThanOrEqual(Date.parse(first.at));
    expect(first.id).not.toBe(second.id);
  });

  it('tells an interrupt from a failure', async () => {
    const abort = new AbortController();
    const onStep = () => abort.abort(new Error('stop'));
    await expect(fit(run(1), { ...decay, steps: 10, log, onStep, signal: abort.signal })).rejects.toThrow('stop');
    await expect(fit(run(1), { ...decay, step: () => ({ state: 1, loss: Number.NaN }), steps: 10, log })).rejects.toThrow('NaN');
    expect(readLog(log)).toMatchObject([
      { outcome: 'interrupted', error: 'stop', step: 1 },
      { outcome: 'failed', error: expect.stringContaining('the loss is NaN at step 1') },
    ]);
  });

  it('names the file that cannot be written', async () => {
    const inside = join(fileURLToPath(import.meta.url), 'log.jsonl'); // in a file, not in a folder
    await expect(fit(run(1), { ...decay, steps: 1, log: inside })).rejects.toThrow(`fit: the log ${inside} could not be written: `);
  });

  it('knows the compiled graph, and what ran it', async () => {
    const train = async (factor: number) => {
      const step = compile((w: tf.Tensor) => ({ state: w.mul(factor), loss: w.square().sum() }), { threads: 1 });
      await fit(run(fromArray([1, 2], [2])), { step, batch: () => undefined, steps: 2, log });
    };
    for (const factor of [0.5, 0.5, 0.25]) await train(factor);
    const [a, b, c] = readLog(log);
    expect(a).toMatchObject({ graph: expect.stringMatching(/^[0-9a-f]{64}$/), threads: 1, runtime: expect.any(String) });
    expect(b.graph).toBe(a.graph);
    expect(c.graph).not.toBe(a.graph);
  });

  it('survives a crash in the middle of a line, and says that the run did not finish', async () => {
    logRun(log, run(1, { name: 'killed' }), undefined);
    appendFileSync(log, '5\n[]\n""\nnull\n{}\n{"id":"torn","outc');
    await fit(run(1, { name: 'next' }), { ...decay, steps: 2, log });
    expect(readLog(log)).toMatchObject([
      { name: 'killed', outcome: 'unfinished' },
      { name: 'next', outcome: 'finished' },
    ]);
    expect(readFileSync(log, 'utf8').split('\n')).toHaveLength(10);
  });
});
