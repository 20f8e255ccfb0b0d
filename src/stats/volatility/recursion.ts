/** How many lags a model of the variance has: of shocks, of shocks that were losses, of the variance itself. */
export interface Orders {
  /** Lags of the shock; 1. */
  readonly p: number;
  /** Lags that tell losses from gains; 0 is a symmetric model. */
  readonly o: number;
  /** Lags of the variance; 1. */
  readonly q: number;
}

/** A model of the conditional variance of shocks ε [n], with coefficients θ = ω, α [p], γ [o], β [q]. */
export interface Recursion extends Orders {
  readonly kind: 'garch' | 'egarch';
  /** σ² [n] of shocks [n] into `variance`; `before` stands for ε² and σ² of the days before the first. */
  filter(theta: Float64Array, shocks: Float64Array, before: number, variance: Float64Array): void;
  /** ∂ℓ/∂θ from ∂ℓ/∂σ² [n], which it uses up, by the recursion backwards in time; what σ² owes to the shocks is added to `dShocks` [n]. */
  pullBack(
    theta: Float64Array,
    at: { readonly shocks: Float64Array; readonly variance: Float64Array; readonly before: number },
    dVariance: Float64Array,
    dShocks: Float64Array,
  ): Float64Array;
  /** σ² of the day after the last of some shocks and their variances; the days before the first are not there. */
  next(theta: Float64Array, shocks: ArrayLike<number>, variance: ArrayLike<number>): number;
  /** First guesses of θ where shocks have variance 1. */
  readonly starts: readonly Float64Array[];
  /** Coordinates u for θ, in which what θ must satisfy is a box. */
  readonly free: {
    readonly lower: readonly number[];
    readonly upper: readonly number[];
    readonly from: (theta: Float64Array) => Float64Array;
    readonly to: (u: ArrayLike<number>) => Float64Array;
    /** ∂/∂u of ∂/∂θ. */
    readonly pullBack: (u: ArrayLike<number>, dTheta: Float64Array) => Float64Array;
  };
  /** θ of shocks k times as large, and ∂θ/∂θ before as rows. */
  rescaled(theta: Float64Array, k: number): { readonly theta: Float64Array; readonly jacobian: readonly Float64Array[] };
}

/** omega, alpha[1] …, gamma[1] …, beta[1] …. */
export function coefficientNames({ p, o, q }: Orders): string[] {
  const several = (name: string, count: number) => Array.from({ length: count }, (_, i) => `${name}[${i + 1}]`);
  return ['omega', ...several('alpha', p), ...several('gamma', o), ...several('beta', q)];
}

/** θ by name. */
export const partsOf = ({ p, o, q }: Orders, theta: Float64Array) => ({
  omega: theta[0],
  alpha: theta.subarray(1, 1 + p),
  gamma: theta.subarray(1 + p, 1 + p + o),
  beta: theta.subarray(1 + p + o, 1 + p + o + q),
});

/** In how many ways `spread` gives a sum to so many lags. */
export const waysOf = (count: number): number => (count > 1 ? count + 1 : 1);

/**
 * Ways to give a sum to so many lags: evenly, and where there are several, nearly all to one of them.
 *
 *     spread(0.9, 2)        [0.45, 0.45], [0.81, 0.09], [0.09, 0.81]
 */
export function spread(sum: number, count: number): Float64Array[] {
  const even = new Float64Array(count).fill(sum / count);
  if (count < 2) return [even];
  const rest = (0.1 * sum) / (count - 1);
  const mostly = (chosen: number) => even.map((_, i) => (i === chosen ? 0.9 * sum : rest));
  return [even, ...Array.from(even, (_, chosen) => mostly(chosen))];
}

/**
 * Weights w ≥ 0 with Σw ≤ 1 as numbers of the unit box: their sum s₀, then the share that each takes of what those before it left.
 *
 *     wₖ = s₀ sₖ Πⱼ₌₁ᵏ⁻¹ (1 − sⱼ),  the last takes what is left        0 ≤ s ≤ 1
 */
export const sticks = {
  to(s: ArrayLike<number>, count: number): Float64Array {
    let left = count > 0 ? s[0] : 0;
    return Float64Array.from({ length: count }, (_, k) => {
      const taken = k === count - 1 ? left : left * s[k + 1];
      left -= taken;
      return taken;
    });
  },
  from(weights: ArrayLike<number>): Float64Array {
    const count = weights.length;
    let left = Array.from(weights).reduce((sum, w) => sum + w, 0);
    return Float64Array.from({ length: count }, (_, k) => {
      if (k === 0) return left;
      const share = left > 0 ? weights[k - 1] / left : 0.5;
      left -= weights[k - 1];
      return share;
    });
  },
  /** ∂/∂s of ∂/∂w [count]. */
  pullBack(s: ArrayLike<number>, dWeights: ArrayLike<number>): Float64Array {
    const count = dWeights.length;
    const out = new Float64Array(count);
    if (count === 0) return out;
    // What a unit of stick is worth from stick k on: v_k = s_k d_k + (1 − s_k) v_{k+1}.
    const lengths = new Float64Array(count);
    for (let k = 0, left = s[0]; k < count; k++) {
      lengths[k] = left;
      if (k < count - 1) left *= 1 - s[k + 1];
    }
    let worth = dWeights[count - 1];
    for (let k = count - 2; k >= 0; k--) {
      out[k + 1] = lengths[k] * (dWeights[k] - worth);
      worth = s[k + 1] * dWeights[k] + (1 - s[k + 1]) * worth;
    }
    out[0] = worth;
    return out;
  },
};
