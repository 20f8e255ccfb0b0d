import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { key } from '../base/random.js';
import { fromColumns, type Matrix } from '../linalg/matrix.js';
import * as stats from './index.js';

/** Columns as samples have them at their worst. */
const KINDS: Readonly<Record<string, (z: number, i: number) => number>> = {
  plain: (z) => z,
  constant: () => 0.1,
  zeros: () => 0,
  tied: (z) => Math.round(z),
  labels: (z) => (z > 0 ? 1 : 0),
  dummy: (_, i) => (i === 1 ? 1 : 0),
  huge: (z) => 1e200 * z,
  tiny: (z) => 1e-200 * z,
  far: (z) => 1e9 + z,
  gap: (z, i) => (i === 2 ? Number.NaN : z),
  endless: (z, i) => (i === 2 ? Infinity : z),
};
interface Sample {
  readonly x: Matrix;
  readonly y: Float64Array;
  readonly other: Float64Array;
  readonly labels: Float64Array;
  readonly probabilities: Float64Array;
}
const column = (n: number) =>
  fc
    .tuple(
      fc.constantFrom(...Object.keys(KINDS)),
      fc.array(
        fc.integer({ min: -3000, max: 3000 }).map((k) => k / 1000),
        { minLength: n, maxLength: n },
      ),
    )
    .map(([kind, z]) => Float64Array.from(z, KINDS[kind]));
const sample: fc.Arbitrary<Sample> = fc.constantFrom(0, 1, 2, 3, 4, 6, 9, 14).chain((n) =>
  fc.record({
    x: fc
      .tuple(fc.array(column(n), { minLength: 1, maxLength: 5 }), fc.boolean())
      .map(([columns, again]) => fromColumns(again ? [...columns, columns[0]] : columns)),
    y: column(n),
    other: column(n),
    labels: column(n).map((v) => v.map((z) => (z > 0.2 ? 1 : 0))),
    probabilities: column(n).map((v) => v.map((z) => (Number.isFinite(z) ? 1 / (1 + Math.exp(-z)) : z))),
  }),
);

