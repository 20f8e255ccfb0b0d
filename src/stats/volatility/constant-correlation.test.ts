import { beforeAll, describe, expect, it } from 'vitest';
import { key, normal } from '../../base/random.js';
import { column, fromColumns, type Matrix, mean } from '../../linalg/index.js';
import { type ConstantCorrelation, fitConstantCorrelation, simulateConstantCorrelation } from './constant-correlation.js';
import { filterVolatility } from './filter.js';
import { fitGarch } from './fit.js';

const correlationOf = (a: Float64Array, b: Float64Array) => {
  const product = (x: Float64Array, y: Float64Array) => mean(x.map((v, t) => v * y[t]));
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
};

// Three assets whose days share a factor and, since all of a day are divided by one number, their tails: Student's law with 6 degrees.
const [T, NU] = [4000, 6];
const e = normal(key(1), [T, 4], 'float64').data;
const chi = normal(key(2), [T, NU], 'float64').data;
const shocks = Array.from({ length: 3 }, (_, n) =>
  Float64Array.from({ length: T }, (_, t) => {
    const scale = Math.sqrt((NU - 2) / chi.subarray(t * NU, (t + 1) * NU).reduce((sum, value) => sum + value * value, 0));
    return scale * (Math.sqrt(0.4) * e[4 * t + 3] + Math.sqrt(0.6) * e[4 * t + n]);
  }),
);
const returns: Matrix = fromColumns(
  shocks.map((z) => {
    const r = new Float64Array(T);
    for (let t = 0, h = 1; t < T; t++) {
      r[t] = Math.sqrt(h) * z[t];
      h = 0.05 + 0.08 * r[t] ** 2 + 0.87 * h;
    }
    return r;
  }),
);
let model: ConstantCorrelation;
beforeAll(() => {
  model = fitConstantCorrelation(returns, { law: 'student', mean: 'zero' });
});

describe('fitConstantCorrelation', () => {
  it('has the margins of fitGarch and the correlation of their shocks', () => {
    const own = fitGarch(column(returns, 1), { law: 'student', mean: 'zero' });
    expect(model.fits[1].coefficients).toEqual(own.coefficients);
    const z = [0, 1].map((n) => filterVolatility(fitGarch(column(returns, n), { law: 'student', mean: 'zero' })).standardised);
    expect(model.correlation.data[1]).toBeCloseTo(correlationOf(z[0], z[1]), 12);
  });

  it('finds the correlation of 0.4 and the 6 degrees that made the days', () => {
    // of 4,000 days: the error of a correlation is about (1 − ρ²)/√T times √(1 + 2/(ν − 4)), that of ν about 0.4
    for (const at of [1, 2, 5]) expect(Math.abs(model.correlation.data[at] - 0.4)).toBeLessThan(4 * 0.84 * Math.sqrt(2 / T));
    expect(Math.abs(model.nu - NU)).toBeLessThan(1.6);
  });

  it('names the series that cannot be fitted, and a correlation that is singular', () => {
    const r = column(returns, 0);
    expect(() => fitConstantCorrelation(fromColumns([r, new Float64Array(T)], ['A', 'B']))).toThrow('fitConstantCorrelation: B: fitGarch:');
    expect(() => fitConstantCorrelation(fromColumns([r, r], ['A', 'A2']))).toThrow('is a series a copy or a sum of others?');
  });
});

describe('simulateConstantCorrelation', () => {
  it.each(['student', 'historical'] as const)('draws tomorrow with today’s variances and the correlation, by %s shocks', (law) => {
    const paths = 20_000;
    const drawn = simulateConstantCorrelation(model, { key: key(3), horizon: 1, paths, shocks: law });
    const day = fromColumns([0, 1, 2].map((n) => Float64Array.from({ length: paths }, (_, k) => drawn[3 * k + n])));
    for (const n of [0, 1, 2]) {
      const { next } = filterVolatility(model.fits[n]);
      const ratio = mean(column(day, n).map((r) => r * r)) / next;
      // the fourth moment of 6 degrees is 6, so a mean of squares has an error of √5/√paths
      expect(Math.abs(ratio - 1)).toBeLessThan(0.02 + 4 * Math.sqrt(5 / paths));
    }
    expect(correlationOf(column(day, 0), column(day, 1))).toBeCloseTo(model.correlation.data[1], 1);
  });

  it('goes on by the recursion: the mean variance of the second day is ω + (α + β) of the first', () => {
    const paths = 20_000;
    const drawn = simulateConstantCorrelation(model, { key: key(4), horizon: 2, paths });
    const [omega, alpha, beta] = model.fits[0].parts.variance;
    const squares = (h: number) => mean(Float64Array.from({ length: paths }, (_, k) => drawn[(2 * k + h) * 3] ** 2));
    const expected = omega + (alpha + beta) * filterVolatility(model.fits[0]).next;
    expect(Math.abs(squares(1) / expected - 1)).toBeLessThan(4 * Math.sqrt(6 / paths));
  });

  it('has the same paths from the same key, and names returns of other assets', () => {
    const draw = () => simulateConstantCorrelation(model, { key: key(5), horizon: 3, paths: 2 });
    expect(draw()).toEqual(draw());
    expect(() =>
      simulateConstantCorrelation(model, { key: key(5), horizon: 3, paths: 2, returns: fromColumns([new Float64Array(9)]) }),
    ).toThrow('simulateConstantCorrelation: returns have 1 columns and the model 3; give those of the fit');
  });
});
