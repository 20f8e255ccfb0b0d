import { describe, expect, it } from 'vitest';
import { gaussian } from '../../../../tests/support/simulated.js';
import { type Expression, field } from '../expression.js';
import { Machine } from '../machine.js';
import { above, add, affine, log, maximum, minimum, multiply, orElse, ratio, sign, subtract } from './arithmetic.js';
import { crossCount, crossDeviation, crossMean, crossRank } from './cross-section.js';
import { cumulativeMax, cumulativeSum, rowsSince } from './cumulative.js';
import { ema, ewma, wilder } from './ewma.js';
import { difference, lag } from './lag.js';
import { sinceMax, sinceMin, windowFall, windowMax, windowMin } from './window-extremes.js';
import { windowCovariance, windowVariance } from './window-moments.js';
import { windowMeanDeviation, windowQuantile, windowRank } from './window-order.js';
import { windowKurtosis, windowSkewness } from './window-shape.js';
import { windowMean, windowSum, windowTrend } from './window-sum.js';

const [x, y] = ['x', 'y'].map(field);
const { NaN: missing } = Number;

/** An expression on fields [T, N], all listed unless told. */
function compute(expression: Expression, fields: Record<string, ArrayLike<number>>, N = 1, listed?: readonly number[]): number[] {
  const T = Object.values(fields)[0].length / N;
  const out = new Float64Array(T * N);
  new Machine([expression], N).push(
    T,
    (source, start, into) => {
      for (let i = 0; i < into.length; i++)
        into[i] = source.kind === 'listed' ? (listed?.[start * N + i] ?? 1) : fields[(source as { name: string }).name][start * N + i];
    },
    [out],
  );
  return [...out];
}

const sum = (v: readonly number[]) => v.reduce((a, b) => a + b, 0);
const mean = (v: readonly number[]) => sum(v) / v.length;
const moment = (v: readonly number[], k: number) => mean(v.map((a) => (a - mean(v)) ** k));
const variance = (v: readonly number[]) => (moment(v, 2) * v.length) / (v.length - 1);
/** Of a window by itself, from the definition. */
const WINDOWS: Record<string, [operator: (w: number) => Expression, definition: (v: number[], u: number[]) => number, least: number]> = {
  sum: [(w) => windowSum(x, w), sum, 1],
  mean: [(w) => windowMean(x, w), mean, 1],
  max: [(w) => windowMax(x, w), (v) => Math.max(...v), 1],
  min: [(w) => windowMin(x, w), (v) => Math.min(...v), 1],
  'since max': [(w) => sinceMax(x, w), (v) => v.length - 1 - v.lastIndexOf(Math.max(...v)), 1],
  'since min': [(w) => sinceMin(x, w), (v) => v.length - 1 - v.lastIndexOf(Math.min(...v)), 1],
  fall: [(w) => windowFall(x, w), (v) => Math.max(...v.flatMap((a, i) => v.slice(i).map((b) => a - b))), 1],
  variance: [(w) => windowVariance(x, w), variance, 2],
  covariance: [(w) => windowCovariance(x, y, w), (v, u) => sum(v.map((a, i) => (a - mean(v)) * (u[i] - mean(u)))) / (v.length - 1), 2],
  trend: [
    (w) => windowTrend(x, w),
    (v) => sum(v.map((a, i) => (i - (v.length - 1) / 2) * a)) / sum(v.map((_, i) => (i - (v.length - 1) / 2) ** 2)),
    2,
  ],
  skewness: [
    (w) => windowSkewness(x, w),
    (v) => (Math.sqrt(v.length * (v.length - 1)) / (v.length - 2)) * (moment(v, 3) / moment(v, 2) ** 1.5),
    3,
  ],
  kurtosis: [
    (w) => windowKurtosis(x, w),
    (v) => ((v.length - 1) / ((v.length - 2) * (v.length - 3))) * ((v.length + 1) * (moment(v, 4) / moment(v, 2) ** 2 - 3) + 6),
    4,
  ],
  rank: [
    (w) => windowRank(x, w),
    (v) => (v.filter((a) => a < v.at(-1)!).length + (v.filter((a) => a === v.at(-1)).length + 1) / 2) / v.length,
    1,
  ],
  quantile: [
    (w) => windowQuantile(x, 0.3, w),
    (v) => {
      const sorted = [...v].sort((a, b) => a - b);
      const at = 0.3 * (v.length - 1);
      const low = sorted[Math.floor(at)];
      return low + (at - Math.floor(at)) * ((sorted[Math.floor(at) + 1] ?? low) - low);
    },
    1,
  ],
  'mean deviation': [(w) => windowMeanDeviation(x, w), (v) => mean(v.map((a) => Math.abs(a - mean(v)))), 1],
};

