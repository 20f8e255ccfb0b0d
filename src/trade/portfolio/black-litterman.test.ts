import { describe, expect, it } from 'vitest';
import type { Matrix } from '../../linalg/index.js';
import { blackLitterman, type View } from './black-litterman.js';
import { impliedReturns, optimalWeights } from './reverse-optimisation.js';

const symmetric = (names: readonly string[], rows: readonly (readonly number[])[]): Matrix => ({
  rows: names.length,
  cols: names.length,
  data: Float64Array.from(rows.flat()),
  names,
});
const round = (values: ArrayLike<number>, digits: number) => Array.from(values, (value) => Number((100 * value).toFixed(digits)) + 0);

/** Each within one unit of the last digit that was printed. */
function expectPrinted(values: ArrayLike<number>, printed: readonly number[], digits: number, units = 1): void {
  for (const [i, value] of printed.entries()) expect(Math.abs(100 * values[i] - value)).toBeLessThan(1.0001 * units * 10 ** -digits);
}

// He & Litterman 1999, The intuition behind Black-Litterman model portfolios, tables 1 and 2.
const COUNTRIES = ['Australia', 'Canada', 'France', 'Germany', 'Japan', 'UK', 'USA'];
const CORRELATION = [
  [1, 0.488, 0.478, 0.515, 0.439, 0.512, 0.491],
  [0.488, 1, 0.664, 0.655, 0.31, 0.608, 0.779],
  [0.478, 0.664, 1, 0.861, 0.355, 0.783, 0.668],
  [0.515, 0.655, 0.861, 1, 0.354, 0.777, 0.653],
  [0.439, 0.31, 0.355, 0.354, 1, 0.405, 0.306],
  [0.512, 0.608, 0.783, 0.777, 0.405, 1, 0.652],
  [0.491, 0.779, 0.668, 0.653, 0.306, 0.652, 1],
];
const VOLATILITY = [0.16, 0.203, 0.248, 0.271, 0.21, 0.2, 0.187];
const CAPITAL = [0.016, 0.022, 0.052, 0.055, 0.116, 0.124, 0.615];
const SIGMA = symmetric(
  COUNTRIES,
  CORRELATION.map((row, i) => row.map((rho, j) => rho * VOLATILITY[i] * VOLATILITY[j])),
);
const [DELTA, TAU] = [2.5, 0.05];
const PRIOR = impliedReturns(CAPITAL, SIGMA, { riskAversion: DELTA });
const FRENCH = 0.052 / (0.052 + 0.124); // of Europe without Germany, by capital
const GERMANY: View = { weights: { Germany: 1, France: -FRENCH, UK: FRENCH - 1 }, mean: 0.05 };
const CANADA: View = { weights: { Canada: 1, USA: -1 }, mean: 0.03 };
const fused = (views: readonly View[]) => {
  const posterior = blackLitterman(SIGMA, views, { prior: PRIOR, tau: TAU });
  return { ...posterior, weights: optimalWeights(posterior.mean, posterior.returnsCovariance, { riskAversion: DELTA }) };
};

describe('He and Litterman', () => {
  it('table 2: the equilibrium', () => {
    expectPrinted(PRIOR, [3.9, 6.9, 8.4, 9.0, 4.3, 6.8, 7.6], 1);
  });

  it('table 4: Germany will beat the rest of Europe by 5 %', () => {
    const { mean, weights, omega } = fused([GERMANY]);
    expectPrinted(mean, [4.3, 7.6, 9.3, 11.0, 4.5, 7.0, 8.1], 1);
    expectPrinted(weights, [1.5, 2.1, -3.9, 35.4, 11.0, -9.5, 58.6], 1);
    expect(round(weights, 1)[2]).toBe(-4); // full precision rounds the −3.9 that is printed the other way
    expect(omega.data[0] / TAU).toBeCloseTo(0.021, 3);
  });

  it('table 5: and Canada the USA by 3 %', () => {
    const { mean, weights, omega } = fused([GERMANY, CANADA]);
    expectPrinted(mean, [4.4, 8.7, 9.5, 11.2, 4.6, 7.0, 7.5], 1);
    expectPrinted(weights, [1.5, 41.9, -3.4, 33.6, 11.0, -8.2, 18.8], 1);
    expect(omega.data[3] / TAU).toBeCloseTo(0.017, 3);
  });

  it('table 6: by 4 %', () => {
    const { mean, weights } = fused([GERMANY, { ...CANADA, mean: 0.04 }]);
    expectPrinted(mean, [4.4, 9.1, 9.5, 11.3, 4.6, 7.0, 7.3], 1);
    expectPrinted(weights, [1.5, 53.3, -3.3, 33.1, 11.0, -7.8, 7.3], 1);
  });

  it('table 7: and the view on Germany half as sure', () => {
    const twice = 2 * fused([GERMANY]).omega.data[0];
    const { mean, weights } = fused([
      { ...GERMANY, variance: twice },
      { ...CANADA, mean: 0.04 },
    ]);
    expectPrinted(mean, [4.3, 8.9, 9.3, 10.6, 4.6, 6.9, 7.2], 1);
    expectPrinted(weights, [1.5, 53.9, -0.5, 23.6, 11.0, -1.1, 6.8], 1);
  });

  it('an asset without a view moves with those that have one, and may leave the span of prior and view', () => {
    expect(round([PRIOR[1], fused([GERMANY]).mean[1]], 1)).toEqual([6.9, 7.6]); // PyPortfolioOpt 197
  });
});