const FINE = { key: key(1), draws: 39 };
/** The columns of x as losses of so many models. */
const lossesOf = ({ x }: Sample): stats.Losses => ({
  dates: Array.from({ length: x.rows }, (_, t) => `day ${10 + t}`),
  models: Array.from({ length: x.cols }, (_, m) => `model ${m}`),
  values: x.data,
});
/** Every function that takes a sample. */
const CALLS: Readonly<Record<string, (s: Sample) => unknown>> = {
  adaptiveConformal: ({ y, other }) => stats.adaptiveConformal({ y, forecast: other }, { level: 0.8, window: 3 }).coverage,
  archTest: ({ y }) => stats.archTest(y, 1),
  areaUnderRoc: ({ labels, y }) => stats.areaUnderRoc(labels, y),
  augmentedDickeyFuller: ({ y }) => stats.augmentedDickeyFuller(y),
  autocorrelation: ({ y }) => stats.autocorrelation(y, 2),
  averageByDate: ({ x, y, other }) => stats.averageByDate({ dates: Array.from(y, (_, t) => `${10 + t}`), models: { x: x.data, y, other } }),
  blockLength: ({ y }) => stats.blockLength(y),
  calibration: ({ labels, probabilities }) => stats.calibration(labels, probabilities, 2),
  clarkWest: ({ y, other, x }) => stats.clarkWest(y, { model: other, benchmark: x.data.subarray(0, y.length) }, { lags: 1 }),
  compareRocAreas: ({ labels, y, other }) => stats.compareRocAreas(labels, y, other),
  dieboldMariano: ({ y, other }) => stats.dieboldMariano({ model: y, benchmark: other }),
  dieboldMarianoOfLosses: (one) => stats.dieboldMariano(lossesOf(one), { model: 'model 0', benchmark: 'model 1' }),
  conformalisedQuantiles: ({ y, other }) =>
    stats.conformalisedQuantiles({ y, low: other, high: other.map((v) => v + 1) }, { low: other, high: other }, 0.5),
  intervalCoverage: ({ y, other }) => stats.intervalCoverage(y, { low: other, high: other.map((v) => v + 1) }, { nominal: 0.9 }),
  crps: ({ y, other }) => stats.crps(y, stats.normalForecast({ mean: other, standardDeviation: 1 })),
  crpsOfMixture: ({ y, other, labels }) =>
    stats.crps(y, stats.mixtureForecast({ weights: labels, means: other, standardDeviations: other.map(Math.abs), components: 1 })),
  crpsOfQuantiles: ({ y, other }) => stats.crpsOfQuantiles(y, other, [0.5]),
  crpsOfSample: ({ y, x }) => stats.crpsOfSample(y, x.data, { size: x.cols, kind: 'fair' }),
  diagnostics: ({ y }) => stats.diagnostics({ residuals: y }),
  hacMean: ({ y }) => stats.hacMean(y),
  hedge: ({ y, other }) => stats.hedge(y, other, { ratio: { window: 4 }, rebalance: [1, 3] }),
  hedgeHalfLife: ({ y, other }) => stats.hedge(y, other, { ratio: { halfLife: 4 }, rebalance: [1, 3] }),
  heteroskedasticCovariance: ({ x, y }) => stats.heteroskedasticCovariance(stats.linearRegression(x, y)),
  intervalScores: ({ y, other }) => stats.intervalScores(y, { low: y, high: other }, 0.9),
  jointBootstrap: ({ y, other }) => stats.jointBootstrap((rows) => [y[rows[0]], other[rows[0]]], y.length, { ...FINE, block: 2 }),
  kpss: ({ y }) => stats.kpss(y),
  kpssOfTrend: ({ y }) => stats.kpss(y, { around: 'trend' }),
  lasso: ({ x, y }) => stats.lasso(x, y, { lambda: 0.1 }),
  lassoPath: ({ x, y }) => stats.lassoPath(x, y),
  linearRegression: ({ x, y }) => stats.linearRegression(x, y),
  linearRegressionWithIntercept: ({ x, y }) => stats.linearRegression(stats.design(x), y),
  ljungBox: ({ y }) => stats.ljungBox(y, { lags: 1 }),
  logScore: ({ labels, probabilities }) => stats.logScore(labels, probabilities),
  logDensityScores: ({ y, other }) => stats.logDensityScores(y, stats.studentForecast({ df: 4, location: other, scale: 1 })),
  logisticLoss: ({ x, labels }) => stats.logisticLoss(x, labels).curvature,
  leastSquares: ({ x, y }) => stats.leastSquares(x, y).curvature,
  logisticRegression: ({ x, labels }) => stats.logisticRegression(stats.design(x), labels),
  logisticRegressionPenalised: ({ x, labels }) => stats.logisticRegression(stats.design(x), labels, { lambda: 1 }),
  modelConfidenceSet: (one) => stats.modelConfidenceSet(lossesOf(one), { ...FINE, block: 2 }),
  modelConfidenceSetByMax: (one) => stats.modelConfidenceSet(lossesOf(one), { ...FINE, block: 2, statistic: 'max' }),
  moments: ({ x }) => stats.moments(x),
  multivariateRidge: ({ x, y, other }) => stats.multivariateRidge(x, fromColumns([y, other])),
  neweyWest: ({ x, y }) => stats.neweyWest(stats.linearRegression(x, y)),
  outOfSampleRSquared: ({ y, other, x }) => stats.outOfSampleRSquared(y, other, x.data.subarray(0, y.length)),
  outOfSampleRSquaredInterval: ({ y, other, x }) =>
    stats.outOfSampleRSquaredInterval(y, { forecast: other, benchmark: x.data.subarray(0, y.length) }, { ...FINE, block: 2 }),
  pairedBootstrap: ({ y, other }) => stats.pairedBootstrap((v) => v[0], { model: y, benchmark: other }, { ...FINE, block: 2 }),
  partialRegression: ({ x, y }) => stats.partialRegression(x, y, 'column 0'),
  pit: ({ y, other }) => stats.pit(y, stats.studentForecast({ df: other, location: 0, scale: 1 })),
  pitHistogram: ({ probabilities }) => stats.pitHistogram(probabilities, 2),
  pitOfSample: ({ y, x }) => stats.pitOfSample(key(1), y, x.data),
  predictiveRegression: ({ y, other }) => stats.predictiveRegression(y, other),
  qlike: ({ y, other }) => stats.qlike(y.map(Math.abs), other.map(Math.abs)),
  quantileScores: ({ y, other }) => stats.quantileScores(y, other, 0.05),
  randomisedPit: ({ probabilities, labels }) => stats.randomisedPit(key(1), probabilities, labels),
  relativeGain: ({ y, other }) => stats.relativeGain({ model: y.map((v) => v * v), benchmark: other.map((v) => v * v) }),
  ridge: ({ x, y }) => stats.ridge(x, y, { lambda: 1 }),
  ridgeNone: ({ x, y }) => stats.ridge(x, y, { lambda: 0 }),
  ridgePath: ({ x, y }) => stats.ridgePath(x, y).byPress,
  ridgePathGcv: ({ x, y }) => stats.ridgePath(x, y).byGcv,
  ridgeRisk: ({ x, y }) => stats.ridgeRisk(x, { beta: y.subarray(0, x.cols), sigma: 1, lambda: 1 }),
  rocArea: ({ labels, y }) => stats.rocArea(labels, y),
  rollingRegression: ({ x, y }) => stats.rollingRegression(x, y, { window: 5, lags: 1 }),
  romanoWolf: ({ x }) => stats.romanoWolf(x, { ...FINE, block: 2 }),
  scalerStandard: ({ x }) => stats.scaler('standard').fit(x).apply(x),
  scalerRobust: ({ x }) => stats.scaler('robust').fit(x).apply(x),
  scalerRankGauss: ({ x }) => stats.scaler('rank-gauss').fit(x).apply(x),
  splitConformal: ({ y, other }) => stats.splitConformal({ y, forecast: other }, y, 0.5),
  standardise: ({ x }) => stats.standardise(x),
  standardiseSeries: ({ y }) => stats.standardise(y),
  superiorPredictiveAbility: (one) => stats.superiorPredictiveAbility(lossesOf(one), { ...FINE, block: 2, benchmark: 'model 0' }),
  weightedConformal: ({ y, other, probabilities }) =>
    stats.weightedConformal({ y, forecast: other, weights: probabilities }, { forecast: [1], weights: [0] }, 0.5),
  windows: ({ x }) => stats.windows(x, { lookback: 2, horizons: 1 }),
  nLinearRidge: ({ x }) => stats.nLinearRidge(stats.windows(x, { lookback: 2, horizons: 1 })),
  dLinearRidge: ({ x }) => stats.dLinearRidge(stats.windows(x, { lookback: 2, horizons: 1 }), { kernel: 3 }),
};
/** Where docstrings say that a number may be missing or infinite: no row left to fit, nothing to explain, 0 over 0, the log of 0. */
const SAID =
  /^(\.(leaveOneOutResiduals|tStatistics|zStatistics|pValues|rSquared)\[\]|\.(press|rSquared|adjustedRSquared)|\.logLikelihood)$/;
