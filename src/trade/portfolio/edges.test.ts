import { describe, expect, it } from 'vitest';
import { gaussian } from '../../../tests/support/simulated.js';
import { key, uniform } from '../../base/index.js';
import type { Matrix } from '../../linalg/index.js';
import { ledoitWolf, sampleCovariance } from '../../stats/index.js';
import { box, group, longOnly, maximumLeverage, maximumTurnover } from './constraints.js';
import { varianceOf } from './covariance.js';
import { efficientFrontier } from './frontier.js';
import { hierarchicalRiskParity } from './hierarchical-risk-parity.js';
import { atVolatility, meanVariance, minimumVariance } from './mean-variance.js';
import { driftedWeights, rebalance } from './rebalance.js';
import { optimalWeights } from './reverse-optimisation.js';
import { riskParity } from './risk-parity.js';

const matrix = (rows: readonly (readonly number[])[], names?: readonly string[]): Matrix => ({
  rows: rows.length,
  cols: rows[0].length,
  data: Float64Array.from(rows.flat()),
  ...(names && { names }),
});
const NAMES = ['JPM', 'BAC', 'XOM', 'CVX'];
/** Volatilities of 10, 20, 30 and 40 %, correlations of ½ within a pair and ¼ across. */
const SIGMA = matrix(
  [0.1, 0.2, 0.3, 0.4].map((a, i) => [0.1, 0.2, 0.3, 0.4].map((b, j) => a * b * (i === j ? 1 : i >> 1 === j >> 1 ? 0.5 : 0.25))),
  NAMES,
);
const MEAN = [0.04, 0.06, 0.08, 0.12];
const total = (w: ArrayLike<number>) => Array.from(w).reduce((a, b) => a + b, 0);
const gross = (w: ArrayLike<number>, from: ArrayLike<number> = new Float64Array(w.length)) =>
  Array.from(w).reduce((sum, value, i) => sum + Math.abs(value - from[i]), 0);

