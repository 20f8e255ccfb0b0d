import { digamma, logGamma } from '../distributions/incomplete.js';

/** The law of standardised shocks. */
export type ShockLaw = 'normal' | 'student';

/** ν between which a Student law is looked for: from where its variance is barely there to where it is the normal law. */
export const NU = { least: 2.05, most: 500 };

/**
 * log f(ε | σ²) [n] into `out`, and its derivatives by σ² and ε where they are asked for; returns ∂ℓ/∂ν summed.
 *
 *     normal      −½ (log 2πσ² + ε²/σ²)
 *     Student     log Γ((ν+1)/2)/Γ(ν/2) − ½ log π(ν−2)σ² − (ν+1)/2 log(1 + ε²/((ν−2)σ²))        of variance σ²
 *
 * Bollerslev 1987, eq. 1.
 */
export function logDensity(
  law: ShockLaw,
  nu: number,
  { shocks, variance }: { readonly shocks: Float64Array; readonly variance: Float64Array },
  out: Float64Array,
  slopes?: { readonly dVariance: Float64Array; readonly dShocks: Float64Array },
): number {
  const n = shocks.length;
  if (law === 'normal') {
    const constant = Math.log(2 * Math.PI);
    for (let t = 0; t < n; t++) {
      const z2 = (shocks[t] * shocks[t]) / variance[t];
      out[t] = -0.5 * (constant + Math.log(variance[t]) + z2);
      if (slopes) {
        slopes.dVariance[t] = (0.5 * (z2 - 1)) / variance[t];
        slopes.dShocks[t] = -shocks[t] / variance[t];
      }
    }
    return 0;
  }
  const half = (nu + 1) / 2;
  const constant = logGamma(half) - logGamma(nu / 2) - 0.5 * Math.log(Math.PI * (nu - 2));
  let dNu = slopes ? (n * (digamma(half) - digamma(nu / 2) - 1 / (nu - 2))) / 2 : 0;
  for (let t = 0; t < n; t++) {
    const r = (shocks[t] * shocks[t]) / (variance[t] * (nu - 2));
    const log = Math.log1p(r);
    out[t] = constant - 0.5 * Math.log(variance[t]) - half * log;
    if (slopes) {
      const share = r / (1 + r);
      slopes.dVariance[t] = (half * share - 0.5) / variance[t];
      slopes.dShocks[t] = (-2 * half * shocks[t]) / (variance[t] * (nu - 2) * (1 + r));
      dNu += (half * share) / (nu - 2) - log / 2;
    }
  }
  return dNu;
}
