import { dot, type Matrix } from '../../linalg/index.js';
import { assetsOf, checkVector, inverseOf, varianceOf } from './covariance.js';
import type { MeanVariancePortfolio } from './mean-variance.js';

/** The portfolios of least variance at each mean, weights free and summing to 1. */
export interface EfficientFrontier {
  /** a = 1ᵀΣ⁻¹1, b = 1ᵀΣ⁻¹μ, c = μᵀΣ⁻¹μ and d = ac − b². */
  readonly constants: { readonly a: number; readonly b: number; readonly c: number; readonly d: number };
  /** The least variance of all, Σ⁻¹1/a, with the mean b/a. */
  readonly minimum: MeanVariancePortfolio;
  /** The least variance at a mean m: (am² − 2bm + c)/d. */
  readonly variance: (mean: number) => number;
  /** The portfolio that has it: Σ⁻¹((c − bm)1 + (am − b)μ)/d. */
  readonly portfolio: (mean: number) => MeanVariancePortfolio;
  /** The greatest Sharpe ratio over a riskless return r below b/a: Σ⁻¹(μ − r1)/(b − ar). */
  readonly tangency: (riskless?: number) => MeanVariancePortfolio;
}

/**
 * The efficient frontier in closed form.
 *
 *     σ²(m) = (am² − 2bm + c)/d        w(m) = Σ⁻¹((c − bm)1 + (am − b)μ)/d
 *
 * @param mean        μ [N], not all alike
 * @param covariance  Σ [N, N], positive definite
 * @throws            when Σ is singular, lengths differ, all means are alike, or a riskless return is not below that of the least variance
 *
 * thm:efficient-frontier, thm:two-funds; Merton 1972.
 */
export function efficientFrontier(mean: ArrayLike<number>, covariance: Matrix): EfficientFrontier {
  const inverse = inverseOf('efficientFrontier', covariance);
  checkVector('efficientFrontier', 'mean', mean, covariance);
  const assets = assetsOf(covariance);
  const ones = new Float64Array(assets.length).fill(1);
  const [byOnes, byMeans] = [inverse(ones), inverse(mean)];
  const [a, b, c] = [dot(ones, byOnes), dot(ones, byMeans), dot(mean, byMeans)];
  const d = a * c - b * b; // ≥ 0, by Cauchy and Schwarz
  if (!(d > 1e-12 * a * c)) throw new Error(`efficientFrontier: all means are ${mean[0]}, and no mean can be chosen; take minimumVariance`);
  const portfolioOf = (weights: Float64Array): MeanVariancePortfolio => ({
    assets,
    weights,
    mean: dot(mean, weights),
    volatility: Math.sqrt(varianceOf(covariance, weights)),
  });
  /** Σ⁻¹(p1 + qμ). */
  const combined = (p: number, q: number) => portfolioOf(byOnes.map((value, n) => p * value + q * byMeans[n]));
  return {
    constants: { a, b, c, d },
    minimum: combined(1 / a, 0),
    variance: (m) => (a * m * m - 2 * b * m + c) / d,
    portfolio: (m) => combined((c - b * m) / d, (a * m - b) / d),
    tangency: (riskless = 0) => {
      const excess = b - a * riskless;
      if (!(excess > 1e-12 * Math.abs(b)))
        throw new Error(
          `efficientFrontier: the riskless return ${riskless} is not below ${b / a}, the mean of the least variance, so the Sharpe ratio has no greatest value over weights that sum to 1`,
        );
      return combined(-riskless / excess, 1 / excess);
    },
  };
}
