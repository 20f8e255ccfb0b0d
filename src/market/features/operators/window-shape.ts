import { apply, type Expression } from '../expression.js';
import { missing, type Operator } from './operator.js';

/* Third and fourth central moments by two stacks, as window-moments.ts has the second. Pébay 2008, eqs. 3.1 and 4.1 pairwise. */

/** What a statistic makes of Σ d², Σ d³, Σ d⁴ of n values. */
type Statistic = (n: number, m2: number, m3: number, m4: number) => number;

/** The joint sums of two parts, into `out`: [m2, m3, m4]. */
function shapeOver(name: string, window: number, statistic: Statistic): Operator {
  const w = window;
  return {
    key: `${name} ${window}`,
    first: window - 1,
    memory: 0,
    start: (N) => ({ parts: missing(4 * w * N), head: new Float64Array(4 * N), at: new Float64Array(1) }),
    // A part is four rows of N: its mean and the three sums. `parts` holds the values of the current block in the place of means.
    push({ parts, head, at }, [x], out, N) {
      let k = at[0];
      const [second, third, fourth] = [N, 2 * N, 3 * N];
      for (let row = 0; row < out.length; row += N) {
        const [own, next] = [4 * k * N, 4 * (k + 1) * N];
        const [a, n] = [w - 1 - k, k + 1];
        k++;
        for (let i = 0; i < N; i++) {
          const value = x[row + i];
          parts[own + i] = value;
          include(head, i, N, value, n);
          const [b2, b3, b4] = [head[second + i], head[third + i], head[fourth + i]];
          if (a === 0) {
            out[row + i] = statistic(w, b2, b3, b4);
            continue;
          }
          const [a2, a3, a4] = [parts[next + second + i], parts[next + third + i], parts[next + fourth + i]];
          const d = head[i] - parts[next + i];
          const [dn, d2] = [d / w, d * d];
          const m2 = a2 + b2 + (d2 * a * n) / w;
          const m3 = a3 + b3 + (dn * d2 * a * n * (a - n)) / w + 3 * dn * (a * b2 - n * a2);
          const m4 =
            a4 +
            b4 +
            (d2 * dn * dn * a * n * (a * a - a * n + n * n)) / w +
            6 * dn * dn * (a * a * b2 + n * n * a2) +
            4 * dn * (a * b3 - n * a3);
          out[row + i] = statistic(w, m2, m3, m4);
        }
        if (k < w) continue;
        turn(parts, head, N);
        k = 0;
      }
      at[0] = k;
    },
  };
}

/** Takes a value, the n-th, into the part that begins at `head[i]`. */
function include(head: Float64Array, i: number, N: number, value: number, n: number): void {
  const [second, third, fourth] = [N + i, 2 * N + i, 3 * N + i];
  const d = value - head[i];
  const dn = d / n;
  const term = d * dn * (n - 1);
  head[i] += dn;
  head[fourth] += term * dn * dn * (n * n - 3 * n + 3) + 6 * dn * dn * head[second] - 4 * dn * head[third];
  head[third] += term * dn * (n - 2) - 3 * dn * head[second];
  head[second] += term;
}

/** Of a full block: the part from each row to its end; and the head empty. */
function turn(parts: Float64Array, head: Float64Array, N: number): void {
  head.fill(0);
  for (let at = parts.length - 4 * N, count = 1; at >= 4 * N; at -= 4 * N, count++) {
    for (let i = 0; i < N; i++) include(head, i, N, parts[at + i], count);
    parts.set(head, at);
  }
  head.fill(0);
}

/** What rounding may leave of the squares of equal values is no shape. */
const skewness: Statistic = (n, m2, m3) => (m2 > 0 ? ((n * Math.sqrt(n - 1)) / (n - 2)) * (m3 / (m2 * Math.sqrt(m2))) : Number.NaN);
const kurtosis: Statistic = (n, m2, _, m4) =>
  m2 > 0 ? ((n - 1) / ((n - 2) * (n - 3))) * (((n + 1) * n * m4) / (m2 * m2) - 3 * (n - 1)) : Number.NaN;

/** The adjusted skewness G₁ of the last `window` rows, as pandas has it; missing where they are all the same. */
export const windowSkewness = (x: Expression, window: number): Expression => apply(shapeOver('skewness', window, skewness), x);

/** The adjusted excess kurtosis G₂ of the last `window` rows, as pandas has it; missing where they are all the same. */
export const windowKurtosis = (x: Expression, window: number): Expression => apply(shapeOver('kurtosis', window, kurtosis), x);
