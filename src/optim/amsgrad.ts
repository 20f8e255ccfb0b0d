import * as tf from '@tensorflow/tfjs';
import { zeros } from '../base/index.js';
import { type AdamConfig, type AdamState, MOMENTS } from './adam.js';
import { penalised, runningMoments } from './moments.js';
import { byRule, type Optimizer } from './optimizer.js';

/** What AMSGrad remembers: Adam's moments, and the largest of the second. */
export interface AmsgradState extends AdamState {
  /** w [n], the largest v so far. */
  readonly largest: tf.Tensor;
}

/**
 * AMSGrad: Adam over the largest mean square so far, so that no parameter's rate grows again.
 *
 *     m, v as in Adam        w ← max(w, v)        θ ← θ − η m̂ / (√ŵ + ε)        ŵ = w / (1 − β₂ᵗ)
 *
 * @param params  the model's parameters, for their shapes
 * @throws        as `adam`
 *
 * Reddi, Kale & Kumar 2018, algorithm 2, with Adam's corrections as in PyTorch. thm:adam-counterexample, thm:amsgrad-regret.
 */
export function amsgrad<P>(params: P, config: AdamConfig = {}): Optimizer<P, AmsgradState> {
  const { start, after, step } = runningMoments('amsgrad', config);
  return byRule<P, AmsgradState, AdamConfig>(
    'amsgrad',
    params,
    { config, defaults: { learningRate: 1e-3 }, own: MOMENTS },
    {
      start: (n) => ({ ...start(n), largest: zeros([n]) }),
      update({ parameters, largest: before, ...state }, gradient, { learningRate, weightDecay }) {
        const next = after(state, penalised(gradient, parameters, weightDecay));
        const largest = tf.maximum(before, next.square);
        return { parameters: parameters.sub(step({ ...next, square: largest }, learningRate)), ...next, largest };
      },
    },
  );
}