/** What a result repeats of the input, or has infinite as a finding. */
const GIVEN = new Set(['x', 'lambda']);

/** Where in a result a number is not finite. */
function odd(value: unknown, path = ''): string[] {
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [path];
  if (value instanceof Float64Array || value instanceof Float32Array) return value.every(Number.isFinite) ? [] : [`${path}[]`];
  if (!value || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, part]) => (GIVEN.has(name) ? [] : odd(part, `${path}.${name}`)));
}

describe('every function that takes a sample gives numbers or says what is wrong', () => {
  it.each(Object.entries(CALLS))('%s', (name, call) => {
    let given = 0;
    fc.assert(
      fc.property(sample, (one) => {
        let result: unknown;
        try {
          result = call(one);
        } catch (error) {
          // The function's own words, and not those of a language that met undefined.
          expect((error as Error).constructor).toBe(Error);
          expect((error as Error).message).toMatch(/^[a-z]\w+(, output 'column \d')?: .*\w/);
          expect((error as Error).message).not.toMatch(/undefined|NaN(?! (at row|on some sample))/);
          return;
        }
        given++;
        expect(odd(result).filter((path) => !SAID.test(path) && !(name === 'logScore' && path === ''))).toEqual([]);
      }),
      { seed: 1, numRuns: 200 },
    );
    expect(given).toBeGreaterThan(0);
  });
});

