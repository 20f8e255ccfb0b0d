import { apply, type Expression } from '../expression.js';
import { missing, type Operator, requireRows, type State } from './operator.js';

/** The last `rows` rows in a ring, and which of its rows is the oldest. */
const ring = (rows: number, N: number): State => ({ values: missing(rows * N), at: new Float64Array(1) });

const lagBy = (k: number): Operator => ({
  key: `lag ${k}`,
  first: k,
  memory: 0,
  start: (N) => ring(k, N),
  push({ values, at }, [x], out, N) {
    let slot = at[0] * N;
    for (let row = 0; row < out.length; row += N) {
      for (let n = 0; n < N; n++) {
        const before = values[slot + n];
        values[slot + n] = x[row + n];
        out[row + n] = before;
      }
      slot += N;
      if (slot === values.length) slot = 0;
    }
    at[0] = slot / N;
  },
});

const differenceOver = (k: number): Operator => ({
  key: `difference ${k}`,
  first: k,
  memory: 0,
  start: (N) => ring(k, N),
  push({ values, at }, [x], out, N) {
    let slot = at[0] * N;
    for (let row = 0; row < out.length; row += N) {
      for (let n = 0; n < N; n++) {
        const now = x[row + n];
        out[row + n] = now - values[slot + n];
        values[slot + n] = now;
      }
      slot += N;
      if (slot === values.length) slot = 0;
    }
    at[0] = slot / N;
  },
});

/** x_{t−k}. */
export const lag = (x: Expression, k: number): Expression => apply(lagBy(requireRows('lag', k)), x);

/** x_t − x_{t−k}. */
export const difference = (x: Expression, k = 1): Expression => apply(differenceOver(requireRows('difference', k)), x);
