import { describe, expect, it } from 'vitest';
import { panelOf } from '../../../tests/support/panels.js';
import { frameOf } from '../../market/frame/frame.js';
import { combinatorialPurged } from '../../market/splits/purged.js';
import { stitch } from '../../market/splits/stitch.js';
import { sharpe } from '../metrics/sharpe.js';
import { backtest } from './backtest.js';

describe('backtests of the paths of a combinatorial cross-validation', () => {
  it('C(6, 2) has five Sharpe ratios: those of the planted weights times the returns two rows later', () => {
    // Returns of 1.2 %, −0.8 % and 0.5 % by turns; fold k holds (k + 1)/20 of the asset, so that a path's weights are known by group.
    const returns = Array.from({ length: 240 }, (_, t) => [0.012, -0.008, 0.005][t % 3] + (t % 7) * 1e-4);
    let level = 100;
    const prices = panelOf(
      ['A'],
      returns.map((r) => {
        level *= 1 + r;
        return [level];
      }),
    );
    const cut = combinatorialPurged(prices.dates, { groups: 6, tested: 2, horizon: 1 });
    const planted = cut.folds.map((_, k) => ({ ...prices, field: 'weight', values: new Float64Array(240).fill((k + 1) / 20) }));
    const ratios = stitch(cut, planted).map((weights) => {
      const run = backtest({ weights, prices: frameOf(prices), execution: 'nextClose', tick: 1e-6, lot: 1e-5, capital: 10_000 });
      return sharpe(run).annual;
    });
    // López de Prado 2018, figure 12.1: the split of each group and path.
    const splits = [
      [1, 1, 2, 3, 4, 5],
      [2, 6, 6, 7, 8, 9],
      [3, 7, 10, 10, 11, 12],
      [4, 8, 11, 13, 13, 14],
      [5, 9, 12, 14, 15, 15],
    ];
    const wanted = splits.map((path) => {
      // A weight of row t is traded at the close of t + 1 and earns the return of t + 2; the first row of the run is the entry.
      const earned = Array.from({ length: 239 }, (_, i) => (i === 0 ? 0 : (path[Math.floor((i - 1) / 40)] / 20) * returns[i + 1]));
      const mean = earned.reduce((a, b) => a + b) / 239;
      return (Math.sqrt(252) * mean) / Math.sqrt(earned.reduce((a, b) => a + (b - mean) ** 2, 0) / 238);
    });
    expect(ratios).toHaveLength(5);
    for (const [p, ratio] of ratios.entries()) expect(ratio).toBeCloseTo(wanted[p], 4);
    expect(Math.max(...ratios) - Math.min(...ratios)).toBeGreaterThan(0.1);
  });
});
