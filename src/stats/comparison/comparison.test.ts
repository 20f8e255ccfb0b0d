import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { estimate } from '../../../tests/support/monte-carlo.js';
import { references } from '../../../tests/support/references.js';
import { key, normal } from '../../base/index.js';
import { fromColumns, type Matrix } from '../../linalg/index.js';
import { columnMeans } from '../../linalg/internal.js';
import { clarkWest, dieboldMariano } from './forecast-comparison.js';
import { averageByDate, gainsOver, type Losses, lossesOf } from './losses.js';
import { eliminate, modelConfidenceSet } from './model-confidence-set.js';
import { meansOf } from './resampled-means.js';
import { spaPValues, stationaryVariance, superiorPredictiveAbility } from './superior-predictive-ability.js';

interface Case {
  readonly losses: readonly (readonly number[])[];
  readonly rows: readonly (readonly number[])[];
  readonly R: Found;
  readonly max: Found;
  readonly package: Found;
  readonly spa: {
    readonly omega: number[];
    readonly pValues: { readonly lower: number; readonly consistent: number; readonly upper: number };
  };
}
interface Found {
  readonly order: number[];
  readonly pValues: number[];
}
const { block, cases } = references<{ block: number; cases: Case[] }>('mcs');

const dateOf = (t: number) => new Date(Date.UTC(2000, 0, 1 + t)).toISOString().slice(0, 10);
const lossesFrom = (rows: readonly (readonly number[])[]): Losses => ({
  dates: rows.map((_, t) => dateOf(t)),
  models: rows[0].map((_, m) => `model ${m}`),
  values: Float64Array.from(rows.flat()),
});
/** Sample means over the rows that the reference tool was handed. */
const meansOn = (x: Matrix, rows: Case['rows']): Matrix => ({
  rows: rows.length,
  cols: x.cols,
  data: Float64Array.from(rows.flatMap((drawn) => [...meansOf(x, Int32Array.from(drawn))])),
});
const matrixOf = ({ dates, models, values }: Losses): Matrix => ({ rows: dates.length, cols: models.length, data: values });
/** Losses of M models with a common shock: normal noise about the means given. */
function simulated(seed: number, T: number, means: readonly number[]): Losses {
  const M = means.length;
  const { data: z } = normal(key(seed), [T, M + 1], 'float64');
  const values = Float64Array.from({ length: T * M }, (_, at) => {
    const [t, m] = [Math.floor(at / M), at % M];
    return means[m] + z[t * (M + 1) + m] + z[t * (M + 1) + M];
  });
  return { dates: Array.from({ length: T }, (_, t) => dateOf(t)), models: means.map((_, m) => `m${m}`), values };
}

