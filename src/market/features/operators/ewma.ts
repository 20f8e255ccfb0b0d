import { checkNumber } from '../../../base/internal.js';
import { apply, type Expression } from '../expression.js';
import { missing, type Operator, requireRows } from './operator.js';

/** What the seed of a recursion may weigh when it is called forgotten. */
const FORGOTTEN = 1e-9;

const average = (alpha: number, seed: number): Operator => ({
  key: `ewma ${alpha} ${seed}`,
  first: seed - 1,
  memory: Math.ceil(Math.log(FORGOTTEN) / Math.log1p(-alpha)),
  start: (N) => ({ mean: missing(N), count: new Float64Array(N), sum: new Float64Array(N) }),
  push({ mean, count, sum }, [x], out, N) {
    for (let row = 0; row < out.length; row += N)
      for (let n = 0; n < N; n++) {
        const value = x[row + n];
        if (Number.isNaN(value)) out[row + n] = value;
        else if (count[n] === seed) out[row + n] = mean[n] += alpha * (value - mean[n]);
        else {
          sum[n] += value;
          if (++count[n] === seed) mean[n] = sum[n] / seed;
          out[row + n] = mean[n];
        }
      }
  },
});

function checked(alpha: number, seed: number): Operator {
  checkNumber('ewma', 'alpha', alpha, { above: 0, to: 1 });
  return average(alpha, requireRows('ewma', seed));
}

/**
 * The exponentially weighted mean m_t = m_{t−1} + α (x_t − m_{t−1}), whose seed is the plain mean of the first `seed` values.
 *
 * A missing value is missing in the mean too, and the next one goes on from before it.
 */
export const ewma = (x: Expression, alpha: number, seed = 1): Expression => apply(checked(alpha, seed), x);

/** The exponential moving average of n rows: α = 2/(n + 1), seeded by the mean of the first n values, as TA-Lib does. */
export const ema = (x: Expression, n: number): Expression => ewma(x, 2 / (n + 1), n);

/** Wilder's average: α = 1/n, seeded by the mean of the first n values. */
export const wilder = (x: Expression, n: number): Expression => ewma(x, 1 / n, n);