// Idzorek 2005, A step-by-step guide to the Black-Litterman model, tables 1 to 7.
const CLASSES = [
  'US bonds',
  'international bonds',
  'US large growth',
  'US large value',
  'US small growth',
  'US small value',
  'developed',
  'emerging',
];
const IDZOREK = symmetric(CLASSES, [
  [0.001005, 0.001328, -0.000579, -0.000675, 0.000121, 0.000128, -0.000445, -0.000437],
  [0.001328, 0.007277, -0.001307, -0.00061, -0.002237, -0.000989, 0.001442, -0.001535],
  [-0.000579, -0.001307, 0.059852, 0.027588, 0.063497, 0.023036, 0.032967, 0.048039],
  [-0.000675, -0.00061, 0.027588, 0.029609, 0.026572, 0.021465, 0.020697, 0.029854],
  [0.000121, -0.002237, 0.063497, 0.026572, 0.102488, 0.042744, 0.039943, 0.065994],
  [0.000128, -0.000989, 0.023036, 0.021465, 0.042744, 0.032056, 0.019881, 0.032235],
  [-0.000445, 0.001442, 0.032967, 0.020697, 0.039943, 0.019881, 0.028355, 0.035064],
  [-0.000437, -0.001535, 0.048039, 0.029854, 0.065994, 0.032235, 0.035064, 0.079958],
]);
const MARKET = [0.1934, 0.2613, 0.1209, 0.1209, 0.0134, 0.0134, 0.2418, 0.0349];
const VIEWS: readonly View[] = [
  { weights: { developed: 1 }, mean: 0.0525 },
  { weights: { 'international bonds': 1, 'US bonds': -1 }, mean: 0.0025 },
  { weights: { 'US large growth': 0.9, 'US large value': -0.9, 'US small growth': 0.1, 'US small value': -0.1 }, mean: 0.02 },
];
const idzorek = (views: readonly View[], riskAversion = 3.0655) => {
  const prior = impliedReturns(MARKET, IDZOREK, { riskAversion });
  const posterior = blackLitterman(IDZOREK, views, { prior, tau: 0.025 });
  return { prior, ...posterior, weights: optimalWeights(posterior.mean, IDZOREK, { riskAversion }) }; // he keeps Σ for the weights
};

describe('Idzorek', () => {
  it('the equilibrium, whose δ of 3.07 is 3.0655 rounded', () => {
    expectPrinted(idzorek([]).prior, [0.08, 0.67, 6.41, 4.08, 7.43, 3.7, 4.8, 6.6], 2);
    expect(round(idzorek([], 3.07).prior, 2)).not.toEqual([0.08, 0.67, 6.41, 4.08, 7.43, 3.7, 4.8, 6.6]);
  });

  it('three views with He and Litterman’s ω', () => {
    const { mean, weights, omega } = idzorek(VIEWS);
    expect(Array.from({ length: 3 }, (_, k) => omega.data[k * 4].toFixed(6))).toEqual(['0.000709', '0.000141', '0.000866']);
    expectPrinted(mean, [0.07, 0.5, 6.5, 4.32, 7.59, 3.94, 4.93, 6.84], 2);
    expectPrinted(weights, [29.88, 15.59, 9.35, 14.82, 1.04, 1.65, 27.81, 3.49], 2);
  });

  // Certain views take bonds to 24 % from the market's weights, and the six digits of Σ that are printed move them by 0.012.
  it('three certain views', () => {
    const certain = VIEWS.map((view) => ({ ...view, confidence: 1 }));
    expectPrinted(idzorek(certain).weights, [43.82, 1.65, 3.81, 20.37, 0.42, 2.26, 35.21, 3.49], 2, 1.3);
  });

  it('confidences of 25, 50 and 65 % give the ω that he finds by least squares', () => {
    const sure = [0.25, 0.5, 0.65];
    const { omega } = idzorek(VIEWS.map((view, k) => ({ ...view, confidence: sure[k] })));
    expectPrinted(
      [0, 1, 2].map((k) => omega.data[k * 4]),
      [0.2126, 0.014, 0.0466],
      4,
    );
  });
});

