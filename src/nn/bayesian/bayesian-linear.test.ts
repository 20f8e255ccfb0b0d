import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { distance, expectSameDerivatives, inDouble } from '../../../tests/support/gradients.js';
import reference from '../bayesian.reference.json' with { type: 'json' }; // made by reference/bayesian.py with PyTorch 2.13
import { linear } from '../linear.js';
import { bayesianLinear } from './bayesian-linear.js';

const layer = (...[w, b, sw, sb, x, noise]: tf.Tensor[]) => bayesianLinear({ mean: { w, b }, deviation: { w: sw, b: sb } }, x, { noise });
const { inputs } = reference.bayesianLinear;

describe('bayesianLinear', () => {
  it('is the linear layer of the means when nothing is uncertain', () => {
    const [w, b, sw, sb, x, noise] = inputs;
    const certain = [sw, sb].map(({ shape, data }) => ({ shape, data: data.map(() => 1e-12) }));
    const { y } = inDouble(layer, [w, b, ...certain, x, noise]);
    const { y: expected } = inDouble((w, b, x) => linear({ w, b }, x), [w, b, x]);
    expect(distance(y, expected)).toBeLessThan(1e-10);
  });

  // Var y = Σ x² σ² + σ_b² = 4·0.09 + 1·0.16 + 0.25, and a noise of 1 is one standard deviation.
  it('spreads by the root of the summed variances', () => {
    const points = [
      { data: [0.5, -1], shape: [2, 1] },
      { data: [0.1], shape: [1] },
      { data: [0.3, 0.4], shape: [2, 1] },
      { data: [0.5], shape: [1] },
      { data: [2, 1], shape: [1, 2] },
      { data: [1], shape: [1, 1] },
    ];
    expect(inDouble(layer, points).y[0]).toBeCloseTo(0.1 + Math.sqrt(0.77), 12);
  });

  it('names the shapes that do not fit', () => {
    const params = { w: tf.zeros([4, 3]), b: tf.zeros([3]) };
    expect(() => bayesianLinear({ mean: params, deviation: params }, tf.zeros([2, 4]), { noise: tf.zeros([2, 4]) })).toThrow(
      'bayesianLinear maps x [..., F] by μ and σ of w [F, D] and b [D], with noise [..., D]: got x [2,4], noise [2,4], μ.w [4,3]',
    );
  });

  it('has a plain form with the same values and gradients, for every input', () => {
    const plain: typeof layer = (...[w, b, sw, sb, x, noise]) =>
      bayesianLinear.plain({ mean: { w, b }, deviation: { w: sw, b: sb } }, x, { noise });
    expectSameDerivatives(layer, plain, inputs, reference.bayesianLinear.dy);
  });

  it('takes each shape for what it must be', () => {
    const right = { w: tf.zeros([4, 3]), b: tf.zeros([3]) };
    const fits = { params: { mean: right, deviation: right }, x: tf.zeros([2, 4]), noise: tf.zeros([2, 3]) };
    const call = (change: object) => () => {
      const { params, x, noise } = { ...fits, ...change };
      return bayesianLinear(params, x, { noise });
    };
    const narrow = { w: tf.zeros([4, 3]), b: tf.zeros([2]) };
    const wrong = { w: tf.zeros([3, 3]), b: tf.zeros([3]) };
    expect(call({})().shape).toEqual([2, 3]);
    for (const change of [
      { params: { mean: narrow, deviation: right } },
      { params: { mean: right, deviation: narrow } },
      { params: { mean: right, deviation: wrong } },
      { x: tf.zeros([2, 5]) },
      { noise: tf.zeros([3]) },
      { params: { mean: { w: tf.zeros([4, 3, 1]), b: tf.zeros([3]) }, deviation: { w: tf.zeros([4, 3, 1]), b: tf.zeros([3]) } } },
    ])
      expect(call(change)).toThrow('bayesianLinear maps x [..., F]');
    expect(() => bayesianLinear(fits.params, fits.x, { noise: fits.noise, key: 1 } as never)).toThrow("there is no option 'key'");
  });
});
