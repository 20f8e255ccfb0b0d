import { checkNumber, checkOptions } from '../../base/internal.js';

/** The law of the eigenvalues of a covariance without structure. */
export interface MarchenkoPastur {
  /** λ₋ = v(1 − √γ)². */
  readonly low: number;
  /** λ₊ = v(1 + √γ)²: beyond it an eigenvalue is more than noise, in the limit. */
  readonly high: number;
  /** 1 − 1/γ where γ > 1, the share of eigenvalues that are 0. */
  readonly atom: number;
  /** √((λ₊ − λ)(λ − λ₋))/(2πγvλ) between the two, else 0. */
  readonly density: (eigenvalue: number) => number;
  /** E 1/(λ + x) [one over the unit of v], for x > 0: the positive root of γvxφ² + (x + v − γv)φ − 1 = 0. */
  readonly resolvent: (x: number) => number;
}

/**
 * Marchenko and Pastur's law: of the eigenvalues of XᵀX/T, X of T × N independent numbers of mean 0 and variance v, where both are many.
 *
 * @param options  `ratio` γ = N/T; `variance` v, 1 unless told
 * @throws         when one is not above 0
 *
 * thm:marchenko-pastur; Marchenko & Pastur 1967.
 */
export function marchenkoPastur(options: { readonly ratio: number; readonly variance?: number }): MarchenkoPastur {
  checkOptions('marchenkoPastur', options, ['ratio', 'variance']);
  const { ratio, variance: v = 1 } = options;
  checkNumber('marchenkoPastur', 'ratio', ratio, { above: 0 }, 'columns over rows');
  checkNumber('marchenkoPastur', 'variance', v, { above: 0 });
  const [low, high] = [v * (1 - Math.sqrt(ratio)) ** 2, v * (1 + Math.sqrt(ratio)) ** 2];
  return {
    low,
    high,
    atom: Math.max(0, 1 - 1 / ratio),
    density: (value) => (value > low && value < high ? Math.sqrt((high - value) * (value - low)) / (2 * Math.PI * ratio * v * value) : 0),
    resolvent: (x) => {
      const slope = x + v - ratio * v;
      const size = Math.sqrt(slope ** 2 + 4 * ratio * v * x);
      return slope > 0 ? 2 / (slope + size) : (size - slope) / (2 * ratio * v * x); // of the two forms the one without cancellation
    },
  };
}
