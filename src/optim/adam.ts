import type * as tf from '@tensorflow/tfjs';
import { checkNumber } from '../base/internal.js';
import { byRule, type CommonConfig, decayed, type Optimizer, type State, zeros } from './optimizer.js';

export interface AdamConfig extends CommonConfig {
  /** β₁, the share of the gradients' mean that a step keeps. */
  readonly beta1?: number;
  /** β₂, the share of their mean square that a step keeps. */
  readonly beta2?: number;
  readonly epsilon?: number;
  /** λ: of an L2 penalty ½ λ ‖θ‖² in `adam`, of a decay beside the gradient in `adamW`. */
  readonly weightDecay?: number;
}

export interface AdamState extends State {
  /** m and v, the running means of the gradients and of their squares, starting at zero. */
  readonly mean: tf.Tensor;
  readonly square: tf.Tensor;
  /** 1 − β₁ᵗ and 1 − β₂ᵗ, the weight that gradients have in m and v by now. */
  readonly weights: tf.Tensor;
}

/**
 * Adam: each parameter moves by its gradients' mean over their root mean square.
 *
 *     g ← ∇L + λ θ    m ← β₁ m + (1 − β₁) g    v ← β₂ v + (1 − β₂) g²
 *
 *     θ ← θ − η m̂ / (√v̂ + ε)        m̂ = m / (1 − β₁ᵗ),  v̂ = v / (1 − β₂ᵗ)
 *
 * @param params  the model's parameters, for their shapes
 * @throws        when η or ε is not positive, a β not in [0, 1), or λ negative
 *
 * Kingma & Ba 2015, algorithm 1. 1 − βᵗ is computed as the running mean of ones: in float32 the power would leave five digits of it in
 * the first steps.
 */
export function adam<P>(params: P, config: AdamConfig = {}): Optimizer<P, AdamState> {
  return adaptive('adam', params, { weightDecay: 0, ...config });
}

/**
 * Adam with decoupled weight decay: θ ← (1 − η λ) θ before Adam's step, and g ← ∇L, so that decay is not divided by √v.
 *
 * Loshchilov & Hutter 2019, algorithm 2, with PyTorch's default λ = 0.01.
 */
export function adamW<P>(params: P, config: AdamConfig = {}): Optimizer<P, AdamState> {
  return adaptive('adamW', params, { weightDecay: 0.01, ...config });
}

function adaptive<P>(
  name: 'adam' | 'adamW',
  params: P,
  { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay, ...clips }: AdamConfig & { weightDecay: number },
): Optimizer<P, AdamState> {
  checkNumber(name, 'epsilon', epsilon, { above: 0 });
  checkNumber(name, 'beta1', beta1, { from: 0, below: 1 });
  checkNumber(name, 'beta2', beta2, { from: 0, below: 1 });
  checkNumber(name, 'weightDecay', weightDecay, { from: 0 });
  // Of β as float32 holds it, so that a mean and its weight shrink alike.
  const [share1, share2] = [1 - Math.fround(beta1), 1 - Math.fround(beta2)];
  const [penalty, decay] = name === 'adam' ? [weightDecay, 0] : [0, weightDecay];
  return byRule(
    name,
    params,
    { learningRate, ...clips },
    {
      start: (n) => ({ mean: zeros([n]), square: zeros([n]), weights: zeros([2]) }),
      update(state, gradient, learningRate) {
        const g = penalty === 0 ? gradient : gradient.add(state.parameters.mul(penalty));
        const mean = towards(state.mean, g, share1);
        const square = towards(state.square, g.square(), share2);
        const weights = state.weights.mul([1 - share1, 1 - share2]).add([share1, share2]);
        const [meanScale, squareScale] = weights.reciprocal().split(2);
        const direction = mean.div(square.mul(squareScale).sqrt().add(epsilon)).mul(meanScale.mul(learningRate));
        return { parameters: decayed(state.parameters, learningRate, decay).sub(direction), mean, square, weights };
      },
    },
  );
}

/** A running mean's next value: this share of the way to x. */
export const towards = (mean: tf.Tensor, x: tf.Tensor, share: number): tf.Tensor => mean.add(x.sub(mean).mul(share));
