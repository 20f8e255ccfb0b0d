import type * as tf from '@tensorflow/tfjs';
import { zeros } from '../base/index.js';
import { checkNumber } from '../base/internal.js';
import { penalised } from './moments.js';
import { byRule, type CommonConfig, type Optimizer, type Rates, type State } from './optimizer.js';
import type { Schedule } from './schedule.js';

/** What gradient descent can be told: η, μ, λ and clipping, all pure numbers. */
export interface SgdConfig extends CommonConfig {
  /** η, in units of the parameter over those of the gradient. */
  readonly learningRate: number | Schedule;
  /** μ, the share of the velocity that a step keeps. */
  readonly momentum?: number;
  /** Steps along the gradient and the velocity that it will have made. */
  readonly nesterov?: boolean;
  /** λ of an L2 penalty ½ λ ‖θ‖². */
  readonly weightDecay?: number;
}

/** What gradient descent remembers: the parameters as one vector [n], with their velocity. */
export interface SgdState extends State {
  /** v [n], the running sum of the gradients; [0] without momentum. */
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
 * As PyTorch: η multiplies the velocity, it is not inside it (Sutskever et al. 2013 put it inside; the same while η is constant). thm:heavy-ball, thm:nesterov.
 */
export function sgd<P>(params: P, config: SgdConfig): Optimizer<P, SgdState> {
  const { momentum = 0, nesterov = false } = config;
  checkNumber('sgd', 'momentum', momentum, { from: 0, below: 1 });
  if (nesterov && momentum === 0)
    throw new Error('sgd: nesterov looks ahead along the velocity, so momentum must be above 0, got 0; try 0.9');
  const rule = {
    start: (n: number) => ({ velocity: zeros(momentum === 0 ? [0] : [n]) }),
    update({ parameters, velocity }: SgdState, gradient: tf.Tensor, { learningRate, weightDecay }: Rates) {
      const g = penalised(gradient, parameters, weightDecay);
      if (momentum === 0) return { parameters: parameters.sub(g.mul(learningRate)), velocity };
      const v = velocity.mul(momentum).add(g);
      const direction = nesterov ? g.add(v.mul(momentum)) : v;
      return { parameters: parameters.sub(direction.mul(learningRate)), velocity: v };
    },
  };
  return byRule('sgd', params, { config, defaults: {}, own: ['momentum', 'nesterov'] }, rule);
}
