import type * as tf from '@tensorflow/tfjs';
import { checkNumber } from '../base/internal.js';
import { towards } from './adam.js';
import { byRule, type CommonConfig, type Optimizer, type State, zeros } from './optimizer.js';

export interface RmsPropConfig extends CommonConfig {
  /** α, the share of the gradients' mean square that a step keeps. */
  readonly alpha?: number;
  readonly epsilon?: number;
  /** λ of an L2 penalty ½ λ ‖θ‖². */
  readonly weightDecay?: number;
}

export interface RmsPropState extends State {
  /** v, the running mean of the gradients' squares, starting at zero. */
  readonly square: tf.Tensor;
}

/**
 * RMSProp: each parameter moves by its gradient over the root mean square of its gradients.
 *
 *     g ← ∇L + λ θ        v ← α v + (1 − α) g²        θ ← θ − η g / (√v + ε)
 *
 * @param params  the model's parameters, for their shapes
 * @throws        when η or ε is not positive, α not in [0, 1), or λ negative
 *
 * Tieleman & Hinton 2012, lecture 6.5; ε outside the root and the defaults as in PyTorch.
 */
export function rmsProp<P>(
  params: P,
  { learningRate = 1e-2, alpha = 0.99, epsilon = 1e-8, weightDecay = 0, ...clips }: RmsPropConfig = {},
): Optimizer<P, RmsPropState> {
  checkNumber('rmsProp', 'epsilon', epsilon, { above: 0 });
  checkNumber('rmsProp', 'alpha', alpha, { from: 0, below: 1 });
  checkNumber('rmsProp', 'weightDecay', weightDecay, { from: 0 });
  const rule = {
    start: (n: number) => ({ square: zeros([n]) }),
    update(state: RmsPropState, gradient: tf.Tensor, learningRate: number | tf.Tensor) {
      const g = weightDecay === 0 ? gradient : gradient.add(state.parameters.mul(weightDecay));
      const square = towards(state.square, g.square(), 1 - Math.fround(alpha));
      return { parameters: state.parameters.sub(g.div(square.sqrt().add(epsilon)).mul(learningRate)), square };
    },
  };
  return byRule('rmsProp', params, { learningRate, ...clips }, rule);
}