describe('averageByDate', () => {
  const dates = ['2020-01-01', '2020-01-02', '2020-01-03'];
  it('averages over the assets that every model has, and drops a date without one', () => {
    const a = [1, 2, 3, Number.NaN, 5, 6];
    const b = [3, 4, 5, 6, Number.NaN, 1];
    const { values, counts, models, dates: kept } = averageByDate({ dates, models: { a, b } });
    expect([...values]).toEqual([1.5, 3.5, 3, 5, 6, 1]); // the second day has its first asset alone, the third its second
    expect([...counts]).toEqual([2, 1, 1]);
    expect(models).toEqual(['a', 'b']);
    expect(kept).toEqual(dates);
    const holes = averageByDate({ dates, models: { a: [1, 2, Number.NaN, Number.NaN, 5, 6], b } });
    expect([holes.dates, [...holes.values]]).toEqual([
      ['2020-01-01', '2020-01-03'],
      [1.5, 3.5, 6, 1],
    ]);
  });

  it('gives the test the variation between dates: N copies of an asset change no t-statistic', () => {
    const one = simulated(3, 60, [1, 1.2]);
    const panel = (m: number) => Float64Array.from({ length: 60 * 20 }, (_, at) => one.values[2 * Math.floor(at / 20) + m]);
    const averaged = averageByDate({ dates: one.dates, models: { m0: panel(0), m1: panel(1) } });
    const options = { model: 'm0', benchmark: 'm1' };
    expect(dieboldMariano(averaged, options).tStatistic).toBeCloseTo(dieboldMariano(one, options).tStatistic, 10);
    const pooled = dieboldMariano({ model: panel(0), benchmark: panel(1) }, { lags: 0 }).tStatistic;
    expect(pooled).toBeGreaterThan(4 * dieboldMariano(one, { ...options, lags: 0 }).tStatistic); // √20 too large
  });

  it('names what is wrong', () => {
    expect(() => averageByDate({ dates, models: { a: [1, 2, 3], b: [1, 2] } })).toThrow(
      'on every one of the 3 dates: got a 3, b 2; keep a place',
    );
    expect(() => averageByDate({ dates, models: { a: [1, Infinity, 3] } })).toThrow("the loss of 'a' on 2020-01-02 is Infinity");
    expect(() => averageByDate({ dates, models: { a: [Number.NaN, 1, 1], b: [1, Number.NaN, Number.NaN] } })).toThrow(
      'no date has an asset with a loss of every model',
    );
    const stacked = ['2020-01-01', '2020-01-01', '2020-01-02']; // rows of (date, asset)
    expect(() => gainsOver({ dates: stacked, models: ['a', 'b'], values: new Float64Array(6) }, 'a')).toThrow(
      'gainsOver: dates must ascend, each once: got 2020-01-01 after 2020-01-01; sort them, and average the assets of a date by averageByDate',
    );
    expect(() => averageByDate({ dates: dates.toReversed(), models: { a: [1, 2, 3] } })).toThrow('averageByDate: dates must ascend');
    const twice: Losses = { dates, models: ['a', 'a'], values: new Float64Array(6) };
    expect(() => gainsOver(twice, 'a')).toThrow("gainsOver: two models are called 'a'");
    expect(() => gainsOver({ dates, models: ['a', 'b'], values: new Float64Array(5) }, 'a')).toThrow('need 6 losses, got 5');
    expect(() => lossesOf({ dates, models: ['a', 'b'], values: new Float64Array(6) }, 'c')).toThrow("no model 'c'; there are a, b");
    expect(() =>
      modelConfidenceSet({ dates, models: ['a', 'b'], values: Float64Array.of(1, 2, 3, 4, 5, Number.NaN) }, { key: key(1) }),
    ).toThrow("modelConfidenceSet: the loss of 'b' is NaN at row 2, 2020-01-03; drop the date for all models");
  });
});

describe('dieboldMariano of losses', () => {
  it('is that of the two columns', () => {
    const losses = lossesFrom(cases[0].losses);
    const [model, benchmark] = [lossesOf(losses, 'model 0'), lossesOf(losses, 'model 3')];
    expect(dieboldMariano(losses, { model: 'model 0', benchmark: 'model 3', horizon: 2 })).toEqual(
      dieboldMariano({ model, benchmark }, { horizon: 2 }),
    );
    expect(() => dieboldMariano(losses, { model: 'model 0', benchmark: 'none' })).toThrow("dieboldMariano: there is no model 'none'");
  });
});

describe('clarkWest of a panel', () => {
  it('averages over assets by date, without those that are missing, so that copies of an asset change nothing', () => {
    const n = 50;
    const { data: z } = normal(key(17), [3, n], 'float64');
    const [y, model, benchmark] = [0, 1, 2].map((k) => z.subarray(k * n, (k + 1) * n));
    const dates = Array.from({ length: n }, (_, t) => dateOf(t));
    /** Three copies of one asset, the third missing on every other date. */
    const panel = (values: Float64Array) =>
      Float64Array.from({ length: 3 * n }, (_, at) => (at % 3 === 2 && Math.floor(at / 3) % 2 ? Number.NaN : values[Math.floor(at / 3)]));
    const one = clarkWest(y, { model, benchmark });
    const copies = clarkWest(panel(y), { model: panel(model), benchmark: panel(benchmark) }, { dates });
    expect(copies.tStatistic).toBeCloseTo(one.tStatistic, 11);
    expectClose(copies.gains, one.gains, 13);
  });
});

