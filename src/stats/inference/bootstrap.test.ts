import { describe, expect, it } from 'vitest';
import { fold, key, normal } from '../../base/random.js';
import { fromColumns, mean, standardDeviation } from '../../linalg/index.js';
import reference from '../inference.reference.json' with { type: 'json' }; // made by reference/inference.py
import { outOfSampleRSquared, outOfSampleRSquaredInterval } from '../scores/scores.js';
import { blockLength } from './block-length.js';
import { bootstrap, movingBlockBootstrap, stationaryBootstrap } from './bootstrap.js';
import { jointBootstrap, pairedBootstrap } from './joint-bootstrap.js';
import { hacMean } from './mean.js';
import { romanoWolf } from './multiplicity.js';

const { series } = reference;

describe('blockLength', () => {
  it('is that of arch, by the rule of Politis and White', () => {
    const { stationary, fixed } = blockLength(series.x);
    expect(stationary).toBeCloseTo(series.block.stationary, 10);
    expect(fixed).toBeCloseTo(series.block.circular, 10);
    expect(blockLength(series.white).stationary).toBeCloseTo(Math.max(1, series.whiteBlock.stationary), 10);
    expect(() => blockLength([1, 2, 3])).toThrow('blockLength: needs at least 8 values, got 3; load more history');
  });
});

describe('stationaryBootstrap', () => {
  it('has blocks of the mean length asked for, beginning anywhere', () => {
    const [n, block, samples] = [500, 8, 200];
    let [breaks, steps, total] = [0, 0, 0];
    for (let b = 0; b < samples; b++) {
      const rows = stationaryBootstrap(fold(key(1), b), n, block);
      for (let i = 1; i < n; i++) breaks += Number(rows[i] !== (rows[i - 1] + 1) % n);
      steps += n - 1;
      total += mean(rows);
    }
    // A block goes on by chance 1/n too: breaks have probability (1 − 1/n)/block.
    const rate = (1 - 1 / n) / block;
    expect(Math.abs(breaks / steps - rate)).toBeLessThan(4 * Math.sqrt((rate * (1 - rate)) / steps));
    const spread = (n / Math.sqrt(12)) * Math.sqrt((2 * block) / (n * samples)); // of the mean row, at most
    expect(Math.abs(total / samples - (n - 1) / 2)).toBeLessThan(4 * spread);
  });

  it('draws rows independently at block 1, the same rows for a key, and names a bad block', () => {
    expect(stationaryBootstrap(key(4), 50, 5)).toEqual(stationaryBootstrap(key(4), 50, 5));
    expect(stationaryBootstrap(key(4), 50, 5)).not.toEqual(stationaryBootstrap(key(5), 50, 5));
    expect(() => stationaryBootstrap(key(4), 50, 0.5)).toThrow('block must be from 1 to the 50 rows, got 0.5; blockLength chooses one');
  });
});

describe('movingBlockBootstrap', () => {
  it('has whole blocks that do not wrap', () => {
    const rows = movingBlockBootstrap(key(2), 23, 5);
    for (let i = 0; i < 23; i++) if (i % 5) expect(rows[i]).toBe(rows[i - 1] + 1);
    expect(Math.max(...rows)).toBeLessThan(23);
    expect(() => movingBlockBootstrap(key(2), 23, 2.5)).toThrow('block must be a whole number of rows, got 2.5; round it up');
  });
});

