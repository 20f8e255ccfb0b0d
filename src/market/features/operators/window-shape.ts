import { apply, type Expression } from '../expression.js';
import { missing, type Operator, requireRows, rounding } from './operator.js';

/*
 * Third and fourth central moments by two stacks, as window-moments.ts has the second: of two parts a and b they are joined, with d the
 * distance of their means. Pébay 2008, of two parts. The constants of a row are taken out of the loop over assets.
 */

const skewnessOver = (window: number): Operator => ({
  key: `skewness ${window}`,
  first: window - 1,
  memory: 0,
  // Of each part its mean, Σ d² and Σ d³; `means` holds the values of the current block in the place of theirs.
  start: (N) => ({ ...parts(window * N, 'means', 'seconds', 'thirds'), ...heads(N, 'mean', 'second', 'third'), at: new Float64Array(1) }),
  push({ means, seconds, thirds, mean, second, third, at }, [x], out, N) {
    const w = window;
    const adjust = (w * Math.sqrt(w - 1)) / (w - 2);
    let k = at[0];
    for (let row = 0; row < out.length; row += N) {
      const [own, next] = [k * N, (k + 1) * N];
      k++;
      const a = w - k;
      const [share, before, half, pair] = [1 / k, k - 1, k - 2, (a * k) / w];
      const skew = (pair * (a - k)) / w;
      for (let n = 0; n < N; n++) {
        const value = x[row + n];
        means[own + n] = value;
        const step = value - mean[n];
        const part = step * share;
        const term = step * part * before;
        let m3 = third[n] + part * (term * half - 3 * second[n]);
        let m2 = second[n] + term;
        const m1 = mean[n] + part;
        mean[n] = m1;
        second[n] = m2;
        third[n] = m3;
        if (a > 0) {
          const d = m1 - means[next + n];
          const older = seconds[next + n];
          m3 += thirds[next + n] + d * (d * d * skew + (3 * (a * m2 - k * older)) / w);
          m2 += older + d * d * pair;
        }
        // What rounding may leave of the squares of equal values is no shape.
        out[row + n] = m2 > w * rounding(value) ? (adjust * m3) / (m2 * Math.sqrt(m2)) : Number.NaN;
      }
      if (a > 0) continue;
      turn([means, seconds, thirds], [mean, second, third], N);
      k = 0;
    }
    at[0] = k;
  },
});

const kurtosisOver = (window: number): Operator => ({
  key: `kurtosis ${window}`,
  first: window - 1,
  memory: 0,
  start: (N) => ({
    ...parts(window * N, 'means', 'seconds', 'thirds', 'fourths'),
    ...heads(N, 'mean', 'second', 'third', 'fourth'),
    at: new Float64Array(1),
  }),
  push({ means, seconds, thirds, fourths, mean, second, third, fourth, at }, [x], out, N) {
    const w = window;
    const [adjust, excess] = [((w - 1) * (w + 1) * w) / ((w - 2) * (w - 3)), (3 * (w - 1) * (w - 1)) / ((w - 2) * (w - 3))];
    let k = at[0];
    for (let row = 0; row < out.length; row += N) {
      const [own, next] = [k * N, (k + 1) * N];
      k++;
      const a = w - k;
      const [share, before, half, quarter, pair] = [1 / k, k - 1, k - 2, k * k - 3 * k + 3, (a * k) / w];
      const even = (pair * (a * a - a * k + k * k)) / (w * w);
      for (let n = 0; n < N; n++) {
        const value = x[row + n];
        means[own + n] = value;
        const step = value - mean[n];
        const part = step * share;
        const term = step * part * before;
        let m4 = fourth[n] + part * (part * (term * quarter + 6 * second[n]) - 4 * third[n]);
        const m3 = third[n] + part * (term * half - 3 * second[n]);
        let m2 = second[n] + term;
        const m1 = mean[n] + part;
        mean[n] = m1;
        second[n] = m2;
        third[n] = m3;
        fourth[n] = m4;
        if (a > 0) {
          const d = m1 - means[next + n];
          const per = d / w;
          const older = seconds[next + n];
          m4 +=
            fourths[next + n] + d * d * d * d * even + per * (6 * per * (a * a * m2 + k * k * older) + 4 * (a * m3 - k * thirds[next + n]));
          m2 += older + d * d * pair;
        }
        out[row + n] = m2 > w * rounding(value) ? (adjust * m4) / (m2 * m2) - excess : Number.NaN;
      }
      if (a > 0) continue;
      turn([means, seconds, thirds, fourths], [mean, second, third, fourth], N);
      k = 0;
    }
    at[0] = k;
  },
});

/** Of a full block: the moments from each row to its end, with or without the fourth; and the head empty. */
function turn([means, seconds, thirds, fourths]: readonly Float64Array[], head: readonly Float64Array[], N: number): void {
  const [mean, second, third, fourth] = head;
  for (const one of head) one.fill(0);
  for (let i = means.length - N, k = 1; i >= N; i -= N, k++)
    for (let n = 0; n < N; n++) {
      const step = means[i + n] - mean[n];
      const part = step / k;
      const term = step * part * (k - 1);
      means[i + n] = mean[n] += part;
      if (fourths) fourths[i + n] = fourth[n] += part * (part * (term * (k * k - 3 * k + 3) + 6 * second[n]) - 4 * third[n]);
      thirds[i + n] = third[n] += part * (term * (k - 2) - 3 * second[n]);
      seconds[i + n] = second[n] += term;
    }
  for (const one of head) one.fill(0);
}

const parts = (length: number, ...names: string[]) => Object.fromEntries(names.map((name) => [name, missing(length)]));
const heads = (N: number, ...names: string[]) => Object.fromEntries(names.map((name) => [name, new Float64Array(N)]));

/** The adjusted skewness G₁ of the last `window` rows, as pandas has it; missing where they are all the same. */
export const windowSkewness = (x: Expression, window: number): Expression =>
  apply(skewnessOver(requireRows('windowSkewness', window, 3)), x);

/** The adjusted excess kurtosis G₂ of the last `window` rows, as pandas has it; missing where they are all the same. */
export const windowKurtosis = (x: Expression, window: number): Expression =>
  apply(kurtosisOver(requireRows('windowKurtosis', window, 4)), x);