describe('constraints', () => {
  it('hold, and bind where they should', async () => {
    const free = await meanVariance(MEAN, SIGMA, { riskAversion: 0.4 });
    expect(gross(free.weights)).toBeGreaterThan(1.05);
    const { weights: geared } = await meanVariance(MEAN, SIGMA, { riskAversion: 0.4, constraints: [maximumLeverage(1.05)] });
    expect(gross(geared)).toBeCloseTo(1.05, 9);
    expect(total(geared)).toBeCloseTo(1, 12);
    const { weights: grouped } = await minimumVariance(SIGMA, { constraints: [longOnly(), group('banks', ['JPM', 'BAC'], 0, 0.4)] });
    expect(grouped[0] + grouped[1]).toBeCloseTo(0.4, 9);
    const from = [0.25, 0.25, 0.25, 0.25];
    const { weights: near } = await minimumVariance(SIGMA, { constraints: [longOnly(), maximumTurnover(from, 0.2)] });
    expect(gross(near, from)).toBeCloseTo(0.2, 9);
    const { weights: boxed } = await minimumVariance(SIGMA, { constraints: [box([0, 0.1, 0.1, 0.2], [0.5, 1, 1, 1])] });
    expect(boxed[0]).toBeCloseTo(0.5, 9);
    expect(boxed[3]).toBeCloseTo(0.2, 9);
  });

  it('without any, the solver reaches the closed form', async () => {
    const frontier = efficientFrontier(MEAN, SIGMA);
    const least = await minimumVariance(SIGMA);
    const unbound = await meanVariance(MEAN, SIGMA, { riskAversion: 2.5, budget: 'free' });
    const closed = optimalWeights(MEAN, SIGMA, { riskAversion: 2.5 });
    for (const n of NAMES.keys()) {
      expect(least.weights[n]).toBeCloseTo(frontier.minimum.weights[n], 8);
      expect(unbound.weights[n]).toBeCloseTo(closed[n], 8);
    }
  });

  it('that conflict are named, and those that do not are not', async () => {
    const conflict = (constraints: Parameters<typeof minimumVariance>[1]) => minimumVariance(SIGMA, constraints);
    await expect(conflict({ constraints: [longOnly(), box(-1, 0.2)] })).rejects.toThrow(
      /no weights satisfy all of: the budget, Σw = 1; box, JPM ≤ 0.2; box, BAC ≤ 0.2; box, XOM ≤ 0.2; box, CVX ≤ 0.2; loosen one of them/,
    );
    const banks = group('banks', ['JPM', 'BAC'], 0.7, 1);
    const oil = group('oil', ['XOM', 'CVX'], 0.5, 1);
    const message = await conflict({ constraints: [longOnly(), banks, oil, maximumLeverage(1.5)] }).catch(String);
    expect(message).toContain('the budget, Σw = 1; group banks (JPM + BAC from 0.7 to 1); group oil (XOM + CVX from 0.5 to 1)');
    expect(message).not.toContain('maximumLeverage');
    await expect(conflict({ constraints: [box(0.3, 1), maximumTurnover([1, 0, 0, 0], 0.1)] })).rejects.toThrow(/budget|maximumTurnover/);
    await expect(conflict({ constraints: [box(0.3, 0.2)] })).rejects.toThrow('box, JPM ≥ 0.3; box, JPM ≤ 0.2');
    await expect(conflict({ constraints: [group('tech', ['AAPL'], 0, 1)] })).rejects.toThrow(
      "'AAPL', and the assets are JPM, BAC, XOM, CVX",
    );
  });

  it('that are alike of many assets are one name, and what is no constraint is refused', async () => {
    const many = { rows: 7, cols: 7, data: Float64Array.from({ length: 49 }, (_, i) => +(i % 8 === 0)), names: [...'ABCDEFG'] };
    await expect(minimumVariance(many, { constraints: [box(0, 0.1)] })).rejects.toThrow(
      'no weights satisfy all of: the budget, Σw = 1; box, A, B, C and 4 more ≤ 0.1; loosen one of them',
    );
    await expect(minimumVariance(many, { constraints: [longOnly] as never })).rejects.toThrow(
      'minimumVariance: constraint 0 is the function longOnly; call it',
    );
    await expect(minimumVariance(many, { constraints: longOnly() as never })).rejects.toThrow(
      'constraints must be a list, as [longOnly()]',
    );
    await expect(minimumVariance({ covariance: many, shrinkage: 0.1 } as never)).rejects.toThrow(
      'the covariance must be a matrix { rows, cols, data }, got an object of covariance, shrinkage; pass its covariance',
    );
    await expect(rebalance([1, 1, 1, 1], SIGMA, { riskAversion: 1, from: [0, 0, 0, 0] } as never)).rejects.toThrow('cost is undefined');
  });

  it('a target that cannot be reached comes with the interval that can', async () => {
    await expect(atVolatility(MEAN, SIGMA, { target: 0.5, constraints: [longOnly()] })).rejects.toThrow(
      'atVolatility: a volatility of 0.5 cannot be had; with these constraints it goes from 0.0996317 to 0.400000 on the efficient frontier',
    );
  });

  it('an objective without a bound is said to have none', async () => {
    const twins = matrix([
      [0.04, 0.04],
      [0.04, 0.04],
    ]);
    await expect(meanVariance([0.1, 0.05], twins, { riskAversion: 1 })).rejects.toThrow('the objective has no least value');
  });
});

