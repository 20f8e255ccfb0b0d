import { checkNumber } from '../base/internal.js';
import { decayed, penalised, type RunningMoments, runningMoments } from './moments.js';
import { byRule, type CommonConfig, type Optimizer, type State } from './optimizer.js';

/** What Adam and its kin can be told: η, β₁, β₂, ε, λ and clipping, all pure numbers. */
export interface AdamConfig extends CommonConfig {
  /** β₁, the share of the gradients' mean that a step keeps; 0.9 when left out. */
  readonly beta1?: number;
  /** β₂, the share of their mean square that a step keeps; 0.999 when left out. */
  readonly beta2?: number;
  /** ε, added to the root mean square, in units of the gradient; 10⁻⁸ when left out. */
  readonly epsilon?: number;
  /** λ: of an L2 penalty ½ λ ‖θ‖² in `adam` and `amsgrad`, of a decay beside the gradient in `adamW`. */
  readonly weightDecay?: number;
}

/** What Adam remembers: the parameters as one vector [n], with their running moments. */
export interface AdamState extends State, RunningMoments {}

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
 * Kingma & Ba 2015, algorithm 1.
 */
export function adam<P>(params: P, { weightDecay = 0, ...config }: AdamConfig = {}): Optimizer<P, AdamState> {
  return adaptive('adam', params, config, { penalty: weightDecay, decay: 0 });
}

/**
 * Adam with decoupled weight decay: θ ← (1 − η λ) θ before Adam's step, and g ← ∇L, so that decay is not divided by √v.
 *
 * @param params  the model's parameters, for their shapes
 * @throws        as `adam`
 *
 * Loshchilov & Hutter 2019, algorithm 2, with PyTorch's default λ = 0.01.
 */
export function adamW<P>(params: P, { weightDecay = 0.01, ...config }: AdamConfig = {}): Optimizer<P, AdamState> {
  return adaptive('adamW', params, config, { penalty: 0, decay: weightDecay });
}

function adaptive<P>(
  name: string,
  params: P,
  { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, ...clips }: Omit<AdamConfig, 'weightDecay'>,
  { penalty, decay }: { readonly penalty: number; readonly decay: number },
): Optimizer<P, AdamState> {
  const { start, after, step } = runningMoments(name, { beta1, beta2, epsilon });
  checkNumber(name, 'weightDecay', penalty + decay, { from: 0 });
  return byRule(
    name,
    params,
    { learningRate, ...clips },
    {
      start,
      update({ parameters, ...state }, gradient, learningRate) {
        const next = after(state, penalised(gradient, parameters, penalty));
        const direction = step(next, learningRate);
        return { parameters: decayed(parameters, learningRate, decay).sub(direction), ...next };
      },
    },
  );
}
