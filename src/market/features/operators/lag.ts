import { apply, type Expression } from '../expression.js';
import { missing, type Operator, requireRows } from './operator.js';

/** The last k rows in a ring [k, N], of which row `at` is the oldest: that value, or how far the new one is from it. */
const lookBack = (name: 'lag' | 'difference', k: number): Operator => ({
  key: `${name} ${k}`,
  first: k,
  memory: 0,
  start: (N) => ({ values: missing(k * N), at: new Float64Array(1) }),
  push({ values, at }, [x], out, N) {
    const isLag = name === 'lag';
    let slot = at[0] * N;
    for (let row = 0; row < out.length; row += N) {
      for (let n = 0; n < N; n++) {
        const before = values[slot + n];
        const now = x[row + n];
        values[slot + n] = now;
        out[row + n] = isLag ? before : now - before;
      }
      slot += N;
      if (slot === values.length) slot = 0;
    }
    at[0] = slot / N;
  },
});

/** x_{t−k}. */
export const lag = (x: Expression, k: number): Expression => apply(lookBack('lag', requireRows('lag', k)), x);

/** x_t − x_{t−k}. */
export const difference = (x: Expression, k = 1): Expression => apply(lookBack('difference', requireRows('difference', k)), x);