describe('modelConfidenceSet', () => {
  const B = 99;
  /** Those tools count samples above the statistic over B; ours counts the sample itself too. */
  const withOwn = (p: number) => (p === 1 ? 1 : (1 + B * p) / (B + 1));

  it.each(['range', 'max'] as const)('takes out the models that arch takes out by %s, with its p-values', (statistic) => {
    for (const one of cases) {
      const losses = matrixOf(lossesFrom(one.losses));
      const { order, pValues, statistics } = eliminate(columnMeans(losses), meansOn(losses, one.rows), statistic);
      const want = one[statistic === 'range' ? 'R' : 'max'];
      expect(order).toEqual(want.order);
      expectClose(
        order.map((m) => pValues[m]),
        want.pValues.map(withOwn),
        13,
      );
      expect(statistics).toHaveLength(order.length - 1);
    }
  });

  it('has the p-values of model-confidence-set while both take out the same models', () => {
    // That package judges by the range and takes out by the mean, so that in the second case the orders part after the first model.
    const same = [cases[0].losses[0].length, 2, cases[2].losses[0].length];
    for (const [k, one] of cases.entries()) {
      const losses = matrixOf(lossesFrom(one.losses));
      const { order, pValues } = eliminate(columnMeans(losses), meansOn(losses, one.rows), 'range');
      expectClose(
        order.slice(0, same[k]).map((m) => pValues[m]),
        one.package.pValues.slice(0, same[k]).map(withOwn),
        13,
      );
    }
  });

  it('keeps the best model in nine of ten samples, and takes out one that is far behind', () => {
    const samples = 200;
    let [kept, far] = [0, 0];
    for (let seed = 0; seed < samples; seed++) {
      const { included } = modelConfidenceSet(simulated(seed, 60, [1, 1.1, 1.1, 3]), { key: key(seed), block: 1, draws: 99, level: 0.9 });
      kept += Number(included.includes('m0'));
      far += Number(included.includes('m3'));
    }
    expect(kept / samples).toBeGreaterThan(0.9 - 4 * Math.sqrt(0.09 / samples));
    expect(far).toBe(0);
  });

  it('adds a common shock, changes the order of the models or copies nothing into its answer', () => {
    const losses = simulated(5, 80, [1, 1.3, 1.5]);
    const first = modelConfidenceSet(losses, { key: key(2) });
    const shifted = { ...losses, values: losses.values.map((value, at) => value + Math.sin(Math.floor(at / 3))) };
    expectClose(modelConfidenceSet(shifted, { key: key(2) }).pValues, first.pValues, 12);
    const turned = {
      ...losses,
      models: ['m2', 'm1', 'm0'],
      values: losses.values.map((_, at, all) => all[3 * Math.floor(at / 3) + 2 - (at % 3)]),
    };
    expectClose(modelConfidenceSet(turned, { key: key(2) }).pValues, first.pValues.toReversed(), 12);
    expect(first.meanLosses).toEqual(columnMeans(matrixOf(losses)));
  });

  it('does not trip over a model that is the mean of the others, and names two that are one', () => {
    const [a, b] = [0, 1].map((m) => lossesOf(simulated(6, 50, [1, 1.4]), `m${m}`));
    const middle = a.map((value, t) => (value + b[t]) / 2);
    const losses = (columns: Float64Array[]): Losses => ({
      dates: Array.from(a, (_, t) => dateOf(t)),
      models: columns.map((_, m) => `${m}`),
      values: fromColumns(columns).data,
    });
    const { pValues, eliminated } = modelConfidenceSet(losses([a, middle, b]), { key: key(1), statistic: 'max' });
    expect([eliminated.at(-1), pValues.every((p) => p > 0 && p <= 1)]).toEqual(['0', true]);
    expect(() => modelConfidenceSet(losses([a, b, a]), { key: key(1) })).toThrow("'0' and '2' differ by 0 at every date");
    expect(() => modelConfidenceSet(losses([a]), { key: key(1) })).toThrow('needs 2 models or more, got 1');
    expect(() => modelConfidenceSet(losses([a, b]), { key: key(1), level: 90 })).toThrow('level must be a finite number above 0, below 1');
  });
});

