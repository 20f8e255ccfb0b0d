import { apply, type Expression } from '../expression.js';
import { missing, type Operator, requireRows, stateless } from './operator.js';

/* The largest of the last `window` rows and what belongs to it, by two stacks as window-sum.ts explains. The least is that of −x. */

const maxOver = (window: number): Operator => ({
  key: `max ${window}`,
  first: window - 1,
  memory: 0,
  start: (N) => ({ block: missing(window * N), head: new Float64Array(N).fill(-Infinity), at: new Float64Array(1) }),
  push({ block, head, at }, [x], out, N) {
    let own = at[0] * N;
    for (let row = 0; row < out.length; row += N) {
      const next = own + N;
      if (next < block.length) {
        for (let n = 0; n < N; n++) {
          const value = x[row + n];
          block[own + n] = value;
          const most = Math.max(head[n], value);
          head[n] = most;
          out[row + n] = Math.max(most, block[next + n]);
        }
        own = next;
        continue;
      }
      for (let n = 0; n < N; n++) {
        block[own + n] = x[row + n];
        out[row + n] = Math.max(head[n], x[row + n]);
      }
      head.fill(-Infinity);
      for (let i = block.length - N - 1; i >= N; i--) block[i] = Math.max(block[i], block[i + N]);
      own = 0;
    }
    at[0] = own / N;
  },
});

const sinceMaxOver = (window: number): Operator => ({
  key: `since max ${window}`,
  first: window - 1,
  memory: 0,
  // `ages`: rows from the largest value of a part to the part's last row.
  start: (N) => ({
    block: missing(window * N),
    ages: new Float64Array(window * N),
    head: new Float64Array(N).fill(-Infinity),
    age: new Float64Array(N),
    at: new Float64Array(1),
  }),
  push({ block, ages, head, age, at }, [x], out, N) {
    let k = at[0];
    for (let row = 0; row < out.length; row += N) {
      const [own, next] = [k * N, (k + 1) * N];
      k++;
      for (let n = 0; n < N; n++) {
        const value = x[row + n];
        block[own + n] = value;
        // NaN stays the largest until the block is over.
        const higher = value >= head[n] || Number.isNaN(value);
        head[n] = !Number.isNaN(head[n]) && higher ? value : head[n];
        age[n] = higher ? 0 : age[n] + 1;
        const older = k < window ? block[next + n] : -Infinity;
        if (Number.isNaN(older) || Number.isNaN(head[n])) out[row + n] = Number.NaN;
        else out[row + n] = older > head[n] ? ages[next + n] + k : age[n];
      }
      if (k < window) continue;
      turnAges(block, ages, N);
      head.fill(-Infinity);
      age.fill(0);
      k = 0;
    }
    at[0] = k;
  },
});

/** Of a full block: the largest value from each row to its end, the later of equal ones, and how many rows that is before the end. */
function turnAges(block: Float64Array, ages: Float64Array, N: number): void {
  ages.fill(0, block.length - N);
  for (let i = block.length - N - 1, age = 1, n = N; i >= N; i--) {
    const later = block[i + N];
    const own = block[i] > later || Number.isNaN(block[i]);
    ages[i] = own ? age : ages[i + N];
    if (!own) block[i] = later;
    if (--n === 0) [n, age] = [N, age + 1];
  }
}

const drawdownOver = (window: number): Operator => ({
  key: `drawdown ${window}`,
  first: window - 1,
  memory: 0,
  // Of a part: its highest and lowest value, and the deepest fall within it.
  start: (N) => ({
    highs: missing(window * N),
    falls: missing(window * N),
    high: new Float64Array(N).fill(-Infinity),
    low: new Float64Array(N).fill(Infinity),
    fall: new Float64Array(N),
    at: new Float64Array(1),
  }),
  push({ highs, falls, high, low, fall, at }, [x], out, N) {
    let k = at[0];
    for (let row = 0; row < out.length; row += N) {
      const [own, next] = [k * N, (k + 1) * N];
      k++;
      for (let n = 0; n < N; n++) {
        const value = x[row + n];
        highs[own + n] = value;
        high[n] = Math.max(high[n], value);
        low[n] = Math.min(low[n], value);
        fall[n] = Math.max(fall[n], high[n] - value);
        out[row + n] = k < window ? Math.max(falls[next + n], fall[n], highs[next + n] - low[n]) : fall[n];
      }
      if (k < window) continue;
      turnFalls(highs, falls, low, N);
      high.fill(-Infinity);
      low.fill(Infinity);
      fall.fill(0);
      k = 0;
    }
    at[0] = k;
  },
});

/** Of a full block: the highest value and the deepest fall from each row to its end. `low` is overwritten. */
function turnFalls(highs: Float64Array, falls: Float64Array, low: Float64Array, N: number): void {
  for (let n = 0, i = highs.length - N; n < N; n++, i++) {
    low[n] = highs[i];
    falls[i] = highs[i] - highs[i];
  }
  for (let i = highs.length - 2 * N; i >= N; i -= N)
    for (let n = 0; n < N; n++) {
      const value = highs[i + n];
      low[n] = Math.min(low[n], value);
      falls[i + n] = Math.max(falls[i + N + n], value - low[n]);
      highs[i + n] = Math.max(value, highs[i + N + n]);
    }
}

const NEGATED = stateless('negated', ([x], out) => {
  for (let i = 0; i < out.length; i++) out[i] = -x[i];
});
const negated = (x: Expression): Expression => apply(NEGATED, x);

/** The largest of the last `window` rows. */
export const windowMax = (x: Expression, window: number): Expression => apply(maxOver(requireRows('windowMax', window)), x);

/** The least of the last `window` rows. */
export const windowMin = (x: Expression, window: number): Expression =>
  negated(apply(maxOver(requireRows('windowMin', window)), negated(x)));

/** Rows since the largest of the last `window` rows, the latest of equal ones: 0 where it is the current one. */
export const sinceMax = (x: Expression, window: number): Expression => apply(sinceMaxOver(requireRows('sinceMax', window)), x);

/** Rows since the least of the last `window` rows. */
export const sinceMin = (x: Expression, window: number): Expression => apply(sinceMaxOver(requireRows('sinceMin', window)), negated(x));

/** The deepest fall within the last `window` rows, max x_i − x_j over i ≤ j. */
export const windowFall = (x: Expression, window: number): Expression => apply(drawdownOver(requireRows('windowFall', window)), x);