describe('200 random programs', () => {
  const draw = (seed: number, n: number) => uniform(key(seed), [n], 'float64').data;

  it('end with weights that keep the rules and that no mixture with others betters, or with the rules that conflict', async () => {
    let [answers, conflicts] = [0, 0];
    for (let k = 0; k < 200; k++) {
      const u = draw(k, 12);
      const [N, T, scale] = [2 + Math.floor(12 * u[0]), 3 + Math.floor(40 * u[1]), 10 ** (5 * u[2] - 4)];
      const x = matrix(Array.from({ length: T }, (_, t) => Array.from(gaussian(1000 * k + t, N), (z) => scale * z)));
      const covariance = sampleCovariance(x); // singular where T ≤ N
      const [high, least, most] = [0.05 + u[4], 0.1 * u[6], 0.3 + u[7]];
      const constraints = [
        longOnly(),
        ...(u[3] < 0.5 ? [box(-1, high)] : []),
        ...(u[5] < 0.4 ? [group('two', ['asset 0', 'asset 1'], least, most)] : []),
        ...(u[8] < 0.4 ? [maximumTurnover(new Float64Array(N).fill(1 / N), u[9])] : []),
      ];
      const best = await minimumVariance(covariance, { constraints }).catch(String);
      if (typeof best === 'string') {
        expect(best).toContain('no weights satisfy all of: ');
        conflicts++;
        continue;
      }
      answers++;
      const { weights, volatility } = best;
      expect(total(weights)).toBeCloseTo(1, 9);
      for (const w of weights) expect(w).toBeGreaterThan(-1e-9);
      if (u[3] < 0.5) for (const w of weights) expect(w).toBeLessThan(high + 1e-7);
      if (u[8] < 0.4) expect(gross(weights, new Float64Array(N).fill(1 / N))).toBeLessThan(u[9] + 1e-6);
      const { weights: other } = await meanVariance(gaussian(k, N), covariance, { riskAversion: 1e-3, constraints });
      const mixed = weights.map((w, n) => 0.99 * w + 0.01 * other[n]);
      expect(varianceOf(covariance, mixed)).toBeGreaterThan(volatility ** 2 - 1e-9 * scale ** 2);
    }
    expect(answers).toBeGreaterThan(120);
    expect(conflicts).toBeGreaterThan(10);
  });
});

describe('covariances', () => {
  const singular = sampleCovariance(
    matrix(
      [
        [0.01, 0.02, -0.01],
        [-0.02, 0.01, 0.03],
      ],
      ['a', 'b', 'c'],
    ),
  );

  it('singular ones have constrained portfolios, and closed forms say what to do', async () => {
    const { weights, volatility } = await minimumVariance(singular, { constraints: [longOnly()] });
    expect(total(weights)).toBeCloseTo(1, 12);
    expect(volatility).toBeLessThan(1e-9); // two of three assets hedge each other
    expect(() => optimalWeights([1, 1, 1], singular, { riskAversion: 1 })).toThrow(/covariance of 3 assets is singular.*ledoitWolf/);
    const shrunk = ledoitWolf(
      matrix([
        [0.01, 0.02, -0.01],
        [-0.02, 0.01, 0.03],
        [0, -0.01, 0.01],
      ]),
    ).covariance;
    expect(optimalWeights([1, 1, 1], shrunk, { riskAversion: 1 }).every(Number.isFinite)).toBe(true);
  });

  it('with a negative eigenvalue, missing or lopsided ones are refused', async () => {
    const negative = matrix([
      [1, 0.9, -0.9],
      [0.9, 1, 0.9],
      [-0.9, 0.9, 1],
    ]);
    await expect(minimumVariance(negative)).rejects.toThrow('negative eigenvalue');
    expect(() =>
      riskParity(
        matrix([
          [1, 0.2],
          [0.3, 1],
        ]),
      ),
    ).toThrow('of asset 1 and asset 0 is 0.3 one way and 0.2 the other');
    expect(() =>
      riskParity(
        matrix([
          [1, Number.NaN],
          [Number.NaN, 1],
        ]),
      ),
    ).toThrow('drop or fill missing returns');
  });

  it('Ledoit and Wolf’s does not change when a constant is added to returns', () => {
    const x = matrix([
      [0.01, 0.02],
      [-0.02, 0.01],
      [0.03, -0.01],
      [0, 0.01],
    ]);
    const moved = { ...x, data: x.data.map((value, at) => value + (at % 2 ? 0.5 : -0.25)) };
    expect(ledoitWolf(moved).shrinkage).toBeCloseTo(ledoitWolf(x).shrinkage, 10);
  });
});

