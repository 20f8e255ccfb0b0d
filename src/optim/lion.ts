import type * as tf from '@tensorflow/tfjs';
import { zeros } from '../base/index.js';
import { checkNumber } from '../base/internal.js';
import { decayed, towards } from './moments.js';
import { byRule, type CommonConfig, type Optimizer, type Rates, type State } from './optimizer.js';

/** What Lion can be told: η, β₁, β₂, λ and clipping, all pure numbers. */
export interface LionConfig extends CommonConfig {
  /** β₁, the share of the mean in the direction of a step. */
  readonly beta1?: number;
  /** β₂, the share of the mean that a step keeps. */
  readonly beta2?: number;
  /** λ of a decay beside the gradient. */
  readonly weightDecay?: number;
}

/** What Lion remembers: the parameters as one vector [n], with the mean of their gradients. */
export interface LionState extends State {
  /** m [n], the running mean of the gradients, starting at zero. */
  readonly mean: tf.Tensor;
}

/**
 * Lion: every parameter moves by the same amount, η, in the direction of its gradients.
 *
 *     θ ← (1 − η λ) θ − η sign(β₁ m + (1 − β₁) ∇L)        m ← β₂ m + (1 − β₂) ∇L
 *
 * @param params  the model's parameters, for their shapes
 * @throws        when η is not positive, a β not in [0, 1), or λ negative
 *
 * Chen et al. 2023, algorithm 2. A rate three to ten times below Adam's is usual.
 */
export function lion<P>(params: P, config: LionConfig = {}): Optimizer<P, LionState> {
  const { beta1 = 0.9, beta2 = 0.99 } = config;
  checkNumber('lion', 'beta1', beta1, { from: 0, below: 1 });
  checkNumber('lion', 'beta2', beta2, { from: 0, below: 1 });
  const rule = {
    start: (n: number) => ({ mean: zeros([n]) }),
    update(state: LionState, gradient: tf.Tensor, rates: Rates) {
      const direction = towards(state.mean, gradient, 1 - beta1).sign();
      const parameters = decayed(state.parameters, rates).sub(direction.mul(rates.learningRate));
      return { parameters, mean: towards(state.mean, gradient, 1 - beta2) };
    },
  };
  return byRule('lion', params, { config, defaults: { learningRate: 1e-4 }, own: ['beta1', 'beta2'] }, rule);
}