describe('bootstrap', () => {
  it('has the standard error of a mean: s/√n for independent rows', () => {
    const { data: z } = normal(key(3), [300], 'float64');
    const at = (rows: Int32Array) => mean(Float64Array.from(rows, (t) => z[t]));
    const { estimate, standardError, low, high, draws } = bootstrap(at, 300, { key: key(4), block: 1 });
    expect(estimate).toBe(mean(z));
    const deviation = Math.sqrt(z.reduce((total, v) => total + (v - estimate) ** 2, 0) / 300); // of one draw from these rows
    expect(Math.abs(standardError / (deviation / Math.sqrt(300)) - 1)).toBeLessThan(4 / Math.sqrt(2 * 1999));
    expect([low, high]).toEqual([2 * estimate - draws[1949], 2 * estimate - draws[49]]); // the 1950th and the 50th of 1999
  });

  it("sees autocorrelation: its variance of a mean is Politis and Romano's", () => {
    const [n, block] = [400, 10];
    const { data: z } = normal(key(6), [n], 'float64');
    const x = z.slice();
    for (let t = 1; t < n; t++) x[t] = 0.7 * x[t - 1] + z[t];
    const at = (rows: Int32Array) => mean(Float64Array.from(rows, (t) => x[t]));
    // 1994, in closed form: n var* = γ₀ + 2 Σ (1 − k/n)(1 − p)ᵏ γₖ, γ of the series wrapped at its end
    const centre = mean(x);
    const p = 1 / block;
    const wrapped = (k: number) => mean(x.map((value, t) => (value - centre) * (x[(t + k) % n] - centre)));
    let exact = wrapped(0);
    for (let k = 1; k < n; k++) exact += 2 * (1 - k / n) * (1 - p) ** k * wrapped(k);
    const { standardError } = bootstrap(at, n, { key: key(7), block });
    expect(Math.abs(standardError / Math.sqrt(exact / n) - 1)).toBeLessThan(4 / Math.sqrt(2 * 1999));
    expect(exact).toBeGreaterThan(3 * wrapped(0)); // a bootstrap of single rows has γ₀ alone
  });

  it('gives out-of-sample R² an interval', () => {
    const { y, model, benchmark } = reference.forecasts;
    const { estimate, low, high, standardError } = outOfSampleRSquaredInterval(
      y,
      { forecast: model, benchmark },
      { key: key(8), draws: 999 },
    );
    expect(estimate).toBeCloseTo(outOfSampleRSquared(y, model, benchmark), 14);
    expect([low < estimate, estimate < high, standardError > 0]).toEqual([true, true, true]);
  });

  it('names what is wrong', () => {
    expect(() => bootstrap(() => 1, 10, { key: key(1), block: 1, draws: 19 })).toThrow(
      '19 draws have none beyond a 95 % interval; take 39 or more',
    );
    expect(() => bootstrap(() => Number.NaN, 10, { key: key(1), block: 1 })).toThrow('bootstrap: the statistic is NaN on some sample');
  });
});

describe('jointBootstrap', () => {
  const n = 300;
  const { data: z } = normal(key(11), [2, n], 'float64');
  const common = z.subarray(0, n);
  const series = [common, common.map((value, t) => 0.9 * value + 0.1 * z[n + t])];
  const means = (rows: Int32Array) => series.map((values) => mean(Float64Array.from(rows, (t) => values[t])));

  it('gives each statistic what bootstrap gives it, from the same samples', () => {
    const options = { key: key(12), block: 3, draws: 499 };
    const { estimates, standardErrors, intervals, draws } = jointBootstrap(means, n, options);
    expect([draws.rows, draws.cols]).toEqual([499, 2]);
    for (const k of [0, 1]) {
      const alone = bootstrap((rows) => means(rows)[k], n, options);
      expect([estimates[k], standardErrors[k], intervals[k]]).toEqual([
        alone.estimate,
        alone.standardError,
        { low: alone.low, high: alone.high },
      ]);
    }
  });

  it('keeps the dependence: the difference has the error of the difference', () => {
    const options = { key: key(13), block: 1, draws: 999 };
    const { draws } = jointBootstrap(means, n, options);
    const gaps = Float64Array.from({ length: 999 }, (_, b) => draws.data[2 * b] - draws.data[2 * b + 1]);
    const difference = series[0].map((value, t) => value - series[1][t]);
    const centre = mean(difference);
    const exact = Math.sqrt(mean(difference.map((value) => (value - centre) ** 2)) / n);
    const found = Math.sqrt(mean(gaps.map((gap) => (gap - mean(gaps)) ** 2)));
    expect(Math.abs(found / exact - 1)).toBeLessThan(4 / Math.sqrt(2 * 999));
    const paired = pairedBootstrap((values) => mean(values), { model: series[0], benchmark: series[1] }, options);
    expect(paired.estimate).toBeCloseTo(centre, 14);
    expect(paired.model - paired.benchmark).toBeCloseTo(centre, 14);
    expect(paired.standardError / found).toBeCloseTo(Math.sqrt(999 / 998), 10);
  });

  it('names a statistic that comes and goes', () => {
    expect(() => jointBootstrap((rows) => (rows[0] === 0 ? [1, 2] : [1]), 9, { key: key(1), block: 1, draws: 39 })).toThrow(
      'jointBootstrap: a sample has 1 statistics where the rows as they are have 2',
    );
    expect(() => pairedBootstrap(mean, { model: [1, 2], benchmark: [1] }, { key: key(1) })).toThrow('model has 2 rows and benchmark 1');
  });
});