describe('an operator over a window', () => {
  const T = 120;
  // Two assets; ties, zeros, gaps of one row and of several, and a value a million times the others.
  const [a, b] = [gaussian(1, 2 * T), gaussian(2, 2 * T)].map((z) => Array.from(z, (v) => Math.round(4 * v) / 4));
  for (const i of [22, 61, 63, 65, 67, 130]) a[i] = missing;
  a[90] = 1e6;

  it.each(Object.entries(WINDOWS))('%s equals its definition on each window', (_, [operator, definition, least]) => {
    for (const w of [1, 2, 3, 4, 5, 8, 21].filter((one) => one >= least)) {
      const got = compute(operator(w), { x: a, y: b }, 2);
      for (let t = 0; t < T; t++)
        for (const n of [0, 1]) {
          const rows = Array.from({ length: w }, (_, i) => 2 * (t - w + 1 + i) + n);
          const [v, u] = [a, b].map((values) => rows.map((i) => values[i] ?? missing));
          const want = v.some(Number.isNaN) ? missing : definition(v, u);
          const value = got[2 * t + n];
          const place = `window ${w}, row ${t}, asset ${n}: ${value}, not ${want}`;
          if (Number.isNaN(want)) expect(value, place).toBeNaN();
          else if (moment(v, 2) === 0 && least > 1) expect(value || 0, place).toBe(0);
          else expect(Math.abs(value - want), place).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(want)));
        }
    }
  });

  it('has not drifted after a value a billion times the others', () => {
    const z = Array.from(gaussian(3, 500), (v, t) => (t === 100 ? 1e9 * v : 1 + v * v));
    const got = compute(windowSum(x, 20), { x: z });
    // A running sum keeps 1e9 · 2^-53 = 1e-7 of it for good.
    for (let t = 120; t < 500; t++) {
      const want = sum(z.slice(t - 19, t + 1));
      expect(Math.abs(got[t] / want - 1)).toBeLessThanOrEqual(2e-15);
    }
  });

  it('finds no variance in a constant, whatever came before, and no shape', () => {
    const z = Array.from({ length: 60 }, (_, t) => (t < 25 ? Math.sin(t) * 1e7 : 0.1));
    expect(compute(windowVariance(x, 7), { x: z }).slice(31)).toEqual(Array(29).fill(0));
    expect(compute(windowSkewness(x, 7), { x: z }).slice(31)).toEqual(Array(29).fill(missing));
  });
});

it('a quantile is of a share from 0, the least, to 1', () => {
  expect(compute(windowQuantile(x, 0, 3), { x: [3, 1, 2, 5] })).toEqual([missing, missing, 1, 1]);
  expect(compute(windowQuantile(x, 1, 3), { x: [3, 1, 2, 5] })).toEqual([missing, missing, 3, 5]);
  expect(() => windowQuantile(x, 95, 3)).toThrow('windowQuantile: q must be a finite number from 0 to 1, got 95');
});

