import type * as tf from '@tensorflow/tfjs';
import { zeros } from '../base/index.js';
import { checkNumber } from '../base/internal.js';
import { penalised, towards } from './moments.js';
import { byRule, type CommonConfig, type Optimizer, type Rates, type State } from './optimizer.js';

/** What RMSProp can be told: η, α, ε, λ and clipping, all pure numbers. */
export interface RmsPropConfig extends CommonConfig {
  /** α, the share of the gradients' mean square that a step keeps; 0.99 when left out. */
  readonly alpha?: number;
  /** ε, added to the root mean square, in units of the gradient; 10⁻⁸ when left out. */
  readonly epsilon?: number;
  /** λ of an L2 penalty ½ λ ‖θ‖². */
  readonly weightDecay?: number;
}

/** What RMSProp remembers: the parameters as one vector [n], with the mean square of their gradients. */
export interface RmsPropState extends State {
  /** v [n], the running mean of the gradients' squares, starting at zero. */
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
export function rmsProp<P>(params: P, config: RmsPropConfig = {}): Optimizer<P, RmsPropState> {
  const { alpha = 0.99, epsilon = 1e-8 } = config;
  checkNumber('rmsProp', 'epsilon', epsilon, { above: 0 });
  checkNumber('rmsProp', 'alpha', alpha, { from: 0, below: 1 });
  const rule = {
    start: (n: number) => ({ square: zeros([n]) }),
    update(state: RmsPropState, gradient: tf.Tensor, { learningRate, weightDecay }: Rates) {
      const g = penalised(gradient, state.parameters, weightDecay);
      const square = towards(state.square, g.square(), 1 - Math.fround(alpha));
      return { parameters: state.parameters.sub(g.div(square.sqrt().add(epsilon)).mul(learningRate)), square };
    },
  };
  return byRule('rmsProp', params, { config, defaults: { learningRate: 1e-2 }, own: ['alpha', 'epsilon'] }, rule);
}
