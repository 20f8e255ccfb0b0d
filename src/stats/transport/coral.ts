import { checkNumber, checkOptions } from '../../base/internal.js';
import { eigenSymmetric, type Matrix, matMul, transpose } from '../../linalg/index.js';
import { checkDesign, columnMeans } from '../../linalg/internal.js';
import { sampleCovariance } from '../covariance/ledoit-wolf.js';

/** How covariances are kept invertible. */
export interface CoralOptions {
  /** λ ≥ 0, added to the diagonals of both covariances, in the squared unit of the features: 1 in the paper, whose features have deviation 1; 0 when left out. */
  readonly ridge?: number;
}

/** A linear map of features, fitted on samples of two places. */
export interface Coral {
  /** A [d, d], symmetric halves S^(−½) of the source and T^(½) of the target. */
  readonly transform: Matrix;
  /** x [n, d] of the source as if it were of the target. */
  readonly map: (x: Matrix) => Matrix;
}

/**
 * CORAL: features of one market whitened, and coloured as those of another, so that a model trained on them meets the second one's means and covariances.
 *
 *     x ↦ (x − μₛ) A + μₜ        A = (S + λI)^(−½) (T + λI)^(½)
 *
 * @param source  [n, d] features to be mapped
 * @param target  [m, d] features of the place to be like; no labels of it are used
 * @throws        when the widths differ, there are less than two rows, a value is not finite, or S + λI is singular
 *
 * Sun, Feng & Saenko 2016, algorithm 1, with means, which the paper takes out beforehand. Unlike the optimal map between normal laws, A is not symmetric.
 */
export function coral(source: Matrix, target: Matrix, options: CoralOptions = {}): Coral {
  checkOptions('coral', options, ['ridge']);
  const { ridge = 0 } = options;
  checkNumber('coral', 'ridge', ridge, { from: 0 });
  if (source.cols !== target.cols || source.rows < 2 || target.rows < 2)
    throw new Error(
      `coral takes a source [n, d] and a target [m, d] of two rows or more: got source [${source.rows},${source.cols}], target [${target.rows},${target.cols}]`,
    );
  for (const sample of [source, target]) checkDesign('coral', sample);
  const [from, to] = [source, target].map((sample) => columnMeans(sample));
  const transform = matMul(power(source, ridge, -0.5), power(target, ridge, 0.5));
  return {
    transform,
    map(x) {
      if (x.cols !== source.cols) throw new Error(`coral: the map takes x [n, ${source.cols}], got [${x.rows},${x.cols}]`);
      const centred = { ...x, data: x.data.map((value, at) => value - from[at % x.cols]) };
      const { rows, cols, data } = matMul(centred, transform);
      return { rows, cols, data: data.map((value, at) => value + to[at % cols]) };
    },
  };
}

/** A power of a sample's covariance, by its eigenvalues. */
function power(sample: Matrix, ridge: number, exponent: number): Matrix {
  const covariance = sampleCovariance(sample);
  const d = covariance.cols;
  const data = covariance.data.map((value, at) => value + (at % (d + 1) === 0 ? ridge : 0));
  const { values, vectors } = eigenSymmetric({ rows: d, cols: d, data });
  const least = 1e-12 * values[d - 1];
  if (exponent < 0 && !(values[0] > least))
    throw new Error(
      `coral: the covariance of the source has the eigenvalue ${values[0].toExponential(1)} beside ${values[d - 1].toExponential(1)}, and cannot be whitened; leave out a feature that others determine, or give a ridge`,
    );
  const scaled = { ...vectors, data: vectors.data.map((value, at) => value * Math.max(values[at % d], 0) ** exponent) };
  return matMul(scaled, transpose(vectors));
}
