import { backSubstitute, type Matrix } from '../../linalg/index.js';
import { cholesky, forwardSubstitute } from '../../linalg/internal.js';

/** The names of assets: those of the covariance's columns, or `asset 0`, `asset 1` … */
export const assetsOf = ({ rows, names }: Matrix): readonly string[] => names ?? Array.from({ length: rows }, (_, i) => `asset ${i}`);

/**
 * A covariance [N, N]: square, finite, symmetric, no combination of assets with a negative variance.
 *
 * @throws when it is not, with the place
 */
export function checkCovariance(caller: string, covariance: Matrix): void {
  checkMatrix(caller, 'the covariance', covariance);
  const { rows: n, cols, data } = covariance;
  if (n === 0 || n !== cols || data.length !== n * n)
    throw new Error(`${caller}: a covariance is [N,N] of N assets, got [${n},${cols}] with ${data.length} values`);
  const assets = assetsOf(covariance);
  let trace = 0;
  for (let i = 0; i < n; i++) trace += data[i * n + i];
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      const [a, b] = [data[i * n + j], data[j * n + i]];
      const where = `of ${assets[i]} and ${assets[j]}`;
      if (!Number.isFinite(a) || !Number.isFinite(b))
        throw new Error(`${caller}: the covariance ${where} is ${a}; drop or fill missing returns`);
      if (Math.abs(a - b) > 1e-9 * (trace / n))
        throw new Error(`${caller}: the covariance ${where} is ${a} one way and ${b} the other; it must be symmetric`);
    }
  // A ridge of 1e-9 of the mean variance lets rounding and singular ones pass, and nothing that is negative beyond them.
  const raised = raise(covariance, (1e-9 * trace) / n);
  if (!(trace > 0) || !cholesky(raised, { limit: Infinity }))
    throw new Error(
      `${caller}: the covariance has a negative eigenvalue, so a portfolio would have a negative variance; is it of pairs of series with unlike gaps? estimate it from common rows, or shrink it by ledoitWolf`,
    );
}

/** A matrix. Throws at what holds one, or could be made one, with the way to it. */
export function checkMatrix(caller: string, name: string, value: Matrix): void {
  if (value?.data?.length !== undefined) return;
  const fields = typeof value === 'object' && value !== null ? Object.keys(value) : undefined;
  const fix = fields?.includes('covariance')
    ? 'pass its covariance'
    : fields?.includes('values')
      ? 'matrixOf of lemmata/market makes one of a panel'
      : 'see Matrix of lemmata/linalg';
  throw new Error(
    `${caller}: ${name} must be a matrix { rows, cols, data }, got ${fields ? `an object of ${fields.join(', ')}` : value}; ${fix}`,
  );
}

/** A plus a number on the diagonal. */
function raise(a: Matrix, by: number): Matrix {
  const data = a.data.slice();
  for (let i = 0; i < a.rows; i++) data[i * a.cols + i] += by;
  return { ...a, data };
}

/**
 * Σ⁻¹b for any b [N], by Cholesky's decomposition.
 *
 * @throws when Σ is singular or near to it: a portfolio without risk would have any weight
 */
export function inverseOf(caller: string, covariance: Matrix): (b: ArrayLike<number>) => Float64Array {
  checkCovariance(caller, covariance);
  const r = cholesky(covariance);
  if (!r)
    throw new Error(
      `${caller}: the covariance of ${covariance.rows} assets is singular, so some portfolio has no risk and the answer is not one; use more rows than assets, drop assets that repeat others, or shrink it by ledoitWolf`,
    );
  return (b) => backSubstitute(r, forwardSubstitute(r, b));
}

/** wᵀΣw. */
export function varianceOf({ rows: n, data }: Matrix, w: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) total += w[i] * data[i * n + j] * w[j];
  return Math.max(total, 0);
}

/** N numbers, one for each asset. Throws when there are more, fewer, or one is none. */
export function checkVector(caller: string, name: string, values: ArrayLike<number>, covariance: Matrix): void {
  checkMatrix(caller, 'the covariance', covariance);
  const assets = assetsOf(covariance);
  if (values?.length === undefined) throw new Error(`${caller}: ${name} is ${values}; give a number for each of ${assets.length} assets`);
  if (values.length !== assets.length)
    throw new Error(`${caller}: ${name} has ${values.length} values and the covariance ${assets.length} assets; give one for each`);
  for (const [i, asset] of assets.entries())
    if (!Number.isFinite(values[i])) throw new Error(`${caller}: ${name} of ${asset} is ${values[i]}; give a finite number`);
}
