import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { panelOf, simulatedPrices } from '../../../tests/support/panels.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { mean, standardDeviation } from '../../linalg/vector.js';
import { assertNoLookahead } from '../lookahead/lookahead.js';
import { mapValues, type Panel } from '../panel/panel.js';
import { logReturns } from '../panel/returns.js';
import { crossSectionalRank } from './cross-section.js';
import { realisedVolatility, rolling, rollingMean, rollingStandardDeviation } from './rolling.js';

const { NaN: missing } = Number;
const columns = (...series: ArrayLike<number>[]): Panel =>
  panelOf(
    series.map((_, n) => `A${n}`),
    Array.from(series[0], (_, t) => series.map((values) => values[t])),
  );

/** The window's own mean and deviation, each window by itself. */
const slowly = (panel: Panel, window: number) => ({
  mean: rolling(panel, window, 'mean', mean).values,
  deviation: rolling(panel, window, 'deviation', standardDeviation).values,
});

/** As near as rounding in values of this size lets a deviation be. */
function expectNear(got: Float64Array, want: Float64Array, panel: Panel): void {
  const size = panel.values.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0);
  for (const [at, value] of want.entries()) {
    if (Number.isNaN(value)) expect(got[at], `element ${at}`).toBeNaN();
    else expect(Math.abs(got[at] - value), `element ${at}`).toBeLessThanOrEqual(1e-13 * Math.abs(value) + 1e-15 * size + 1e-150); // below it squares vanish
  }
}

describe('rolling statistics', () => {
  it("equal pandas 3.1.1's on a series with a gap", () => {
    // pd.Series([1, 2, 4, 8, nan, 3, 5, 7]).rolling(3): .mean() and .std()
    const panel = columns([1, 2, 4, 8, missing, 3, 5, 7]);
    const expected = [missing, missing, 7 / 3, 14 / 3, missing, missing, missing, 5];
    expectNear(rollingMean(panel, 3).values, Float64Array.from(expected), panel);
    const deviations = [missing, missing, 1.5275252316519465, 3.055050463303893, missing, missing, missing, 2];
    expectNear(rollingStandardDeviation(panel, 3).values, Float64Array.from(deviations), panel);
  });

  it('equal those of each window by itself, at any window, gap and scale', () => {
    const cell = fc.oneof(
      { weight: 12, arbitrary: fc.double({ min: -1, max: 1, noNaN: true }) },
      { weight: 1, arbitrary: fc.constantFrom(missing, 0, 1e6, -1e6) },
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell), { minLength: 2, maxLength: 40 }),
        fc.nat(),
        fc.constantFrom(1e-9, 1, 1e9),
        (rows, pick, scale) => {
          const window = 2 + (pick % (rows.length - 1));
          const panel = mapValues(panelOf(['A', 'B'], rows), 'scaled', (value) => scale * value);
          const slow = slowly(panel, window);
          expectNear(rollingMean(panel, window).values, slow.mean, panel);
          expectNear(rollingStandardDeviation(panel, window).values, slow.deviation, panel);
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });

  it('keep their digits after a value a billion times larger, and at a level far above the changes', () => {
    const shocked = gaussian(1, 400).map((z, t) => (t === 100 ? 1e9 : z));
    const high = gaussian(2, 400).map((z) => 1e8 + z);
    const panel = columns(shocked, high);
    const [got, want] = [rollingStandardDeviation(panel, 20).values, slowly(panel, 20).deviation];
    for (let t = 120; t < 400; t++) {
      expect(got[2 * t] / want[2 * t]).toBeCloseTo(1, 13); // a running sum of squares has lost all of it
      expect(got[2 * t + 1] / want[2 * t + 1]).toBeCloseTo(1, 7); // 1e8 holds eight digits of the change
    }
  });

  it('call a constant window constant, after any other', () => {
    const values = Float64Array.from({ length: 60 }, (_, t) => (t < 25 ? Math.sin(t) * 1e7 : 0.1));
    const { values: deviations } = rollingStandardDeviation(columns(values), 7);
    for (let t = 31; t < 60; t++) expect(deviations[t]).toBe(0);
    expect(rollingMean(columns(values), 7).values[59]).toBe(0.1);
  });

  it('have nothing to say of an infinite value, and are themselves again when it is gone', () => {
    const panel = columns([1, 2, Infinity, 3, 4, 5]);
    expect([...rollingMean(panel, 2).values]).toEqual([missing, 1.5, missing, missing, 3.5, 4.5]);
    expect([...rollingMean(panel, 1).values]).toEqual([1, 2, missing, 3, 4, 5]);
    expect([...rollingStandardDeviation(panel, 2).values].filter(Number.isNaN)).toHaveLength(3);
  });

  it('look back only', async () => {
    const prices = simulatedPrices(120);
    for (const feature of [rollingMean, rollingStandardDeviation, realisedVolatility])
      await assertNoLookahead((data) => feature(logReturns(data), 15), prices);
    await assertNoLookahead(crossSectionalRank, prices);
  });

  it('name what is wrong', () => {
    expect(() => rollingStandardDeviation(columns([1, 2, 3]), 1)).toThrow('a window of 1 row has no deviation; take 2 rows or more');
    expect(() => rollingMean(columns([1, 2, 3]), 4)).toThrow('window 4 leaves no sample: test has 3 rows');
    expect(() => rollingMean(columns([1, 2, 3]), 1.5)).toThrow('window must be a positive integer of rows, got 1.5');
  });
});

describe('crossSectionalRank', () => {
  it("equals pandas 3.1.1's rank(axis=1, pct=True), ties and gaps included", () => {
    const panel = panelOf(
      ['A', 'B', 'C', 'D'],
      [
        [0.3, -0.1, 0.3, 0.2],
        [missing, 1, 2, missing],
        [5, 5, 5, 5],
        [-Infinity, Infinity, 0, Infinity],
      ],
    );
    expect([...crossSectionalRank(panel).values]).toEqual([
      ...[0.875, 0.25, 0.875, 0.5],
      ...[missing, 0.5, 1, missing],
      ...[0.625, 0.625, 0.625, 0.625],
      ...[0.25, 0.875, 0.5, 0.875],
    ]);
  });

  it('counts what is below and half of what is level, of few assets and of many', () => {
    for (const N of [1, 7, 48, 49, 120]) {
      const row = gaussian(N, N).map((z) => Math.round(3 * z));
      const ranks = crossSectionalRank(
        panelOf(
          Array.from(row, (_, n) => `A${n}`),
          [Array.from(row)],
        ),
      ).values;
      const count = (test: (value: number) => boolean) => row.filter(test).length;
      for (const [n, value] of row.entries()) expect(ranks[n]).toBe((count((x) => x < value) + (count((x) => x === value) + 1) / 2) / N);
    }
  });
});