describe('superiorPredictiveAbility', () => {
  it("has arch's variances and, where these are divided out, its three p-values", () => {
    for (const { losses: rows, rows: drawn, spa } of cases) {
      const gains = gainsOver(lossesFrom(rows), 'model 0');
      const omega = Array.from({ length: gains.cols }, (_, k) =>
        Math.sqrt(
          stationaryVariance(
            Float64Array.from(rows, (row) => row[0] - row[k + 1]),
            block,
          ),
        ),
      );
      expectClose(omega, spa.omega, 12);
      const { pValue, bounds, statistic } = spaPValues(columnMeans(gains), meansOn(gains, drawn), omega, gains.rows);
      expect(statistic).toBeGreaterThan(0); // below it ours is 1, Hansen's statistic being 0 there; arch goes on counting
      const want = Object.values(spa.pValues).map((p) => (1 + 99 * p) / 100);
      expectClose([bounds.lower, pValue, bounds.upper], want, 13);
    }
  });

  it('rejects a true null in about 5 of 100 samples, whatever the number of models, and not more often when bad ones join', () => {
    const samples = 200;
    const rejects = (means: readonly number[], seed: number) =>
      Number(
        superiorPredictiveAbility(simulated(seed, 80, means), { benchmark: 'm0', key: key(seed), block: 1, draws: 99 }).pValue <= 0.05,
      );
    const equal = estimate(Float64Array.from({ length: samples }, (_, s) => rejects([1, 1, 1, 1, 1], s)));
    expect(Math.abs(equal.mean - 0.05), `${equal.mean} ± ${equal.standardError}`).toBeLessThan(4 * Math.sqrt(0.0475 / samples));
    // Power: one model better by 0.5 and four that are hopeless. White's bound pays for them, the consistent p-value does not.
    const found = Array.from({ length: 60 }, (_, s) =>
      superiorPredictiveAbility(simulated(1000 + s, 80, [1, 0.6, 3, 3, 3, 3]), { benchmark: 'm0', key: key(s), block: 1, draws: 99 }),
    );
    for (const { bounds, pValue } of found) {
      expect(bounds.lower).toBeLessThanOrEqual(pValue);
      expect(pValue).toBeLessThanOrEqual(bounds.upper);
    }
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    expect(mean(found.map(({ pValue }) => pValue))).toBeLessThan(0.7 * mean(found.map(({ bounds }) => bounds.upper)));
    expect(found.every(({ best }) => best === 'm1')).toBe(true);
  });

  it('recentres a bad model down to −√(2 log log T), and not below', () => {
    // T = 100: the bound is −1.748. One sample, whose second mean lies 0.07 or 0.08 above its own: √T · 0.07 exceeds the statistic of 0.5.
    const pValueAt = (t: number) => {
      const centre = Float64Array.of(0.05, t / 10);
      return spaPValues(centre, { rows: 1, cols: 2, data: Float64Array.of(-1, -0.1) }, [1, 1], 100).pValue;
    };
    expect([pValueAt(-1.7), pValueAt(-1.8)]).toEqual([1, 0.5]);
  });

  it('says that nothing beats a benchmark that is best, and names what is wrong', () => {
    const losses = simulated(9, 60, [1, 3, 4]);
    const { statistic, pValue, bounds } = superiorPredictiveAbility(losses, { benchmark: 'm0', key: key(1) });
    expect([statistic, pValue, bounds.upper]).toEqual([0, 1, 1]);
    const copies = { ...losses, values: losses.values.map((value, at, all) => (at % 3 === 2 ? all[at - 2] : value)) };
    expect(() => superiorPredictiveAbility(copies, { benchmark: 'm0', key: key(1) })).toThrow(
      "superiorPredictiveAbility: 'm2' against 'm0': every value is 0, so there is no variation to judge by",
    );
    expect(() => superiorPredictiveAbility(losses, { benchmark: 'x', key: key(1) })).toThrow("there is no model 'x'; there are m0, m1, m2");
  });
});
