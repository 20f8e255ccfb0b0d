import { type Key, normal, split } from '../../base/index.js';
import { checkNumber, checkOptions, checkWhole } from '../../base/internal.js';
import { backSubstitute, type Matrix, transposeVec } from '../../linalg/index.js';
import { forwardSubstitute, zeroMatrix } from '../../linalg/internal.js';
import { type NormalPrior, posteriorRoot, priorDeviations } from '../regression/bayesian-linear-regression.js';
import { checkSample } from '../regression/design.js';

/** How many members, of which randomness. */
export interface EnsembleOptions extends NormalPrior {
  /** S members. */
  readonly draws: number;
  /** Of ξ and ζ. */
  readonly key: Key;
}

/**
 * Posterior draws of a linear regression as an ensemble of fits: each to targets with fresh noise, and pulled towards a prior draw.
 *
 *     βₛ = argmin ‖y + σξₛ − Xβ‖²/σ² + ‖(β − τ⊙ζₛ)/τ‖²        ξₛ, ζₛ standard normal, so that βₛ ~ N(b, S), exactly
 *
 * A net that is trained so is the same idea without the guarantee. Without ξ and ζ every member is b.
 *
 * @param x        [n, p]
 * @param y        [n]
 * @param options  σ and τ, as of `bayesianLinearRegression`, S and a key
 * @returns        [S, p], a member in each row
 * @throws         as `bayesianLinearRegression`, or when there is no draw
 *
 * Papandreou & Yuille 2010; Matthews et al. 2017; Osband, Aslanides & Cassirer 2018. thm:sample-then-optimise.
 */
export function sampleThenOptimise(x: Matrix, y: ArrayLike<number>, options: EnsembleOptions): Matrix {
  checkSample('sampleThenOptimise', x, y);
  checkOptions('sampleThenOptimise', options, ['noise', 'prior', 'draws', 'key']);
  const { noise, draws, key, prior } = options;
  checkNumber('sampleThenOptimise', 'noise', noise, { above: 0 });
  checkWhole('sampleThenOptimise', 'draws', draws, { from: 1 });
  const tau = priorDeviations('sampleThenOptimise', x, prior);
  const [n, p] = [x.rows, x.cols];
  const { r } = posteriorRoot(x, y, noise, tau);
  const [forTargets, forPriors] = split(key);
  const xi = normal(forTargets, [draws, n], 'float64').data;
  const zeta = normal(forPriors, [draws, p], 'float64').data;
  const out = zeroMatrix(draws, p);
  for (let s = 0; s < draws; s++) {
    const targets = Float64Array.from({ length: n }, (_, i) => y[i] / noise + xi[s * n + i]);
    const right = transposeVec(x, targets).map((value, j) => value / noise + zeta[s * p + j] / tau[j]);
    out.data.set(backSubstitute(r, forwardSubstitute(r, right)), s * p);
  }
  return out;
}