describe('parity', () => {
  it.each([-0.9, 0, 0.7])('two assets have weights in inverse proportion to their volatilities, whatever the correlation: %s', (rho) => {
    const { weights } = riskParity(
      matrix([
        [0.01, 0.02 * rho],
        [0.02 * rho, 0.04],
      ]),
    ); // RiskPortfolios 11
    expect(weights[0]).toBeCloseTo(2 / 3, 9);
    expect(weights[1]).toBeCloseTo(1 / 3, 9);
  });

  it('without correlation, weights go with √budget / σ', () => {
    const { weights } = riskParity(
      matrix([
        [0.01, 0],
        [0, 0.04],
      ]),
      { budgets: [4, 1] },
    );
    expect(weights[0] / weights[1]).toBeCloseTo(4, 9);
  });

  it('says why it cannot be had', () => {
    expect(() =>
      riskParity(
        matrix(
          [
            [0.01, 0],
            [0, 0],
          ],
          ['a', 'cash'],
        ),
      ),
    ).toThrow('cash has variance 0 and contributes no risk');
    expect(() => riskParity(SIGMA, { budgets: [1, 1, 1, 0] })).toThrow('the budget of CVX is 0');
    expect(() =>
      riskParity(
        matrix([
          [0.01, -0.01],
          [-0.01, 0.01],
        ]),
      ),
    ).toThrow('has next to no risk');
  });

  // skfolio 141 and 91, Riskfolio 49 and 174.
  it.each([
    [0, 0.3],
    [0.2, 1],
    [0.05, [0.1, 0.3, 0.3, 0.9]],
    [0.25, 0.25],
  ])('hierarchical: from %j to %j', (low, high) => {
    const { weights } = hierarchicalRiskParity(SIGMA, { low, high });
    expect(total(weights)).toBeCloseTo(1, 12);
    for (const [n, w] of weights.entries()) {
      expect(w).toBeGreaterThanOrEqual((typeof low === 'number' ? low : low[n]) - 1e-12);
      expect(w).toBeLessThanOrEqual((typeof high === 'number' ? high : high[n]) + 1e-12);
    }
  });

  it('hierarchical: bounds that cannot hold are named', () => {
    expect(() => hierarchicalRiskParity(SIGMA, { high: 0.2 })).toThrow('high to 0.8; raise high');
    expect(() => hierarchicalRiskParity(SIGMA, { low: 0.3 })).toThrow('low sums to 1.2, high to 4; lower low');
    expect(() => hierarchicalRiskParity(SIGMA, { linkage: 'singel' as 'single' })).toThrow('did you mean single?');
  });
});

describe('trading', () => {
  it('weights drift with prices', () => {
    expect([...driftedWeights([0.5, 0.3], [0.1, -0.2])]).toEqual([0.55 / 0.99, 0.24 / 0.99]); // 20 % in cash
    expect(() => driftedWeights([0.5], [Number.NaN])).toThrow('what is held needs both');
    expect(() => driftedWeights([1], [-1])).toThrow('a share of nothing');
  });

  it('costs nothing, it goes to the best weights; dear, it stays', async () => {
    const options = { riskAversion: 2, from: [0.25, 0.25, 0.25, 0.25], constraints: [longOnly()] };
    const best = await meanVariance(MEAN, SIGMA, { riskAversion: 2, constraints: [longOnly()] });
    const free = await rebalance(MEAN, SIGMA, { ...options, cost: 0 });
    const some = await rebalance(MEAN, SIGMA, { ...options, cost: 0.005 });
    const dear = await rebalance(MEAN, SIGMA, { ...options, cost: 0.1 });
    for (const n of NAMES.keys()) expect(free.weights[n]).toBeCloseTo(best.weights[n], 7);
    expect(some.turnover).toBeLessThan(free.turnover);
    expect(some.turnover).toBeGreaterThan(0.05);
    expect(some.cost).toBeCloseTo(0.005 * some.turnover, 12);
    expect(dear.turnover).toBeLessThan(1e-9);
  });

  it('from one asset and cash, the gain of the last trade is its cost', async () => {
    // μ − δσ²w = cost at the best: w = (0.05 − 0.01)/(2 · 0.04)
    const { weights } = await rebalance([0.05], matrix([[0.04]]), { riskAversion: 2, from: [0], cost: 0.01, budget: 'free' });
    expect(weights[0]).toBeCloseTo(0.5, 8);
  });

  it('weights that are not known are not zero', async () => {
    const unknown = { riskAversion: 1, cost: 0, from: undefined as unknown as number[] };
    await expect(rebalance(MEAN, SIGMA, unknown)).rejects.toThrow('the weights held now are not given'); // PortfolioOptimisers.jl 1004
  });
});