/** A number as a fraction of two integers, so that a reference has no rounding. */
interface Ratio {
  readonly top: bigint;
  readonly bottom: bigint;
}
const ratio = (top: bigint, bottom = 1n): Ratio => (bottom < 0n ? { top: -top, bottom: -bottom } : { top, bottom });
const minus = (a: Ratio, b: Ratio) => ratio(a.top * b.bottom - b.top * a.bottom, a.bottom * b.bottom);
const times = (a: Ratio, b: Ratio) => ratio(a.top * b.top, a.bottom * b.bottom);
const over = (a: Ratio, b: Ratio) => ratio(a.top * b.bottom, a.bottom * b.top);
const decimal = ({ top, bottom }: Ratio) => Number((top * 10n ** 25n) / bottom) / 1e25;

/** (XᵀX + λI)⁻¹Xᵀy of integers by elimination in fractions; nothing where it does not exist. */
function exactFit(rows: readonly (readonly number[])[], y: readonly number[], lambda = 0): Ratio[] | undefined {
  const p = rows[0].length;
  const sum = (f: (row: readonly number[], i: number) => number) => BigInt(rows.reduce((total, row, i) => total + f(row, i), 0));
  const a = Array.from({ length: p }, (_, i) => [
    ...Array.from({ length: p }, (_, j) => ratio(sum((row) => row[i] * row[j]) + (i === j ? BigInt(lambda) : 0n))),
    ratio(sum((row, k) => row[i] * y[k])),
  ]);
  for (let k = 0; k < p; k++) {
    const pivot = a.findIndex((row, i) => i >= k && row[k].top !== 0n);
    if (pivot < 0) return undefined;
    [a[k], a[pivot]] = [a[pivot], a[k]];
    for (let i = 0; i < p; i++)
      if (i !== k) {
        const factor = over(a[i][k], a[k][k]);
        a[i] = a[i].map((value, j) => minus(value, times(factor, a[k][j])));
      }
  }
  return a.map((row, k) => over(row[p], row[k]));
}

const integers = fc.integer({ min: 2, max: 8 }).chain((n) =>
  fc.tuple(
    fc
      .integer({ min: 1, max: 3 })
      .chain((p) => fc.array(fc.array(fc.integer({ min: -3, max: 3 }), { minLength: p, maxLength: p }), { minLength: n, maxLength: n })),
    fc.array(fc.integer({ min: -5, max: 5 }), { minLength: n, maxLength: n }),
  ),
);
const matrixOf = (rows: readonly (readonly number[])[]): Matrix => ({
  rows: rows.length,
  cols: rows[0].length,
  data: Float64Array.from(rows.flat()),
});
const without = <T>(values: readonly T[], i: number) => values.filter((_, k) => k !== i);
const product = (row: readonly number[], fit: readonly Ratio[]) => row.reduce((total, x, j) => total + x * decimal(fit[j]), 0);

describe('against fractions of integers, which have no rounding', () => {
  it('least squares finds the fit, its leave-one-out errors and every dependent column', () => {
    let [fitted, refused, alone] = [0, 0, 0];
    fc.assert(
      fc.property(integers, ([rows, y]) => {
        const exact = exactFit(rows, y);
        if (!exact || rows.length <= rows[0].length) {
          refused++;
          expect(() => stats.linearRegression(matrixOf(rows), y)).toThrow(/not unique|cannot determine/);
          return;
        }
        fitted++;
        const { coefficients, leaveOneOutResiduals, leverage } = stats.linearRegression(matrixOf(rows), y);
        for (const [j, value] of exact.entries()) expect(coefficients[j]).toBeCloseTo(decimal(value), 10);
        for (const [i, row] of rows.entries()) {
          const others = exactFit(without(rows, i), without(y, i));
          if (!others) {
            alone++;
            expect(leverage[i]).toBeCloseTo(1, 12);
            expect(leaveOneOutResiduals[i]).toBeNaN();
          } else expect(leaveOneOutResiduals[i]).toBeCloseTo(y[i] - product(row, others), 9);
        }
      }),
      { seed: 2, numRuns: 600 },
    );
    expect(Math.min(fitted, refused, alone)).toBeGreaterThan(20); // of each kind enough
  });

  it('ridge finds the fit and its leave-one-out errors, of dependent columns and of more columns than rows too', () => {
    fc.assert(
      fc.property(integers, fc.integer({ min: 1, max: 9 }), ([rows, y], lambda) => {
        const { coefficients, leaveOneOutResiduals } = stats.ridge(matrixOf(rows), y, { lambda, intercept: false });
        for (const [j, value] of exactFit(rows, y, lambda)!.entries()) expect(coefficients[j]).toBeCloseTo(decimal(value), 11);
        for (const [i, row] of rows.entries())
          expect(leaveOneOutResiduals[i]).toBeCloseTo(y[i] - product(row, exactFit(without(rows, i), without(y, i), lambda)!), 10);
      }),
      { seed: 3, numRuns: 300 },
    );
  });
});