const EYE = (n: number): Matrix => ({
  rows: n,
  cols: n,
  data: Float64Array.from({ length: n * n }, (_, at) => Number(at % (n + 1) === 0)),
});
/** Volatilities of 10, 20, 30 and 40 %, correlations of ½ within a pair and ¼ across. */
const PAIRS = symmetric(
  ['JPM', 'BAC', 'XOM', 'CVX'],
  [0.1, 0.2, 0.3, 0.4].map((a, i) => [0.1, 0.2, 0.3, 0.4].map((b, j) => a * b * (i === j ? 1 : i >> 1 === j >> 1 ? 0.5 : 0.25))),
);

describe('views', () => {
  const prior = new Float64Array(5).fill(0.1);
  const view = (k: number, rest = {}) => ({ weights: { [`asset ${k}`]: 1 }, mean: 0.3, ...rest });
  const all = (rest = {}) => Array.from({ length: 5 }, (_, k) => view(k, rest));

  // PyPortfolioOpt 560 and 95.
  it('certain, without confidence, and none', () => {
    const certain = blackLitterman(EYE(5), all({ variance: 0 }), { prior });
    for (const mean of certain.mean) expect(mean).toBeCloseTo(0.3, 12);
    for (const mean of blackLitterman(EYE(5), all({ confidence: 0 }), { prior }).mean) expect(mean).toBe(0.1);
    const { returnsCovariance, mean } = blackLitterman(PAIRS, [], {
      prior: impliedReturns([0.4, 0.3, 0.2, 0.1], PAIRS, { riskAversion: 2.5 }),
    });
    const weights = optimalWeights(mean, returnsCovariance, { riskAversion: 2.5 });
    for (const [n, w] of [0.4, 0.3, 0.2, 0.1].entries()) expect(weights[n]).toBeCloseTo(w / 1.05, 12);
  });

  it('that contradict each other or name no asset are named', () => {
    const twice = [view(0, { variance: 0 }), view(1), view(0, { variance: 0, mean: 0.2 })];
    expect(() => blackLitterman(EYE(5), twice, { prior })).toThrow(
      'view 2 (1 asset 0 earns 0.2) is certain and repeats or contradicts the certain views 0; drop one, or give it a variance above 0',
    );
    expect(() => blackLitterman(EYE(5), [{ weights: { AAPL: 1 }, mean: 0 }], { prior })).toThrow("view 0 is of 'AAPL'");
    expect(() => blackLitterman(EYE(5), [{ weights: {}, mean: 0 }], { prior })).toThrow('no weight other than 0');
    expect(() => blackLitterman(EYE(5), [view(0, { confidence: 65 })], { prior })).toThrow('0.65 is 65 %');
    expect(() => blackLitterman(EYE(5), [view(0, { confidence: 0.5, variance: 1 })], { prior })).toThrow('keep one');
  });

  it('that go together have an Ω of their own', () => {
    const omega: Matrix = { rows: 2, cols: 2, data: Float64Array.of(0.05, 0.02, 0.02, 0.05) };
    const { mean } = blackLitterman(EYE(2), [view(0), view(1, { mean: 0.1 })], { prior: [0.1, 0.1], omega });
    // τI + Ω = [.1 .02; .02 .1] and a surprise of (.2, 0): .05 · (.1, −.02) · .2 / .0096
    expect(mean[0]).toBeCloseTo(0.1 + (0.05 * 0.1 * 0.2) / 0.0096, 12);
    expect(mean[1]).toBeCloseTo(0.1 - (0.05 * 0.02 * 0.2) / 0.0096, 12);
  });

  it('that repeat one of several certain ones name them all', () => {
    const three = [view(0, { variance: 0 }), view(1, { variance: 0 }), view(0, { variance: 0 })];
    expect(() => blackLitterman(EYE(5), three, { prior })).toThrow('repeats or contradicts the certain views 0, 1; drop one');
  });

  it('leave a covariance of the mean that is symmetric to the last bit', () => {
    const { rows: n, data } = fused([GERMANY, CANADA]).meanCovariance;
    for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) expect(data[i * n + j]).toBe(data[j * n + i]);
  });

  it('of a certain portfolio that has no risk are named', () => {
    const hedged: Matrix = { rows: 2, cols: 2, data: Float64Array.of(1, -1, -1, 1) };
    const flat = { weights: { 'asset 0': 1, 'asset 1': 1 }, mean: 0.1, variance: 0 };
    expect(() => blackLitterman(hedged, [flat], { prior: [0, 0] })).toThrow(
      'view 0 (1 asset 0 + 1 asset 1 earns 0.1) is certain and of a portfolio without risk (of 1 views); drop one',
    );
    const among = [{ ...flat, weights: { 'asset 0': 1 } }, flat];
    expect(() => blackLitterman(hedged, [{ ...among[0], variance: 1 }, flat], { prior: [0, 0] })).toThrow(
      'view 1 (1 asset 0 + 1 asset 1 earns 0.1)',
    );
    expect(() => blackLitterman(hedged, among, { prior: [0, 0] })).toThrow('repeats or contradicts the certain views 0; drop one');
  });

  it('that are certain and apart are all met', () => {
    const { mean } = blackLitterman(EYE(5), [view(0, { variance: 0 }), view(3, { variance: 0, mean: -0.2 })], { prior });
    for (const [n, value] of [0.3, 0.1, 0.1, -0.2, 0.1].entries()) expect(mean[n]).toBeCloseTo(value, 12);
  });

  it('name some of the assets that there are', () => {
    const none = [{ weights: { AAPL: 1 }, mean: 0 }];
    const eight = Array.from({ length: 8 }, (_, n) => `asset ${n}`).join(', ');
    expect(() => blackLitterman(EYE(8), none, { prior: new Float64Array(8) })).toThrow(new RegExp(`has ${eight}$`));
    expect(() => blackLitterman(EYE(9), none, { prior: new Float64Array(9) })).toThrow(new RegExp(`has ${eight} …$`));
  });

  it('with numbers that are none are refused', () => {
    expect(() => blackLitterman(EYE(5), [view(0, { mean: Number.NaN })], { prior })).toThrow('view 0 has the mean NaN');
    expect(() => blackLitterman(EYE(5), [{ weights: { 'asset 0': 1, 'asset 1': Number.NaN }, mean: 0 }], { prior })).toThrow(
      'view 0 has a weight of asset 1 of NaN',
    );
    expect(() => blackLitterman(EYE(5), [view(0, { variance: -1 })], { prior })).toThrow(
      'variance of view 0 must be a finite number from 0 up',
    );
    expect(() => blackLitterman(EYE(5), [view(0, { confidence: -0.1 })], { prior })).toThrow(
      'confidence of view 0 must be a finite number from 0 to 1',
    );
  });

  it('have an Ω of their number, which is a covariance, and no view of it is left out', () => {
    const omega = (rows: number, cols: number, ...data: number[]): Matrix => ({ rows, cols, data: Float64Array.from(data) });
    const two = [view(0), view(1)];
    for (const wrong of [omega(1, 2, 1, 1), omega(2, 1, 1, 1)])
      expect(() => blackLitterman(EYE(5), two, { prior, omega: wrong })).toThrow('for 2 views; it must be [2,2]');
    expect(() => blackLitterman(EYE(5), two, { prior, omega: omega(2, 2, 1, 2, 2, 1) })).toThrow('negative eigenvalue');
    expect(() => blackLitterman(EYE(5), two, { prior, omega: omega(2, 2, 1, 0, 0.5, 1) })).toThrow('of view 1 and view 0 is 0.5 one way');
    expect(() => blackLitterman(EYE(5), [view(0), view(1, { confidence: 0 })], { prior, omega: omega(1, 1, 1) })).toThrow(
      'a view has confidence 0 and omega is given',
    );
    expect(blackLitterman(EYE(5), two, { prior, omega: omega(2, 2, 0, 0, 0, 0) }).mean[1]).toBeCloseTo(0.3, 12);
  });

  it('need a prior of each asset, a τ above 0 and a covariance', () => {
    expect(() => blackLitterman(EYE(5), [], { prior: [0.1] })).toThrow('prior has 1 values and the covariance 5 assets');
    expect(() => blackLitterman(EYE(5), [], { prior, tau: 0 })).toThrow('tau must be a finite number above 0, got 0; 0.05');
    expect(() => blackLitterman({ ...EYE(2), data: Float64Array.of(1, 2, 2, 1) }, [], { prior: [0, 0] })).toThrow('negative eigenvalue');
  });
});
