import { describe, expect, it } from 'vitest';
import peers from '../../../tests/references/portfolios.json' with { type: 'json' };
import { fromColumns, type Matrix, transpose } from '../../linalg/index.js';
import { columnMeans } from '../../linalg/internal.js';
import { ledoitWolf, sampleCovariance } from '../../stats/index.js';
import { box, longOnly } from './constraints.js';
import { hierarchicalRiskParity } from './hierarchical-risk-parity.js';
import { type Linkage, leafOrder } from './linkage.js';
import { atMean, atVolatility, meanVariance, minimumVariance } from './mean-variance.js';
import { riskParity } from './risk-parity.js';
import { minimumShortfall } from './shortfall.js';

const RETURNS: Matrix = transpose(fromColumns(peers.returns));
const COVARIANCE = sampleCovariance(RETURNS);
const MEAN = columnMeans(RETURNS);
const LINKAGES = ['single', 'complete', 'average', 'ward'] as const;

/** The greatest difference of two vectors. */
const apart = (a: ArrayLike<number>, b: ArrayLike<number>) => Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i])));

// tests/references/portfolios.py. Its moments are 100 and 10⁴ times these, so a risk aversion of 4 there is 400 here; skfolio halves it, as λ of μ − λσ².
describe('beside PyPortfolioOpt 1.6.0 and skfolio 1.12.2, both at tolerances of 1e-12', () => {
  it.each([
    ['long only', peers.longOnly, [longOnly()]],
    ['from −10 % to 25 % each', peers.boxed, [box(-0.1, 0.25)]],
  ] as const)('the same weights to 1e-6: %s', async (_, { pyportfolioopt, skfolio }, constraints) => {
    const least = await minimumVariance(COVARIANCE, { constraints });
    const best = await meanVariance(MEAN, COVARIANCE, { riskAversion: 400, constraints });
    const { target, weights } = pyportfolioopt.atMean;
    expect(apart(least.weights, pyportfolioopt.minimumVariance)).toBeLessThan(1e-6);
    expect(apart(least.weights, skfolio.minimumVariance)).toBeLessThan(1e-6);
    expect(apart(best.weights, pyportfolioopt.utility)).toBeLessThan(1e-6);
    expect(apart(best.weights, skfolio.utility)).toBeLessThan(1e-6);
    expect(apart((await atMean(MEAN, COVARIANCE, { target, constraints })).weights, weights)).toBeLessThan(1e-6);
    const risky = await atVolatility(MEAN, COVARIANCE, { target: pyportfolioopt.atVolatility.target, constraints });
    expect(apart(risky.weights, pyportfolioopt.atVolatility.weights)).toBeLessThan(1e-6);
  });

  it('at their own tolerances they are further off than that', () => {
    expect(peers.atDefault).toBeGreaterThan(1e-6);
  });

  it('the least expected shortfall', async () => {
    const { tail, weights } = peers.shortfall;
    const least = await minimumShortfall(RETURNS, { tail, constraints: [longOnly()] });
    expect(apart(least.weights, weights)).toBeLessThan(1e-6);
  });

  it('risk parity', () => {
    expect(apart(riskParity(COVARIANCE).weights, peers.riskParity)).toBeLessThan(1e-6);
  });

  it.each(LINKAGES)('hierarchical risk parity, and scipy’s order of leaves: %s', (linkage: Linkage) => {
    expect(apart(hierarchicalRiskParity(COVARIANCE, { linkage }).weights, peers.hierarchical[linkage])).toBeLessThan(1e-12);
    const n = COVARIANCE.rows;
    const at = (i: number, j: number) => COVARIANCE.data[i * n + j];
    const distances = Array.from({ length: n }, (_, i) =>
      Float64Array.from({ length: n }, (_, j) => Math.sqrt(Math.max(0, (1 - at(i, j) / Math.sqrt(at(i, i) * at(j, j))) / 2))),
    );
    expect(leafOrder(distances, linkage)).toEqual(peers.orders[linkage]);
  });

  // The script asserts that skfolio's weights are those of the same halving of leaves that `optimal_leaf_ordering` has turned.
  it('hierarchical risk parity of skfolio is another: it turns the tree first', () => {
    const { single } = peers.skfolioHierarchical;
    expect(apart(hierarchicalRiskParity(COVARIANCE).weights, single)).toBeGreaterThan(0.02);
  });

  it.each([
    ['T > N', RETURNS, peers.ledoitWolf],
    ['T < N', { ...RETURNS, rows: 8, data: RETURNS.data.slice(0, 8 * RETURNS.cols) }, peers.ledoitWolfWide],
  ] as const)('scikit-learn’s Ledoit–Wolf, %s', (_, x, { shrinkage, covariance }) => {
    const shrunk = ledoitWolf(x);
    expect(shrunk.shrinkage).toBeCloseTo(shrinkage, 12);
    expect(apart(shrunk.covariance.data, covariance.flat())).toBeLessThan(1e-15);
  });
});
