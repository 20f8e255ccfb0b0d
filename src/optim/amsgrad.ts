import * as tf from '@tensorflow/tfjs';
import { checkNumber } from '../base/internal.js';
import { type AdamConfig, type AdamState, towards } from './adam.js';
import { byRule, type Optimizer, zeros } from './optimizer.js';

export interface AmsgradState extends AdamState {
  /** The largest v so far. */
  readonly largest: tf.Tensor;
}

/**
 * AMSGrad: Adam over the largest mean square so far, so that no parameter's rate grows again.
 *
 *     m, v as in Adam        w ← max(w, v)        θ ← θ − η m̂ / (√ŵ + ε)        ŵ = w / (1 − β₂ᵗ)
 *
 * @param params  the model's parameters, for their shapes
 * @throws        when η or ε is not positive, a β not in [0, 1), or λ negative
 *
 * Reddi, Kale & Kumar 2018, algorithm 2, with Adam's corrections as in PyTorch.
 */
export function amsgrad<P>(
  params: P,
  { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0, ...clips }: AdamConfig = {},
): Optimizer<P, AmsgradState> {
  checkNumber('amsgrad', 'epsilon', epsilon, { above: 0 });
  checkNumber('amsgrad', 'beta1', beta1, { from: 0, below: 1 });
  checkNumber('amsgrad', 'beta2', beta2, { from: 0, below: 1 });
  checkNumber('amsgrad', 'weightDecay', weightDecay, { from: 0 });
  const [share1, share2] = [1 - Math.fround(beta1), 1 - Math.fround(beta2)];
  const rule = {
    start: (n: number) => ({ mean: zeros([n]), square: zeros([n]), largest: zeros([n]), weights: zeros([2]) }),
    update(state: AmsgradState, gradient: tf.Tensor, learningRate: number | tf.Tensor) {
      const g = weightDecay === 0 ? gradient : gradient.add(state.parameters.mul(weightDecay));
      const mean = towards(state.mean, g, share1);
      const square = towards(state.square, g.square(), share2);
      const largest = tf.maximum(state.largest, square);
      const weights = state.weights.mul([1 - share1, 1 - share2]).add([share1, share2]);
      const [meanScale, squareScale] = weights.reciprocal().split(2);
      const direction = mean.div(largest.mul(squareScale).sqrt().add(epsilon)).mul(meanScale.mul(learningRate));
      return { parameters: state.parameters.sub(direction), mean, square, largest, weights };
    },
  };
  return byRule('amsgrad', params, { learningRate, ...clips }, rule);
}
