import type * as tf from '@tensorflow/tfjs';
import { layoutOf } from './flat.js';
import { fraction, notNegative, type Optimizer, positive, zeros } from './optimizer.js';

export interface SgdConfig {
  readonly learningRate: number;
  /** μ, the share of the velocity that a step keeps. */
  readonly momentum?: number;
  /** Steps along the gradient and the velocity that it will have made. */
  readonly nesterov?: boolean;
  /** λ of an L2 penalty ½ λ ‖θ‖². */
  readonly weightDecay?: number;
}

export interface SgdState {
  readonly parameters: tf.Tensor;
  readonly velocity: tf.Tensor;
}

/**
 * Stochastic gradient descent, with momentum if asked for.
 *
 *     g ← ∇L + λ θ        v ← μ v + g        θ ← θ − η v        Nesterov: θ ← θ − η (g + μ v)
 *
 * @param params  the model's parameters, for their shapes
 * @throws        when η is not positive, μ not in [0, 1), λ negative, or Nesterov has no momentum
 *
 * As PyTorch: η multiplies the velocity, it is not inside it (Sutskever et al. 2013 put it inside; the same while η is constant).
 */
export function sgd<P>(params: P, { learningRate, momentum = 0, nesterov = false, weightDecay = 0 }: SgdConfig): Optimizer<P, SgdState> {
  positive('sgd', 'learningRate', learningRate);
  fraction('sgd', 'momentum', momentum);
  notNegative('sgd', 'weightDecay', weightDecay);
  if (nesterov && momentum === 0)
    throw new Error('sgd: nesterov looks ahead along the velocity, so momentum must be above 0, got 0; try 0.9');
  const layout = layoutOf(params);
  return {
    init: (params) => ({
      parameters: { data: layout.numbers(params), shape: [layout.n] },
      velocity: zeros(momentum === 0 ? [0] : [layout.n]),
    }),
    update({ parameters, velocity }, grads) {
      const gradient = layout.pack(grads);
      const g = weightDecay === 0 ? gradient : gradient.add(parameters.mul(weightDecay));
      if (momentum === 0) return { parameters: parameters.sub(g.mul(learningRate)), velocity };
      const v = velocity.mul(momentum).add(g);
      const direction = nesterov ? g.add(v.mul(momentum)) : v;
      return { parameters: parameters.sub(direction.mul(learningRate)), velocity: v };
    },
    params: ({ parameters }) => layout.unpack(parameters),
  };
}
