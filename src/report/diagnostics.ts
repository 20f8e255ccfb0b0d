import type { Bundle } from '../base/index.js';
import { inverseNormal } from '../base/internal.js';
import { autocorrelation, whiteNoiseBand } from '../stats/index.js';
import { GREY, plot, type Spec } from './plot.js';

/**
 * Two pictures that say whether residuals are independent and normal: autocorrelations of the residuals and of their squares
 * with the ±1.96/√T band of white noise, and their quantiles against the normal's.
 */
export function residualDiagnostics(residuals: ArrayLike<number>, options: { title: string; lags?: number }): Promise<Bundle> {
  const { title, lags = 20 } = options;
  const T = residuals.length;
  const squares = Array.from(residuals, (e) => e * e);
  const correlations = [residuals, squares].flatMap((series, i) =>
    Array.from(autocorrelation(series, lags), (r, k) => ({ lag: k + 1, r, of: i === 0 ? 'residuals' : 'their squares' })),
  );
  return plot({ title, hconcat: [correlogram(correlations, whiteNoiseBand(T)), quantiles(residuals)] });
}

function correlogram(values: object[], band: number): Spec {
  const lag = { field: 'lag', type: 'ordinal', title: 'lag (days)', axis: { labelAngle: 0, values: [1, 5, 10, 15, 20] } };
  const r = { field: 'r', type: 'quantitative', title: 'autocorrelation' };
  return {
    width: 290,
    height: 220,
    layer: [
      {
        data: { values: [{ r: band }, { r: -band }] },
        mark: { type: 'rule', color: GREY, strokeDash: [4, 3] },
        encoding: { y: r },
      },
      {
        data: { values },
        mark: { type: 'bar' },
        encoding: {
          x: lag,
          xOffset: { field: 'of' },
          y: r,
          color: { field: 'of', sort: null, title: 'of the', legend: { orient: 'top' } },
        },
      },
    ],
  };
}

/** About a hundred points: all of the tails, where the story is, and evenly spaced ones between. */
function quantiles(residuals: ArrayLike<number>): Spec {
  const sorted = Float64Array.from(residuals).sort();
  const T = sorted.length;
  const mean = sum(T, (t) => sorted[t]) / T;
  const deviation = Math.sqrt(sum(T, (t) => (sorted[t] - mean) ** 2) / T);
  const stride = Math.ceil(T / 80);
  const points = Array.from(sorted, (e, t) => ({ normal: inverseNormal((t + 0.5) / T), residual: (e - mean) / deviation }));
  const values = points.filter((_, t) => t % stride === 0 || t < 12 || t >= T - 12);
  const x = { type: 'quantitative', title: 'quantile of the normal (σ)', axis: { tickCount: 5 } };
  const y = { type: 'quantitative', title: 'quantile of the residuals (σ)' };
  return {
    width: 220,
    height: 220,
    layer: [
      {
        data: { values: [{ at: -4 }, { at: 4 }] },
        mark: { type: 'line', color: GREY, strokeDash: [4, 3] },
        encoding: { x: { ...x, field: 'at' }, y: { ...y, field: 'at' } },
      },
      {
        data: { values },
        mark: { type: 'point', filled: true, size: 20 },
        encoding: { x: { ...x, field: 'normal' }, y: { ...y, field: 'residual' } },
      },
    ],
  };
}

function sum(n: number, term: (i: number) => number): number {
  let total = 0;
  for (let i = 0; i < n; i++) total += term(i);
  return total;
}
