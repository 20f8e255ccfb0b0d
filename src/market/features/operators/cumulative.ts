import { apply, type Expression } from '../expression.js';
import { missing, type Operator } from './operator.js';

/* What never forgets its start. A missing value is passed over. */

const SUM: Operator = {
  key: 'cumulative sum',
  first: 0,
  memory: Infinity,
  start: (N) => ({ sum: new Float64Array(N) }),
  push({ sum }, [x], out, N) {
    for (let row = 0; row < out.length; row += N)
      for (let n = 0; n < N; n++) {
        const value = x[row + n];
        if (!Number.isNaN(value)) sum[n] += value;
        out[row + n] = !Number.isNaN(value) ? sum[n] : value;
      }
  },
};

const MAX: Operator = {
  key: 'cumulative max',
  first: 0,
  memory: Infinity,
  start: (N) => ({ most: new Float64Array(N).fill(-Infinity) }),
  push({ most }, [x], out, N) {
    for (let row = 0; row < out.length; row += N)
      for (let n = 0; n < N; n++) {
        const value = x[row + n];
        if (value > most[n]) most[n] = value;
        out[row + n] = !Number.isNaN(value) ? most[n] : value;
      }
  },
};

const SINCE: Operator = {
  key: 'rows since',
  first: 0,
  memory: Infinity,
  start: (N) => ({ rows: missing(N) }),
  push({ rows }, [x], out, N) {
    for (let row = 0; row < out.length; row += N)
      for (let n = 0; n < N; n++) {
        const value = x[row + n];
        if (!Number.isNaN(value)) rows[n] = value > 0 ? 0 : rows[n] + 1;
        out[row + n] = !Number.isNaN(value) ? rows[n] : value;
      }
  },
};

/** Σ of all rows so far. */
export const cumulativeSum = (x: Expression): Expression => apply(SUM, x);

/** The largest of all rows so far. */
export const cumulativeMax = (x: Expression): Expression => apply(MAX, x);

/** Rows since x was last above 0; missing before it first was. */
export const rowsSince = (x: Expression): Expression => apply(SINCE, x);
