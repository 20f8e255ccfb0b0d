import { describe, expect, it } from 'vitest';
import { expectMean } from '../../../tests/support/monte-carlo.js';
import { key } from '../../base/random.js';
import { heston } from './heston.js';

const last = ({ data, shape }: { data: Float64Array; shape: readonly number[] }) =>
  Float64Array.from({ length: shape[0] }, (_, p) => data[(p + 1) * shape[1] - 1]);

describe('heston', () => {
  it('gives the price of a call that Broadie & Kaya 2006 have exactly: 6.8061', () => {
    // Their table 1: S 100, K 100, a year, r 3.19 %, v₀ 0.010201, κ 6.21, θ 0.019, ξ 0.61, ρ −0.70. The scheme's own error at Δ = 1/32 is
    // below 0.01 (Andersen 2008, table 5 has it for like parameters).
    const model = { mu: 0.0319, kappa: 6.21, theta: 0.019, xi: 0.61, rho: -0.7, startVariance: 0.010201, dt: 1 / 32 };
    const prices = last(heston(key(1), { ...model, steps: 33, paths: 60_000 }).prices);
    expectMean(
      prices.map((s) => Math.exp(-0.0319) * Math.max(0, s - 100)),
      6.8061,
      { open: 0.01 },
    );
    expectMean(prices, 100 * Math.exp(0.0319));
  });

  it.each([
    ['that stays above zero', { kappa: 3, theta: 0.04, xi: 0.3, rho: -0.5 }],
    ['that often is zero', { kappa: 0.5, theta: 0.04, xi: 1, rho: -0.9 }],
    ['with prices that rise with it', { kappa: 1, theta: 0.09, xi: 0.5, rho: 0.3 }],
  ])('has the exact mean and variance of v and E S = S₀e^{μt} at coarse steps, for a variance %s', (_, model) => {
    const { kappa, theta, xi } = model;
    const [v0, years] = [0.1, 1.5];
    const { prices, variances } = heston(key(2), { ...model, mu: 0.05, startVariance: v0, dt: 0.25, steps: 7, paths: 40_000 });
    const stay = Math.exp(-kappa * years);
    const mean = theta + (v0 - theta) * stay;
    const variance = (v0 * xi ** 2 * stay * (1 - stay)) / kappa + (theta * xi ** 2 * (1 - stay) ** 2) / (2 * kappa); // Cox, Ingersoll & Ross 1985
    const v = last(variances);
    expect(Math.min(...v)).toBeGreaterThanOrEqual(0);
    expectMean(v, mean);
    expectMean(
      v.map((x) => (x - mean) ** 2),
      variance,
    );
    expectMean(last(prices), 100 * Math.exp(0.05 * years));
  });

  it('has returns of variance θΔ from v₀ = θ, and falling prices when variance rises', () => {
    const { prices, variances } = heston(key(3), { kappa: 4, theta: 0.04, xi: 0.4, rho: -0.8, steps: 3, paths: 40_000 });
    const returns = Float64Array.from({ length: 40_000 }, (_, p) => Math.log(prices.data[3 * p + 1] / 100));
    // To first order in Δ: Var ln S = θΔ and Cov(ln S, v) = ρξθΔ; the next order is Δ² ≈ 2e-5 of it and more.
    expectMean(
      returns.map((r) => r * r),
      0.04 / 252,
      { open: 1e-6 },
    );
    expectMean(
      returns.map((r, p) => r * (variances.data[3 * p + 1] - 0.04)),
      (-0.8 * 0.4 * 0.04) / 252,
      { open: 1e-6 },
    );
  });

  it('gives the earlier numbers again when more are asked for', () => {
    const model = { kappa: 4, theta: 0.04, xi: 0.4, rho: -0.8 };
    const [few, many] = [heston(key(4), { ...model, steps: 4, paths: 2 }), heston(key(4), { ...model, steps: 6, paths: 3 })];
    for (let p = 0; p < 2; p++) for (let t = 0; t < 4; t++) expect(many.prices.data[6 * p + t]).toBe(few.prices.data[4 * p + t]);
  });

  it.each([
    [{ xi: 0 }, 'heston: xi must be a finite number above 0, got 0'],
    [{ rho: -1.1 }, 'heston: rho must be a finite number from -1 to 1, got -1.1'],
    [{ startVariance: -0.1 }, 'heston: startVariance must be a finite number above 0, got -0.1'],
    [{ steps: 1.5 }, 'heston: steps must be a whole number from 1 up, got 1.5'],
  ])('refuses %o', (wrong, error) => {
    expect(() => heston(key(1), { kappa: 1, theta: 0.04, xi: 0.2, rho: 0, steps: 2, ...wrong })).toThrow(error);
  });
});
