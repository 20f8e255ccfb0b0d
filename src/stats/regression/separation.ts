import { backSubstitute, dot, fromColumns, type Matrix, qr } from '../../linalg/index.js';

/**
 * A direction d ≠ 0 with sᵢ xᵢᵀd ≥ 0 for all rows, which separates the labels up to ties, or nothing when there is none.
 *
 *     r = Σ wᵢ sᵢ xᵢ of least norm over weights wᵢ ≥ 1:   r = 0, or r itself separates
 *
 * Decided by Lawson and Hanson's active-set method for non-negative least squares on u = w − 1, in the basis where XᵀX = I and with rows
 * of length one: neither changes which labels are separated, and together they take out the scale of the columns and of all rows together.
 * Labels that overlap by less than 1e-14 of that count as separated; `logisticRegression` decides exactly those that its steps reach.
 *
 * @param x      [n, p] of full column rank
 * @param signs  [n] of −1 and 1
 * @throws       when rounding keeps it from an answer, which no sample is known to bring about
 *
 * Lawson & Hanson 1974, ch. 23. thm:logistic.
 */
export function separatingDirection(x: Matrix, signs: Float64Array): Float64Array | undefined {
  const { q, r: triangle } = qr(x);
  // A row of zeros is nothing but rounding in Q, and bars no direction.
  const rows = Array.from(signs, (sign, i) => unit(rowOf(q, i), rowOf(x, i).some((value) => value !== 0) ? sign : 0)); // aᵢ
  const weights = new Float64Array(rows.length).fill(1);
  const free = new Set<number>(); // rows with wᵢ > 1
  for (let round = 0; round < 100 * rows.length; round++) {
    const sum = combination(rows, weights);
    const rounding = 1e-14 * weights.reduce((a, b) => a + b);
    if (Math.sqrt(dot(sum, sum)) <= rounding) return undefined;
    // A row that the sum points away from: more of its weight makes the sum shorter. If there is none, the sum separates.
    const slopes = rows.map((row, i) => (free.has(i) ? 0 : dot(row, sum)));
    const steepest = slopes.reduce((best, slope, i) => (slope < slopes[best] ? i : best), 0);
    if (slopes[steepest] >= -rounding) return backSubstitute(triangle, sum);
    free.add(steepest);
    release(rows, weights, free);
  }
  throw new Error('separatingDirection: rounding keeps it from deciding whether the labels are separated; add a penalty (lambda > 0)');
}

/** Moves the free weights to the least norm of the sum, and fixes at 1 those that would fall below. */
function release(rows: readonly Float64Array[], weights: Float64Array, free: Set<number>): void {
  while (free.size > 0) {
    const order = [...free];
    const fixed = combination(
      rows,
      weights.map((w, i) => (free.has(i) ? 1 : w)),
    );
    const { q, r } = qr(fromColumns(order.map((i) => rows[i])));
    const target = order.map(
      (_, k) =>
        -dot(
          q.data.filter((_, at) => at % order.length === k),
          fixed,
        ),
    );
    const extra = backSubstitute(r, target); // u on the free rows
    const short = order.filter((_, k) => extra[k] <= 0);
    if (short.length === 0) {
      order.forEach((i, k) => {
        weights[i] = 1 + extra[k];
      });
      return;
    }
    const goal = (i: number) => 1 + extra[order.indexOf(i)];
    const share = Math.min(...short.map((i) => (weights[i] - 1) / (weights[i] - goal(i))));
    for (const i of order) weights[i] += share * (goal(i) - weights[i]);
    for (const i of short)
      if (weights[i] - 1 <= 1e-14 * weights[i]) {
        weights[i] = 1;
        free.delete(i);
      }
  }
}

function combination(rows: readonly Float64Array[], weights: Float64Array): Float64Array {
  const sum = new Float64Array(rows[0].length);
  rows.forEach((row, i) => {
    for (let j = 0; j < sum.length; j++) sum[j] += weights[i] * row[j];
  });
  return sum;
}

const rowOf = (m: Matrix, i: number): Float64Array => m.data.subarray(i * m.cols, (i + 1) * m.cols);

function unit(row: Float64Array, sign: number): Float64Array {
  const scale = sign === 0 ? 0 : sign / Math.sqrt(dot(row, row));
  return row.map((value) => scale * value);
}
