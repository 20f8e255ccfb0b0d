import { rankRow } from '../cross-section.js';
import { apply, type Expression, listed } from '../expression.js';
import { stateless } from './operator.js';

/*
 * Across the assets of a date. Those that are not listed or have no value take no part. A mean is the same for all; so that it can be set
 * against each, it is written for all of them, and those that are not listed are struck out of the feature at the end.
 */

/** One number of the values of a row, for all its assets. */
const ofRow = (name: string, statistic: (x: Float64Array, isListed: Float64Array, from: number, to: number) => number) => {
  const operator = stateless(`cross ${name}`, ([x, isListed], out, N) => {
    for (let row = 0; row < out.length; row += N) out.fill(statistic(x, isListed, row, row + N), row, row + N);
  });
  return (x: Expression): Expression => apply(operator, x, listed);
};

function meanOf(x: Float64Array, isListed: Float64Array, from: number, to: number): number {
  let [sum, count] = [0, 0];
  for (let i = from; i < to; i++) {
    if (Number.isNaN(x[i]) || isListed[i] === 0) continue;
    sum += x[i];
    count++;
  }
  return count > 0 ? sum / count : Number.NaN;
}

function deviationOf(x: Float64Array, isListed: Float64Array, from: number, to: number): number {
  const mean = meanOf(x, isListed, from, to);
  let [sum, count] = [0, 0];
  for (let i = from; i < to; i++) {
    if (Number.isNaN(x[i]) || isListed[i] === 0) continue;
    sum += (x[i] - mean) * (x[i] - mean);
    count++;
  }
  return count > 1 ? Math.sqrt(sum / (count - 1)) : Number.NaN;
}

function countOf(x: Float64Array, isListed: Float64Array, from: number, to: number): number {
  let count = 0;
  for (let i = from; i < to; i++) if (!Number.isNaN(x[i]) && isListed[i] !== 0) count++;
  return count;
}

const RANK = stateless('cross rank', ([x, isListed], out, N) => {
  const [row, sorted, order] = [new Float64Array(N), new Float64Array(N), new Int32Array(N)];
  for (let from = 0; from < out.length; from += N) {
    for (let n = 0; n < N; n++) row[n] = isListed[from + n] === 0 ? Number.NaN : x[from + n];
    rankRow(row, 0, order, sorted, out, from);
  }
});

/** The mean across assets. */
export const crossMean = ofRow('mean', meanOf);

/** The standard deviation across assets, √(Σ (x − x̄)²/(m − 1)) of m ≥ 2. */
export const crossDeviation = ofRow('deviation', deviationOf);

/** How many assets have a value. */
export const crossCount = ofRow('count', countOf);

/** The share of assets that are below each or level with it, as `crossSectionalRank`. */
export const crossRank = (x: Expression): Expression => apply(RANK, x, listed);
