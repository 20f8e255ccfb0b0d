import { decayed, penalised, type RunningMoments, runningMoments } from './moments.js';
import { byRule, type CommonConfig, type Optimizer, type State } from './optimizer.js';

/** What Adam and its kin can be told: η, β₁, β₂, ε, λ and clipping, all pure numbers. */
export interface AdamConfig extends CommonConfig {
  /** β₁, the share of the gradients' mean that a step keeps; 0.9 when left out. */
  readonly beta1?: number;
  /** β₂, the share of their mean square that a step keeps; 0.999 when left out. */
  readonly beta2?: number;
  /** ε, added to the root mean square, in units of the gradient; 10⁻⁸ when left out. At 0 a gradient that was never there moves nothing. */
  readonly epsilon?: number;
  /** λ: of an L2 penalty ½ λ ‖θ‖² in `adam` and `amsgrad`, 0 when left out; of a decay beside the gradient in `adamW`, 0.01. */
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
 * @throws        when η is not positive, a β not in [0, 1), or ε or λ negative
 *
 * Kingma & Ba 2015, algorithm 1. thm:adam-averages, thm:adam-step; where it fails: thm:adam-counterexample.
 */
export function adam<P>(params: P, config: AdamConfig = {}): Optimizer<P, AdamState> {
  return adaptive('adam', params, config, { isPenalty: true, weightDecay: 0 });
}

/**
 * Adam with decoupled weight decay: θ ← (1 − η λ) θ before Adam's step, and g ← ∇L, so that decay is not divided by √v.
 *
 * @param params  the model's parameters, for their shapes
 * @throws        as `adam`
 *
 * Loshchilov & Hutter 2019, algorithm 2, with PyTorch's default λ = 0.01. thm:adamw.
 */
export function adamW<P>(params: P, config: AdamConfig = {}): Optimizer<P, AdamState> {
  return adaptive('adamW', params, config, { isPenalty: false, weightDecay: 0.01 });
}

/** The names of what Adam and its kin can be told, beside what every optimiser can. */
export const MOMENTS = ['beta1', 'beta2', 'epsilon'] as const;

function adaptive<P>(
  name: string,
  params: P,
  config: AdamConfig,
  { isPenalty, weightDecay }: { readonly isPenalty: boolean; readonly weightDecay: number },
): Optimizer<P, AdamState> {
  const { start, after, step } = runningMoments(name, config);
  return byRule(
    name,
    params,
    { config, defaults: { learningRate: 1e-3, weightDecay }, own: MOMENTS },
    {
      start,
      update({ parameters, ...state }, gradient, rates) {
        const next = after(state, isPenalty ? penalised(gradient, parameters, rates.weightDecay) : gradient);
        const direction = step(next, rates.learningRate);
        return { parameters: (isPenalty ? parameters : decayed(parameters, rates)).sub(direction), ...next };
      },
    },
  );
}
