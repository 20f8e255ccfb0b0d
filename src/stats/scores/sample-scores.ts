import { checkNumber, checkWhole } from '../../base/internal.js';
import { checkValues } from '../../linalg/internal.js';
import { checkOutcomes, checkProbabilities, comparable } from './comparable.js';

/**
 * The CRPS of each row's ensemble of m members, in the units of y.
 *
 *     plain  1/m Σ|xᵢ − y| − 1/(2m²) Σᵢⱼ|xᵢ − xⱼ|          the CRPS of the members as a law of their own
 *     fair   1/m Σ|xᵢ − y| − 1/(2m(m − 1)) Σᵢⱼ|xᵢ − xⱼ|    unbiased for the law that the members are drawn from
 *
 * The plain one favours many members: two forecasters who draw from the same law differ by their m. Compare ensembles of unequal size, or a
 * sample with a formula, by the fair one, which may be negative.
 *
 * @param y        [n] outcomes
 * @param members  [n, m] row-major
 * @param size     m; of the fair score 2 or more
 * @returns        [n]
 * @throws         when there is no row, lengths do not fit, a value is not finite, or m is too small
 *
 * Gneiting & Raftery 2007, eq. 20; Ferro 2014 for the fair score. By sorting, in m log m. thm:proper-scores.
 */
export function crpsOfSample(
  y: ArrayLike<number>,
  members: ArrayLike<number>,
  { size, kind }: { readonly size: number; readonly kind: 'plain' | 'fair' },
): Float64Array {
  checkWhole('crpsOfSample', 'size', size, { from: kind === 'fair' ? 2 : 1 }, 'the members of one row');
  checkGrid('crpsOfSample', y, members, size);
  const row = new Float64Array(size);
  const pairs = kind === 'fair' ? size * (size - 1) : size * size;
  return Float64Array.from(y, (value, i) => {
    let distance = 0;
    for (let k = 0; k < size; k++) {
      row[k] = members[i * size + k] - value;
      distance += Math.abs(row[k]);
    }
    row.sort();
    let spread = 0; // Σ over pairs once: the k-th of m has weight 2k − m + 1, k from 0
    for (let k = 0; k < size; k++) spread += (2 * k - size + 1) * row[k];
    return distance / size - spread / pairs;
  });
}

/**
 * The quantile (pinball) score of each row, in the units of y; its mean is least for the true quantile.
 *
 *     (1{y ≤ q} − τ)(q − y)
 *
 * @param y         [n] outcomes
 * @param forecast  q [n]
 * @param level     τ, 0.05 is the 5 % quantile
 * @returns         [n]
 * @throws          when lengths differ, a value is not finite, or the level is not between 0 and 1
 *
 * Koenker & Bassett 1978.
 */
export function quantileScores(y: ArrayLike<number>, forecast: ArrayLike<number>, level: number): Float64Array {
  comparable('quantileScores', { y, forecast });
  checkNumber('quantileScores', 'level', level, { above: 0, below: 1 }, '0.05 is the 5 % quantile');
  return Float64Array.from(y, (value, i) => pinball(value, forecast[i], level));
}

const pinball = (y: number, q: number, level: number): number => (y <= q ? (1 - level) * (q - y) : level * (y - q));

/**
 * The CRPS of each row's quantile grid: twice the mean quantile score, which tends to the CRPS as evenly spread levels become many.
 *
 *     2/K Σₖ (1{y ≤ qₖ} − τₖ)(qₖ − y)
 *
 * @param y          [n] outcomes
 * @param quantiles  [n, K] row-major
 * @param levels     τ [K], the middles (k − ½)/K of K equal parts; 0.1, 0.2 … 0.9 leave out the ends and overstate the CRPS, by 5 to 10 % of a normal law's
 * @returns          [n]
 * @throws           when there is no row or level, lengths do not fit, a value is not finite, or a level is not between 0 and 1
 *
 * Gneiting & Ranjan 2011, eq. 17, with equal weights.
 */
export function crpsOfQuantiles(y: ArrayLike<number>, quantiles: ArrayLike<number>, levels: ArrayLike<number>): Float64Array {
  const K = levels.length;
  checkWhole('crpsOfQuantiles', 'the number of levels', K, { from: 1 });
  checkProbabilities('crpsOfQuantiles', levels);
  checkGrid('crpsOfQuantiles', y, quantiles, K);
  return Float64Array.from(y, (value, i) => {
    let total = 0;
    for (let k = 0; k < K; k++) total += pinball(value, quantiles[i * K + k], levels[k]);
    return (2 * total) / K;
  });
}

/**
 * The interval (Winkler) score of each row: the width, and 2/α times by how much y lies outside; in the units of y, less is better.
 *
 *     (u − l) + 2/α (l − y)₊ + 2/α (y − u)₊        α = 1 − level
 *
 * @param y      [n] outcomes
 * @param low    l, and `high` u [n]
 * @param level  of the central interval, 0.9 for the quantiles 5 % and 95 %
 * @returns      [n]
 * @throws       when lengths differ, a value is not finite, an end is above the other, or the level is not between 0 and 1
 *
 * Winkler 1972; Gneiting & Raftery 2007, eq. 43.
 */
export function intervalScores(
  y: ArrayLike<number>,
  { low, high }: { readonly low: ArrayLike<number>; readonly high: ArrayLike<number> },
  level: number,
): Float64Array {
  comparable('intervalScores', { y, low });
  comparable('intervalScores', { y, high });
  checkNumber('intervalScores', 'level', level, { above: 0, below: 1 }, '0.9 is a 90 % interval');
  return Float64Array.from(y, (value, i) => {
    if (low[i] > high[i])
      throw new Error(`intervalScores: low ${low[i]} is above high ${high[i]} at row ${i}; do quantiles cross? sort each row`);
    return high[i] - low[i] + (2 / (1 - level)) * (Math.max(0, low[i] - value) + Math.max(0, value - high[i]));
  });
}

function checkGrid(caller: string, y: ArrayLike<number>, grid: ArrayLike<number>, size: number): void {
  checkOutcomes(caller, y);
  if (grid.length !== y.length * size)
    throw new Error(`${caller}: ${y.length} rows of ${size} need ${y.length * size} values, got ${grid.length}; pass them row by row`);
  checkValues(caller, 'the forecast', grid);
}
