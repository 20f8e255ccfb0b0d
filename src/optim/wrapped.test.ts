import type * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { RUNTIMES } from '../../tests/support/compiled.js';
import { crossEntropy } from '../nn/index.js';
import { compile } from '../tensor/compile.js';
import { accumulated, adam, averaged, plateau, sgd, trainingStep } from './index.js';

const vector = (...data: number[]) => ({ data: Float32Array.from(data), shape: [data.length] });

describe.each(RUNTIMES)('on %s', (runtime) => {
  // https://github.com/SWivid/F5-TTS/issues/631: the slope is 1, so that w falls by 1 with every fourth gradient: 0.1, −0.9, −1.9. With d = ½
  // the average goes 0.1, −0.4, −1.15, whichever of the two is around the other.
  it('an average moves when the parameters do', async () => {
    const initial = { w: vector(0.1) };
    const slope = sgd(initial, { learningRate: 1 });
    const outside = averaged(initial, accumulated(initial, slope, 4), { decay: 0.5 });
    const inside = accumulated(initial, averaged(initial, slope, { decay: 0.5 }), 4);
    for (const optimizer of [outside, inside]) {
      const step = compile(
        trainingStep(optimizer, ({ w }) => w.sum()),
        { runtime },
      );
      const average = compile((state: never) => optimizer.average(state).w, { runtime });
      let state = optimizer.init(initial) as never;
      const seen: number[] = [];
      for (let k = 0; k < 8; k++) {
        state = (await step(state)).state as never;
        seen.push((await average(state)).item());
      }
      [0.1, 0.1, 0.1, -0.4, -0.4, -0.4, -0.4, -1.15].forEach((a, k) => {
        expect(seen[k]).toBeCloseTo(a, 6);
      });
    }
  });

  // https://github.com/huggingface/transformers/issues/24725: with 2 and 1 rows that count, the mean of the batches' means is not the rows' mean.
  it('accumulated gradients are those of the whole batch, of a sum over the rows that all count', async () => {
    const initial = { w: { data: Float32Array.of(0.1, -0.2, 0.3, 0.4, 0, -0.1), shape: [2, 3] } };
    const [x, y] = [
      [1, 2, -1, 0.5, 0.3, -2, 1.5, 1],
      [0, 1, 2, -100],
    ];
    const rows = (from: number, to: number) =>
      [{ data: Float32Array.from(x.slice(2 * from, 2 * to)), shape: [to - from, 2] }, Int32Array.from(y.slice(from, to))] as const;
    const mean = ({ w }: { w: tf.Tensor }, x: tf.Tensor, y: tf.Tensor) => crossEntropy(x.matMul(w), y, { ignoreIndex: -100 });
    const whole = sgd(initial, { learningRate: 1 });
    const expected = (await compile(trainingStep(whole, mean), { runtime })(whole.init(initial), ...rows(0, 4))).state.parameters.data();
    const parts = accumulated(initial, sgd(initial, { learningRate: 1 }), 2);
    const share = (params: { w: tf.Tensor }, x: tf.Tensor, y: tf.Tensor, counted: tf.Tensor) =>
      mean(params, x, y).mul(y.notEqual(-100).cast('float32').sum()).mul(2).div(counted);
    const step = compile(trainingStep(parts, share), { runtime });
    let { state } = await step(parts.init(initial), ...rows(0, 2), 3);
    ({ state } = await step(state, ...rows(2, 4), 3));
    Array.from(state.parameters.data()).forEach((w, i) => {
      expect(w).toBeCloseTo(expected[i], 6);
    });
  });

  // https://github.com/FeRx-NLME/ferx-core/pull/1112: the square of 3·10¹⁹ overflows, its norm does not. Along (1, 1)/√2 each step is η/√2.
  it.each([
    ['sgd', sgd, 0.1 / Math.SQRT2],
    ['adam', adam, 0.1],
  ] as const)('%s with clipNorm goes its way for a gradient whose square overflows', async (_, make, length) => {
    const initial = { w: vector(1, 1) };
    const optimizer = make(initial, { learningRate: 0.1, clipNorm: 1 });
    const step = compile(
      trainingStep(optimizer as ReturnType<typeof sgd<typeof initial>>, ({ w }, scale: tf.Tensor) => w.mul(scale).sum()),
      { runtime },
    );
    let state = optimizer.init(initial) as never;
    for (const [k, scale] of [3e19, 1, 1e-3, 1e30].entries()) {
      state = (await step(state, scale)).state as never;
      const [w] = (state as { parameters: { data(): Float32Array } }).parameters.data();
      if (k < 2) expect(w).toBeCloseTo(1 - (k + 1) * length, 5);
      expect(w).toBeLessThan(1);
    }
  });
});

// PyTorch's ReduceLROnPlateau(patience=1, factor=0.5, threshold=0) on a constant loss: 0.1 0.1 0.05 0.05 0.025 0.025. The nearest float32 of 0.1
// lies above it, so that a loss was below itself.
it.each([0.1, 0.3, 0.7, -0.1, 1e-8])('a plateau at %f is one, with threshold 0', (loss) => {
  const rate = plateau({ from: 0.1, factor: 0.5, patience: 1, threshold: 0 });
  const initial = { w: vector(1) };
  let state = adam(initial, { learningRate: rate }).init(initial) as { schedule: { data: Float32Array } };
  const rates = Array.from({ length: 6 }, () => {
    state = rate.observe(state, loss);
    return Number(state.schedule.data[0].toPrecision(5));
  });
  expect(rates).toEqual([0.1, 0.1, 0.05, 0.05, 0.025, 0.025]);
});