describe('a recursion', () => {
  it('of squares of constant returns c is c² from the first on (FinanceToolkit PR 237)', () => {
    expect(compute(ewma(multiply(x, x), 0.06), { x: Array(50).fill(0.03) })).toEqual(Array(50).fill(0.03 * 0.03));
  });

  it('is seeded by the mean of its first values, and goes on by its weight', () => {
    expect(compute(ema(x, 3), { x: [1, 2, 6, 5, 9] })).toEqual([missing, missing, 3, 4, 6.5]);
    expect(compute(wilder(x, 2), { x: [1, 3, 6, 10] })).toEqual([missing, 2, 4, 7]);
    expect(compute(ewma(x, 0.25), { x: [4, 8, 1] })).toEqual([4, 5, 4]);
  });

  it('passes over what is missing', () => {
    expect(compute(ema(x, 3), { x: [missing, 1, 2, missing, 6, missing, 5] })).toEqual([missing, missing, missing, missing, 3, missing, 4]);
    expect(compute(cumulativeSum(x), { x: [1, missing, 2] })).toEqual([1, missing, 3]);
    expect(compute(cumulativeMax(x), { x: [missing, 3, 2, missing, 5] })).toEqual([missing, 3, 3, missing, 5]);
    expect(compute(rowsSince(x), { x: [0, 1, 0, -1, missing, 2] })).toEqual([missing, 0, 1, 2, missing, 0]);
  });

  it('has forgotten its seed to 1e-9 when it says so', () => {
    for (const [expression, alpha] of [
      [ema(x, 12), 2 / 13],
      [wilder(x, 14), 1 / 14],
      [ewma(x, 0.06), 0.06],
    ] as const) {
      const rows = expression.warmUp - expression.first;
      expect((1 - alpha) ** rows).toBeLessThanOrEqual(1e-9);
      expect((1 - alpha) ** (rows - 1)).toBeGreaterThan(1e-9);
    }
    // 10.4 periods of an exponential moving average.
    expect((ema(x, 252).warmUp - 251) / 252).toBeCloseTo(10.4, 1);
  });
});

it('lags and differences look back by rows, over what is missing too', () => {
  expect(compute(lag(x, 2), { x: [1, 2, missing, 4, 5] })).toEqual([missing, missing, 1, 2, missing]);
  expect(compute(difference(x, 2), { x: [1, 2, missing, 5, 7] })).toEqual([missing, missing, missing, 3, missing]);
});

it('arithmetic has no answer to a ratio to 0, nor to the logarithm of what is not positive', () => {
  const fields = { x: [1, -2, 0, missing], y: [2, 0, 0, 1] };
  expect(compute(ratio(x, y), fields)).toEqual([0.5, missing, missing, missing]);
  expect(compute(log(x), fields)).toEqual([0, missing, missing, missing]);
  expect(compute(above(x, y), fields)).toEqual([0, 0, 0, missing]);
  expect(compute(orElse(x, y), fields)).toEqual([1, -2, 0, 1]);
  expect([orElse(x, lag(y, 3)).first, orElse(lag(x, 3), y).first]).toEqual([0, 0]);
  expect(compute(subtract(maximum(x, y), minimum(x, y)), fields)).toEqual([1, 2, 0, missing]);
  expect(compute(add(affine(x, 2, 1), sign(x)), fields)).toEqual([4, -4, 1, missing]);
});

it('across assets only those take part that are listed and have a value', () => {
  const fields = { x: [1, 2, 3, 10, 5, missing, 5, 10] };
  const listed = [1, 1, 1, 0, 1, 1, 1, 0];
  const across = (expression: Expression) => compute(expression, fields, 4, listed);
  expect(across(crossMean(x))).toEqual([2, 2, 2, 2, 5, 5, 5, 5]);
  expect(across(crossDeviation(x))).toEqual([1, 1, 1, 1, 0, 0, 0, 0]);
  expect(across(crossCount(x))).toEqual([3, 3, 3, 3, 2, 2, 2, 2]);
  expect(across(crossRank(x))).toEqual([1 / 3, 2 / 3, 1, missing, 0.75, missing, 0.75, missing]);
});