describe('a sample without variation', () => {
  it('has no R², whatever the rounding of its mean', () => {
    const x = Float64Array.from({ length: 200 }, (_, i) => Math.sin(i));
    for (const level of [0.1, 0.5, -1e9, 0]) {
      const y = new Float64Array(200).fill(level);
      const { rSquared, adjustedRSquared } = stats.linearRegression(stats.design({ x }), y);
      expect([rSquared, adjustedRSquared]).toEqual([Number.NaN, Number.NaN]);
      expect(stats.rollingRegression(stats.design({ x }), y, { window: 50 }).rSquared.every(Number.isNaN)).toBe(true);
    }
    const hardly = Float64Array.from(x, (value) => 1e6 + 1e-3 * value); // seven digits of level beyond those of the change
    expect(stats.linearRegression(stats.design({ x }), hardly).rSquared).toBeCloseTo(1, 4);
    expect(() => stats.outOfSampleRSquared([1, 2], [1, 1], [1, 2])).toThrow('the benchmark has no error, so nothing can be compared');
  });

  it('is calibrated as a whole: rows of one forecast are in one group, in whatever order they come', () => {
    const labels = Array.from({ length: 100 }, (_, i) => (i < 50 ? 0 : 1));
    const all = { count: 100, forecast: 0.5, frequency: 0.5, standardError: 0.05 };
    expect(stats.calibration(labels, new Array(100).fill(0.5), 4)).toEqual([expect.objectContaining(all)]);
    const two = labels.map((_, i) => (i % 2 ? 0.7 : 0.2));
    const groups = stats.calibration(labels, two, 10);
    expect(groups.map(({ count, frequency }) => [count, frequency])).toEqual([
      [50, 0.5],
      [50, 0.5],
    ]);
    const turned = stats.calibration(labels.toReversed(), two.toReversed(), 10);
    expect(turned.map(({ count, frequency }) => [count, frequency])).toEqual(groups.map(({ count, frequency }) => [count, frequency]));
  });
});

describe('what is refused by name', () => {
  it.each<[string, () => unknown, string]>([
    [
      'a loss of more than all',
      () => stats.hedge([0.1, -1, 0.2], [0, 0, 0], { ratio: 1, rebalance: [0] }),
      'hedge: asset is -1 at row 1, all of its worth or more',
    ],
    [
      'a gap in a hedge',
      () => stats.hedge([0.1, Number.NaN, 0.2], [0, 0, 0], { ratio: 1, rebalance: [0] }),
      'hedge: asset is NaN at row 1; drop or fill',
    ],
    [
      'squares that overflow',
      () => stats.linearRegression(stats.design({ a: [1e200, 2e200, 5e200] }), [1, 2, 3]),
      "linearRegression: the largest value of 'a' is 5e+200, and its square is no number",
    ],
    [
      'squares that vanish',
      () => stats.hacMean([1e-200, 3e-200, -1e-200]),
      'hacMean: the largest value of the series is 3e-200, and its square is no number; sizes from 1e-150',
    ],
    ['a single row', () => stats.ridge(fromColumns([[0]]), [2], { lambda: 1 }), 'ridge: one row tells of nothing beside its mean'],
    ['no losses', () => stats.relativeGain({ model: [], benchmark: [] }), 'relativeGain: model has 0 losses'],
    [
      'a residual that is missing',
      () => stats.diagnostics({ residuals: Float64Array.of(1, Number.NaN) }),
      'diagnostics: the residual is NaN at row 1',
    ],
  ])('%s', (_, call, message) => expect(call).toThrow(message));
});
