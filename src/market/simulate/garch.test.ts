import { describe, expect, it } from 'vitest';
import { estimate, expectMean } from '../../../tests/support/monte-carlo.js';
import { key } from '../../base/random.js';
import { logGamma } from '../../stats/distributions/incomplete.js';
import { studentT } from '../../stats/index.js';
import { egarch, type GarchPaths, garch } from './garch.js';
import type { Paths } from './paths.js';

const P = 20_000;
const at = ({ data, shape }: Paths, t: number) => Float64Array.from({ length: shape[0] }, (_, p) => data[p * shape[1] + t]);

/** The laws of the shocks z, seen through returns of a variance that stays 1. */
const shocksOf = (nu?: number) => garch(key(5), { omega: 1, alpha: 0, beta: 0, nu, steps: P, paths: 1 }).returns.data;

describe('garch', () => {
  const [omega, alpha, beta] = [0.02, 0.1, 0.85];
  const stationary = omega / (1 - alpha - beta); // 0.4
  const paths = garch(key(1), { omega, alpha, beta, mean: 0.1, steps: 60, paths: P });

  it.each([0, 1, 20, 59])('has mean μ, variance ω/(1−α−β) and no autocorrelation at step %i', (t) => {
    const r = at(paths.returns, t);
    expectMean(r, 0.1);
    expectMean(
      r.map((x) => (x - 0.1) ** 2),
      stationary,
    );
    expectMean(at(paths.variances, t), stationary, { open: 1e-9 }); // step 0 has no variance to measure by
    if (t > 0)
      expectMean(
        r.map((x, p) => (x - 0.1) * (paths.returns.data[p * 60 + t - 1] - 0.1)),
        0,
      );
  });

  it('has the kurtosis 3 (1 − (α+β)²) / (1 − (α+β)² − 2α²) in the long run', () => {
    // Bollerslev 1986, p. 313; with α 0.1 and β 0.8 the fourth moment comes in with (0.9² + 0.02)^t, gone after 200 steps.
    const { returns } = garch(key(2), { omega: 0.1, alpha: 0.1, beta: 0.8, steps: 200, paths: 6000 });
    expectMean(
      at(returns, 199).map((x) => x ** 4),
      (3 * (1 - 0.81)) / (1 - 0.81 - 0.02),
    );
  });

  it('follows its recursion path by path', () => {
    const { returns, variances } = garch(key(3), { omega, alpha, beta, gamma: 0.08, nu: 6, start: 2, steps: 50 });
    expect(variances.data[0]).toBe(2);
    for (let t = 1; t < 50; t++) {
      const e = returns.data[t - 1];
      expect(variances.data[t]).toBeCloseTo(omega + (e < 0 ? alpha + 0.08 : alpha) * e * e + beta * variances.data[t - 1], 12);
    }
  });

  it("has GJR's stationary variance ω/(1−α−γ/2−β), with either law", () => {
    for (const nu of [undefined, 7]) {
      const { variances } = garch(key(4), { omega: 0.05, alpha: 0.03, gamma: 0.1, beta: 0.82, nu, steps: 30, paths: P });
      expectMean(at(variances, 29), 0.05 / (1 - 0.03 - 0.05 - 0.82));
    }
  });

  it("draws Student's law at variance 1", () => {
    const z = shocksOf(9);
    expectMean(z, 0);
    expectMean(
      z.map((x) => x * x),
      1,
    );
    // Kolmogorov: √n D exceeds 1.95 once in a thousand samples.
    const scale = Math.sqrt(9 / 7);
    const sorted = [...z].sort((a, b) => a - b);
    const law = studentT(9);
    const distance = Math.max(...sorted.map((x, i) => Math.abs(law.cdf(x * scale) - (i + 0.5) / P)));
    expect(Math.sqrt(P) * distance).toBeLessThan(1.95);
  });
});

describe('egarch', () => {
  const [omega, alpha, gamma, beta] = [-0.1, 0.2, -0.1, 0.9];
  const logs = ({ variances }: GarchPaths, t: number) => at(variances, t).map(Math.log);

  it('has ln σ² of mean ω/(1−β) and variance (α²(1 − 2/π) + γ²)/(1−β²) in the long run', () => {
    const last = logs(egarch(key(6), { omega, alpha, gamma, beta, steps: 80, paths: 6000 }), 79);
    expectMean(last, omega / (1 - beta));
    expectMean(
      last.map((x) => (x + 1) ** 2),
      (alpha ** 2 * (1 - 2 / Math.PI) + gamma ** 2) / (1 - beta ** 2),
    );
  });

  it("keeps √(2/π) with Student's law, whose E|z| is smaller", () => {
    const nu = 5;
    const size = (2 * Math.sqrt(nu - 2) * Math.exp(logGamma((nu + 1) / 2) - logGamma(nu / 2))) / ((nu - 1) * Math.sqrt(Math.PI));
    const last = logs(egarch(key(7), { omega, alpha, gamma, beta, nu, steps: 80, paths: 6000 }), 79);
    expectMean(last, (omega + alpha * (size - Math.sqrt(2 / Math.PI))) / (1 - beta));
    expectMean(shocksOf(nu).map(Math.abs), size);
  });

  it('raises the variance more after a loss where γ < 0', () => {
    const { returns, variances } = egarch(key(8), { omega, alpha, gamma, beta, steps: 2, paths: P });
    const after = (sign: number) => at(variances, 1).filter((_, p) => Math.sign(returns.data[2 * p]) === sign);
    const [loss, gain] = [estimate(after(-1)), estimate(after(1))];
    expect(loss.mean - gain.mean).toBeGreaterThan(4 * Math.hypot(loss.standardError, gain.standardError));
  });
});

it.each<[what: string, call: () => unknown, error: string]>([
  [
    'a variance without a mean',
    () => garch(key(1), { omega: 1, alpha: 0.2, beta: 0.8, steps: 2 }),
    'garch: alpha + gamma/2 + beta is 1, and there is',
  ],
  [
    'a variance that a loss lowers',
    () => garch(key(1), { omega: 1, alpha: 0.1, beta: 0.8, gamma: -0.2, steps: 2 }),
    'garch: gamma must be a finite number from -0.1 up, got -0.2; a loss',
  ],
  [
    'no variance',
    () => garch(key(1), { omega: 0, alpha: 0.1, beta: 0.8, steps: 2 }),
    'garch: omega must be a finite number above 0, got 0; it keeps',
  ],
  [
    'too few degrees of freedom',
    () => garch(key(1), { omega: 1, alpha: 0.1, beta: 0.8, nu: 2, steps: 2 }),
    'garch: nu must be a finite number above 2, got 2',
  ],
  ['no steps', () => garch(key(1), { omega: 1, alpha: 0.1, beta: 0.8, steps: 0 }), 'garch: steps must be a whole number from 1 up, got 0'],
  [
    'a log variance without a mean',
    () => egarch(key(1), { omega: 1, alpha: 0.1, beta: 1, steps: 2 }),
    'egarch: beta 1 has no stationary law to start in',
  ],
])('refuses %s', (_, call, error) => expect(call).toThrow(error));
