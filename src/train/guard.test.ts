import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { crossEntropy } from '../nn/losses/cross-entropy.js';
import { sgd } from '../optim/sgd.js';
import { compile } from '../tensor/compile.js';
import { valueAndGrad } from '../tensor/grad.js';
import { fit } from './fit.js';
import { run } from './run.js';

/** Regression of y on x [B, 2]: params.w [2, 1], params.b [1]. */
const start = { w: { data: Float32Array.of(0.5, -0.5), shape: [2, 1] }, b: { data: Float32Array.of(0), shape: [1] } };
interface Batch {
  x: tf.Tensor2D;
  y: tf.Tensor2D;
}
const x = (...data: number[]) => ({ data: Float32Array.from(data), shape: [data.length / 2, 2] });
const y = (...data: number[]) => ({ data: Float32Array.from(data), shape: [data.length, 1] });
const clean = { x: x(1, 2, 3, 4, 5, 6), y: y(1, 2, 3) };

function regression({ learningRate = 0.01, loss = (e: tf.Tensor) => e.square().mean() } = {}) {
  const optimizer = sgd(start, { learningRate });
  const step = compile((state: ReturnType<typeof optimizer.update>, batch: Batch) => {
    const lossOf = ({ w, b }: { w: tf.Tensor; b: tf.Tensor }, { x, y }: Batch) =>
      loss(
        x
          .matMul(w as tf.Tensor2D)
          .add(b)
          .sub(y),
      );
    const { value, grads } = valueAndGrad(lossOf)(optimizer.params(state) as never, batch);
    return { state: optimizer.update(state, grads as never), loss: value };
  });
  const training = run(optimizer.init(start));
  const train = (batch: (k: number) => unknown, steps = 200) => fit(training, { step, batch: batch as never, steps });
  return { training, train };
}

describe('the guard', () => {
  it('names the row and the column of a missing value', async () => {
    const { train, training } = regression();
    const broken = { x: x(1, 2, 3, 4, 5, Number.NaN), y: y(1, 2, 3) };
    await expect(train((k) => (k === 4 ? broken : clean))).rejects.toThrow(
      /^fit: the loss is NaN at step 5, after .*; batch\.x has NaN at row 2, column 1; drop or fill missing values before they are batched$/,
    );
    expect(training.step).toBe(5);
  });

  it('gives the whole index where a batch has more axes', async () => {
    const step = (w: number, batch: { x: { data: Float32Array; shape: number[] } }) => ({ state: w, loss: batch.x.data[7] });
    const batch = { x: { data: Float32Array.of(0, 1, 2, 3, 4, 5, 6, Number.NEGATIVE_INFINITY), shape: [2, 2, 2] } };
    await expect(fit(run(1), { step, batch: () => batch, steps: 3 })).rejects.toThrow(
      'fit: the loss is -Infinity at step 1, after no step; batch.x has -Infinity at row 1, column 1 ([1,1,1]); drop or fill',
    );
  });

  it('still reports the step when the batch cannot be read any more', async () => {
    const step = (w: number, batch: tf.Tensor) => {
      batch.dispose();
      return { state: w, loss: Number.NaN };
    };
    await expect(fit(run(1), { step, batch: () => tf.scalar(1), steps: 3 })).rejects.toThrow(
      'fit: the loss is NaN at step 1, after no step; look at the initial parameters and the scale of the inputs; a smaller learning rate',
    );
  });

  it('names an empty batch', async () => {
    const empty = { x: { data: new Float32Array(0), shape: [0, 2] } };
    const step = (w: number) => ({ state: w, loss: Number.NaN });
    await expect(fit(run(1), { step, batch: () => empty, steps: 3 })).rejects.toThrow(
      'batch.x is empty, [0,2], and the mean of nothing is not a number; leave such a batch out',
    );
  });

  it('says which labels there were, when one of them is no class', async () => {
    const step = compile((w: tf.Tensor, { logits, y }: { logits: tf.Tensor; y: tf.Tensor }) => ({
      state: w,
      loss: crossEntropy(logits.mul(w), y),
    }));
    const batch = { logits: x(1, 2, 3, 4), y: Int32Array.of(0, 2) };
    await expect(fit(run(Float32Array.of(1)), { step, batch: () => batch as never, steps: 3 })).rejects.toThrow(
      'batch.y holds integers from 0 to 2, and a label that is no class makes a loss NaN',
    );
  });

  it('says which weights are all zero', async () => {
    const step = compile((w: tf.Tensor, { logits, y, weights }: Record<'logits' | 'y' | 'weights', tf.Tensor>) => ({
      state: w,
      loss: crossEntropy(logits.mul(w), y, { weights }),
    }));
    const batch = (k: number) => ({ logits: x(1, 2, 3, 4), y: Int32Array.of(0, 1), weights: Float32Array.of(k === 2 ? 0 : 1, 0) });
    await expect(fit(run(Float32Array.of(1)), { step, batch, steps: 9 })).rejects.toThrow(
      /^fit: the loss is NaN at step 3, .*; batch\.weights holds zeros alone, and a mean by weights or a mask that are all 0 is not a number;/,
    );
  });

  it('recognises a learning rate that is too large, before the loss overflows', async () => {
    const { train, training } = regression({ learningRate: 1 });
    await expect(train(() => clean)).rejects.toThrow(
      /^fit: the loss is \d\.\d+e\+\d+ at step \d, after .*; it grew from [\d.]+ to .*, so the learning rate is too large: divide it by ten/,
    );
    expect(training.losses.at(-1)).toBeGreaterThan(1e8);
  });

  it('has a learning rate or a row in doubt when the loss explodes in one step', async () => {
    const step = (w: number) => ({ state: w + 1, loss: w < 3 ? 0.5 : 1e9 });
    await expect(fit(run(1), { step, batch: () => null, steps: 9 })).rejects.toThrow(
      /^fit: the loss is 1\.00e\+9 at step 3, after 0\.500, 0\.500; it grew from 0\.500 to 1\.00e\+9 in one step, so the learning rate is too large, or this batch has a row far from all others: divide/,
    );
  });

  it('names the parameters that a broken gradient reached', async () => {
    // √e² has the gradient 0/0 where a residual is zero, though its value is fine.
    const { train } = regression({ loss: (e) => e.square().sum().sqrt() });
    const exact = { x: x(2, 2), y: y(0) };
    await expect(train(() => exact)).rejects.toThrow(
      'params.b (1 of 1 entries), params.w (2 of 2 entries) are not finite; the batch is finite; ',
    );
  });
});