describe('pairedBootstrap', () => {
  it('rejects in about 5 of 100 samples where two Sharpe ratios are the same, dependent and autocorrelated as they are', () => {
    const [samples, n] = [200, 120];
    let rejected = 0;
    for (let s = 0; s < samples; s++) {
      const { data: z } = normal(key(500 + s), [3, n], 'float64');
      const [model, benchmark] = [1, 2].map((k) => Float64Array.from({ length: n }, (_, t) => 0.1 + z[t] + z[k * n + t]));
      const sharpe = (values: Float64Array) => mean(values) / standardDeviation(values);
      rejected += Number(pairedBootstrap(sharpe, { model, benchmark }, { key: key(s), block: 1, draws: 199 }).pValue <= 0.05);
    }
    expect(Math.abs(rejected / samples - 0.05)).toBeLessThan(4 * Math.sqrt(0.0475 / samples));
  });
});

describe('romanoWolf', () => {
  /** Gains of K models of which the first `good` are better, correlated by a common shock. */
  const gainsOf = (seed: number, T: number, K: number, good: number, common: number) => {
    const { data: z } = normal(key(seed), [K + 1, T], 'float64');
    return fromColumns(
      Array.from({ length: K }, (_, k) =>
        Float64Array.from(
          { length: T },
          (_, t) => (k < good ? 0.5 : 0) + common * z[K * T + t] + Math.sqrt(1 - common ** 2) * z[k * T + t],
        ),
      ),
      Array.from({ length: K }, (_, k) => `model ${k}`),
    );
  };

  it('is the test of one model alone where there is one', () => {
    const gains = gainsOf(1, 200, 1, 0, 0);
    const { pValues, tStatistics } = romanoWolf(gains, { key: key(2), block: 1, draws: 4999 });
    const t = hacMean(gains.data).tStatistic;
    expect(tStatistics[0]).toBeCloseTo(t, 13);
    expect(Math.abs(pValues[0] - upperTail(gains.data, t, 4999))).toBeLessThan(1e-12);
  });

  it('rejects a true null in about 5 of 100 histories, whatever the number of models', () => {
    const histories = 200;
    let rejections = 0;
    for (let seed = 0; seed < histories; seed++)
      rejections += Number(
        Math.min(...romanoWolf(gainsOf(100 + seed, 80, 6, 0, 0.5), { key: key(seed), block: 1, draws: 199 }).pValues) <= 0.05,
      );
    expect(Math.abs(rejections / histories - 0.05)).toBeLessThan(4 * Math.sqrt((0.05 * 0.95) / histories));
  });

  it('finds the models that are better, and pays little for copies of one', () => {
    const gains = gainsOf(3, 200, 4, 2, 0.3);
    const { pValues } = romanoWolf(gains, { key: key(4), draws: 999 });
    expect(Math.max(pValues[0], pValues[1])).toBeLessThan(0.01);
    expect(Math.min(pValues[2], pValues[3])).toBeGreaterThan(0.05);
    const one = gainsOf(5, 200, 1, 0, 0);
    const copies = fromColumns(Array.from({ length: 10 }, () => one.data));
    const alone = romanoWolf(one, { key: key(6), block: 2, draws: 999 }).pValues[0];
    expect(romanoWolf(copies, { key: key(6), block: 2, draws: 999 }).pValues[0]).toBe(alone);
  });
});

/** The share of samples whose centred t reaches t, with the same keys. */
function upperTail(values: Float64Array, t: number, draws: number): number {
  const { mean: centre, standardError } = hacMean(values);
  let count = 1;
  for (let b = 0; b < draws; b++) {
    const rows = stationaryBootstrap(fold(key(2), b), values.length, 1);
    count += Number((mean(Float64Array.from(rows, (i) => values[i])) - centre) / standardError >= t);
  }
  return count / (draws + 1);
}
