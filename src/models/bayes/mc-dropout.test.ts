import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectCompiled } from '../../../tests/support/compiled.js';
import { distance, expectReference } from '../../../tests/support/gradients.js';
import { key } from '../../base/random.js';
import { gradCheck } from '../../tensor/grad-check.js';
import reference from '../bayes.reference.json' with { type: 'json' }; // made by reference/bayes.py with PyTorch 2.13
import { type MlpParams, mlp } from '../mlp.js';
import { dropoutNet, dropoutNetMasks, dropoutPrecision } from './mc-dropout.js';
import { decomposeVariance, perDraw } from './uncertainty.js';

const net = (b0: tf.Tensor, w0: tf.Tensor, b1: tf.Tensor, w1: tf.Tensor): MlpParams => ({
  layers: [
    { b: b0, w: w0 },
    { b: b1, w: w1 },
  ],
});
const layer = (...[b0, w0, b1, w1, x, mask]: tf.Tensor[]) => dropoutNet(net(b0, w0, b1, w1), x, { masks: [mask] });
const { inputs } = reference.dropped;
const [b0, w0, b1, w1, x] = inputs.map(({ data, shape }) => tf.tensor(data, shape));
const params = net(b0, w0, b1, w1);

describe('dropoutNet', () => {
  it('equals PyTorch, forward and backward', () => expectReference(layer, reference.dropped));

  it('agrees with differences, and is the same compiled, on both runtimes', async () => {
    gradCheck(layer, inputs);
    await expectCompiled(layer, inputs);
  });

  // One hidden layer h and a linear output: over all masks with keep ½ the mean is that of no dropout, the variance Σ (hᵢ wᵢ)².
  it('averages over its masks to the network without dropout', () => {
    const masks = Array.from({ length: 16 }, (_, i) => [0, 1, 2, 3].map((unit) => 2 * ((i >> unit) & 1)));
    const draws = dropoutNet(params, perDraw(x, { draws: 16 }), { masks: [tf.tensor3d(masks.map((mask) => [mask]))] });
    const { mean, epistemic } = decomposeVariance(draws, tf.zerosLike(draws));
    expect(distance(mean.dataSync(), mlp(params, x).dataSync())).toBeLessThan(1e-6);
    const hidden = x
      .matMul(w0 as tf.Tensor2D)
      .add(b0)
      .relu(); // [B, 4]
    const expected = hidden.square().matMul(w1.square() as tf.Tensor2D);
    expect(distance(epistemic.dataSync(), expected.dataSync())).toBeLessThan(1e-6);
  });

  it('is the network itself where everything is kept', () => {
    const masks = dropoutNetMasks(key(1), 1, [3, 4, 1], [5]).map(({ data, shape }) => tf.tensor(data, shape));
    expect(dropoutNet(params, x, { masks }).arraySync()).toEqual(mlp(params, x).arraySync());
  });

  it('takes the precision of the noise from weight decay', () => {
    expect(dropoutPrecision(0.9, 2, 1000, 1e-4)).toBeCloseTo((0.9 * 4) / 0.2, 12);
  });

  it('asks for a mask for each hidden layer', () => {
    expect(() => dropoutNet(params, x, { masks: [] })).toThrow(
      'dropoutNet: there are 1 hidden layers, got 0 masks; draw them with dropoutNetMasks',
    );
  });
});
