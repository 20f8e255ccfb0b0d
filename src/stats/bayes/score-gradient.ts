import { checkNumber, checkOneOf, checkOptions } from '../../base/internal.js';
import type { Matrix } from '../../linalg/index.js';
import { checkValues, zeroMatrix } from '../../linalg/internal.js';

/** What the value of each draw is measured against. */
export interface ScoreGradientOptions {
  /** `leave-one-out`, the mean of the other draws' values, or `none`. */
  readonly baseline: 'none' | 'leave-one-out';
}

/** Terms whose means over the draws are unbiased for a gradient. */
export interface ScoreGradient {
  /** ∂ E g/∂mⱼ [S, p]. */
  readonly mean: Matrix;
  /** ∂ E g/∂dⱼ [S, p]. */
  readonly deviation: Matrix;
}

/**
 * The score-function (REINFORCE) gradient of E g(θ) over independent normals θ = m + d ⊙ ξ, from values of g alone.
 *
 *     ∂mⱼ: (g(θₛ) − cₛ) ξₛⱼ/dⱼ        ∂dⱼ: (g(θₛ) − cₛ) (ξₛⱼ² − 1)/dⱼ        cₛ = 0, or the mean of the other values
 *
 * g may be a step, a table or a simulation: it is never differentiated. The price is variance, which grows with the number of coordinates
 * where the pathwise gradient's (`drawWeights`) does not.
 *
 * @param values     g(θₛ) [S]
 * @param noise      ξ [S, p]
 * @param deviation  d [p], positive
 * @throws           when lengths do not fit, a value is not finite, a deviation is not positive, or there is no other draw to compare with
 *
 * Williams 1992; Kool, van Hoof & Welling 2019 for the leave-one-out baseline. thm:score-gradient.
 */
export function scoreGradient(
  values: ArrayLike<number>,
  noise: Matrix,
  deviation: ArrayLike<number>,
  options: ScoreGradientOptions,
): ScoreGradient {
  checkOptions('scoreGradient', options, ['baseline']);
  const { baseline } = options;
  checkOneOf('scoreGradient', 'baseline', baseline, ['none', 'leave-one-out']);
  const [S, p] = [noise.rows, noise.cols];
  if (values.length !== S || deviation.length !== p)
    throw new Error(
      `scoreGradient: noise [${S},${p}] needs ${S} values and ${p} deviations: got ${values.length} and ${deviation.length}; one value is g of one row`,
    );
  checkValues('scoreGradient', 'g', values, 'g must be finite at every draw');
  for (let j = 0; j < p; j++) checkNumber('scoreGradient', 'deviation', deviation[j], { above: 0 });
  const alone = baseline === 'none';
  if (!alone && S < 2) throw new Error(`scoreGradient: a leave-one-out baseline needs 2 draws or more, got ${S}; take baseline 'none'`);
  const total = alone ? 0 : Array.from(values).reduce((sum, value) => sum + value, 0);
  const [mean, spread] = [zeroMatrix(S, p), zeroMatrix(S, p)];
  for (let s = 0; s < S; s++) {
    const excess = alone ? values[s] : values[s] - (total - values[s]) / (S - 1);
    for (let j = 0, at = s * p; j < p; j++, at++) {
      mean.data[at] = (excess * noise.data[at]) / deviation[j];
      spread.data[at] = (excess * (noise.data[at] ** 2 - 1)) / deviation[j];
    }
  }
  return { mean, deviation: spread };
}
