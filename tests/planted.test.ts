import { describe, expect, it } from 'vitest';
import type { VolatilityTask } from '../experiments/volatility.js';
import { planting, withOnes } from '../experiments/week12/planted/plant.js';
import { logMean, productsOf, ridgeOfProducts } from '../experiments/week12/planted/products.js';
import type { Matrix } from '../src/linalg/index.js';
import type { Panel } from '../src/market/index.js';
import { gammaRegression } from '../src/stats/index.js';
import { key, normal } from '../src/tensor/index.js';

const [T, N, F] = [400, 3, 8];
const dates = Array.from({ length: T }, (_, t) => `${2000 + Math.floor(t / 250)}-${String(1 + (t % 250)).padStart(3, '0')}`);
const assets = ['a', 'b', 'c'];
const panel = (name: string, values: Float64Array): Panel => ({ name, dates, assets, values }) as unknown as Panel;
const z = normal(key(1), [T * N, F + 1], 'float64').data;
const features = Array.from({ length: F }, (_, f) =>
  panel(
    `x${f}`,
    Float64Array.from({ length: T * N }, (_, c) => z[c * (F + 1) + f]),
  ),
);
const square = (c: number) => Math.exp(0.3 * z[c * (F + 1)]) * z[c * (F + 1) + F] ** 2;
const target = panel(
  'y',
  Float64Array.from({ length: T * N }, (_, c) => (c === 5 ? Number.NaN : square(c))),
);
const task = { dates, assets, features, target } as unknown as VolatilityTask;
const plant = planting(task);

describe('what is planted', () => {
  const [flat, sown] = [0, 0.3].map((size) => plant({ size, times: 1, key: key(2) }));
  const there = Array.from(flat.truth.keys()).filter((c) => !Number.isNaN(flat.truth[c]));

  it('moves the variance by e^±κ / cosh κ, which is 1 in the mean of both signs, as the day stands to its week and the week to its year', () => {
    const median = (of: (c: number) => number) => {
      const all = Array.from({ length: T * N }, (_, c) => c).filter((c) => c !== 5);
      return all.map(of).sort((a, b) => a - b)[Math.floor(all.length / 2)];
    };
    const x = (c: number, f: number) => features[f].values[c];
    const [rise, level] = [(c: number) => x(c, 0) - x(c, 1), (c: number) => x(c, 1) - x(c, 4)];
    const [rises, levels] = [median(rise), median(level)];
    for (const c of there) {
      const sign = Math.sign((rise(c) - rises) * (level(c) - levels));
      expect(sown.truth[c] / flat.truth[c]).toBeCloseTo(Math.exp(0.3 * sign) / Math.cosh(0.3), 12);
    }
  });

  it('leaves out a date that not all stocks have', () => {
    expect(there).toHaveLength((T - 1) * N);
    expect([3, 4, 5].every((c) => Number.isNaN(sown.truth[c]))).toBe(true);
  });

  it('takes the shocks of all stocks from one other date, and each once: the ratios are those of the data, over their stock’s mean', () => {
    const ratio = (of: typeof flat, c: number) => of.task.target.values[c] / of.truth[c];
    const own = (n: number) => there.filter((c) => c % N === n);
    for (let n = 0; n < N; n++) expect(own(n).reduce((sum, c) => sum + ratio(flat, c), 0) / own(n).length).toBeCloseTo(1, 12);
    // A shuffle keeps the product of two stocks' ratios at a date, and so its mean; a shuffle by stock would lose their correlation.
    const x: Matrix = {
      rows: T * N - 1,
      cols: F,
      data: Float64Array.from(cells().flatMap((c) => features.map(({ values }) => values[c]))),
    };
    const y = cells().map((c) => Math.max(1e-6, target.values[c]));
    const base = gammaRegression(withOnes(x), y).fitted;
    const real = new Map(cells().map((c, i) => [c, target.values[c] / base[i]]));
    const mean = (n: number) => own(n).reduce((sum, c) => sum + real.get(c)!, 0) / own(n).length;
    const products = (of: (c: number) => number) => own(0).map((c) => of(c) * of(c + 1));
    const kept = products((c) => ratio(flat, c)).sort((a, b) => a - b);
    const before = products((c) => real.get(c)! / mean(c % N)).sort((a, b) => a - b);
    for (const [i, value] of kept.entries()) expect(value).toBeCloseTo(before[i], 9);
  });

  it('averages as many shocks as it is told: the variance of a label falls as one over them', () => {
    const spread = (times: number) => {
      const { task: own, truth } = plant({ size: 0, times, key: key(3) });
      return there.reduce((sum, c) => sum + (own.target.values[c] / truth[c] - 1) ** 2, 0) / there.length;
    };
    expect(spread(1) / spread(16) / 16).toBeGreaterThan(0.75);
    expect(spread(1) / spread(16) / 16).toBeLessThan(1.33);
    expect(plant({ size: 0, times: 1, key: key(2) }).task.target.values).toEqual(flat.task.target.values);
    expect(plant({ size: 0, times: 1, key: key(4) }).task.target.values).not.toEqual(flat.task.target.values);
  });
});

const cells = () => Array.from({ length: T * N }, (_, c) => c).filter((c) => c !== 5);

describe('regressions with products', () => {
  const inputs: Matrix = { rows: 600, cols: 3, data: normal(key(5), [600, 3], 'float64').data };
  const noise = normal(key(6), [600], 'float64').data;
  const row = (i: number) => [0, 1, 2].map((j) => inputs.data[i * 3 + j]);
  const y = Float64Array.from({ length: 600 }, (_, i) => Math.exp(0.2 * row(i)[0] + 0.3 * row(i)[0] * row(i)[2]) * noise[i] ** 2 + 1e-6);
  const products = productsOf(inputs, 2);

  it('have all products of two, squares among them, and the minimum of the library’s gamma regression where nothing is penalised', () => {
    expect(products.x.cols).toBe(1 + 3 + 6);
    expect(productsOf({ rows: 600, cols: 3, data: inputs.data }, 3).x.cols).toBe(1 + 3 + 6 + 10);
    const [free] = ridgeOfProducts(products, y, [0]);
    const { coefficients } = gammaRegression(products.x, y);
    for (const [j, beta] of coefficients.entries()) expect(free.coefficients[j]).toBeCloseTo(beta, 4);
    const at = products.at(inputs);
    expect(Array.from(logMean(free, at))[7]).toBeCloseTo(Array.from(logMean(free, products.x))[7], 10);
  });

  it('have a score of λβ for each product, and of 0 for the inputs, whatever the penalty', () => {
    for (const { penalty, coefficients } of ridgeOfProducts(products, y, [0.01, 0.1, 1])) {
      const eta = logMean({ degree: 2, penalty, coefficients }, products.x);
      for (let j = 0; j < 10; j++) {
        const score = eta.reduce((sum, one, i) => sum + products.x.data[i * 10 + j] * (y[i] * Math.exp(-one) - 1), 0);
        expect(Math.abs(score / 600 - (j > 3 ? penalty * coefficients[j] : 0))).toBeLessThan(1e-4);
      }
    }
  });

  it('come to the inputs alone as the penalty grows', () => {
    const [strong] = ridgeOfProducts(products, y, [1e6]);
    const plain = gammaRegression(withOnes({ rows: 600, cols: 3, data: inputs.data }), y).fitted;
    for (const [i, one] of logMean(strong, products.x).entries()) expect(one).toBeCloseTo(Math.log(plain[i]), 3);
  });
});
