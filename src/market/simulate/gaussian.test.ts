import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { key } from '../../base/random.js';
import { ar1, gbm, randomWalk } from './gaussian.js';
import type { Paths } from './paths.js';

/*
 * Moments against theory. With P independent paths a sample mean is off by σ/√P and a sample variance of normals by σ²√(2/P),
 * one standard error; keys are fixed, and every bound below is four of them.
 */
const P = 40_000;
const at = ({ data, shape }: Paths, t: number) => Float64Array.from({ length: shape[0] }, (_, p) => data[p * shape[1] + t]);
const mean = (x: Float64Array) => x.reduce((sum, v) => sum + v, 0) / x.length;
function cov(x: Float64Array, y: Float64Array): number {
  const [mx, my] = [mean(x), mean(y)];
  return mean(x.map((v, i) => (v - mx) * (y[i] - my)));
}
const within4 = (value: number, expected: number, standardError: number) =>
  expect(Math.abs(value - expected)).toBeLessThan(4 * standardError);

describe('ar1', () => {
  const [phi, sigma, mu] = [0.8, 0.3, 2];
  const paths = ar1(key(7), { phi, sigma, mean: mu, steps: 6, paths: P });
  const variance = sigma ** 2 / (1 - phi ** 2); // 0.25

  it.each([0, 1, 5])('is stationary: mean μ and variance σ²/(1−φ²) at step %i', (t) => {
    within4(mean(at(paths, t)), mu, Math.sqrt(variance / P));
    within4(cov(at(paths, t), at(paths, t)), variance, variance * Math.sqrt(2 / P));
  });

  it.each([1, 3, 5])('has autocovariance φ^k σ²/(1−φ²) at lag %i', (k) => {
    // Var of a sample covariance of normals: (σ_x²σ_y² + σ_xy²)/P.
    within4(cov(at(paths, 0), at(paths, k)), phi ** k * variance, variance * Math.sqrt((1 + phi ** (2 * k)) / P));
  });

  it('starts where it is told, also when φ is 1', () => {
    expect([...at(ar1(key(1), { phi: 1, sigma: 1, start: 5, steps: 3, paths: 4 }), 0)]).toEqual([5, 5, 5, 5]);
    expect(() => ar1(key(1), { phi: 1, sigma: 1, steps: 3 })).toThrow(
      'ar1: phi 1 has no stationary law to start in; give a start, or choose phi between −1 and 1',
    );
  });

  it('decays to its mean as φ^t without noise', () => {
    expect([...ar1(key(1), { phi: 0.5, sigma: 0, mean: 1, start: 9, steps: 4 }).data]).toEqual([9, 5, 3, 2]);
  });
});

describe('randomWalk', () => {
  const paths = randomWalk(key(8), { sigma: 0.5, drift: 0.1, steps: 11, paths: P });

  it('has mean t·drift, variance t·σ² and covariance min(s, t)·σ²', () => {
    within4(mean(at(paths, 10)), 1, Math.sqrt(2.5 / P));
    within4(cov(at(paths, 10), at(paths, 10)), 2.5, 2.5 * Math.sqrt(2 / P));
    within4(cov(at(paths, 4), at(paths, 10)), 1, Math.sqrt((1 * 2.5 + 1) / P));
  });
});

describe('gbm', () => {
  const [mu, sigma, years] = [0.08, 0.25, 2];
  const paths = gbm(key(9), { mu, sigma, start: 50, dt: 0.5, steps: 5, paths: P });
  const last = at(paths, 4);

  it('has E S_T = S_0 e^{μT}, whatever the step', () => {
    const expected = 50 * Math.exp(mu * years);
    within4(mean(last), expected, expected * Math.sqrt(Math.expm1(sigma ** 2 * years) / P));
  });

  it('has ln S_T normal with mean (μ − σ²/2)T and variance σ²T', () => {
    const logs = last.map((price) => Math.log(price / 50));
    const variance = sigma ** 2 * years;
    within4(mean(logs), (mu - sigma ** 2 / 2) * years, Math.sqrt(variance / P));
    within4(cov(logs, logs), variance, variance * Math.sqrt(2 / P));
  });

  it('grows at μ without noise', () => {
    expect(gbm(key(1), { mu: 0.05, sigma: 0, steps: 253 }).data[252]).toBeCloseTo(100 * Math.exp(0.05), 9);
  });

  it('refuses a price that is not positive', () => {
    expect(() => gbm(key(1), { mu: 0, sigma: 1, start: 0, steps: 2 })).toThrow('gbm: start and dt must be positive, got 0 and');
    expect(() => gbm(key(1), { mu: 0, sigma: -1, steps: 2 })).toThrow('gbm: sigma is a standard deviation, zero or more: got -1');
    expect(() => gbm(key(1), { mu: 0, sigma: 1, steps: 0 })).toThrow('gbm: steps must be a whole number from 1 up, got 0');
  });
});

describe('every process', () => {
  it('gives the same numbers for the same key, and keeps them when more paths or steps are asked for', () => {
    const processes = [
      (seed: number, steps: number, paths: number) => ar1(key(seed), { phi: 0.9, sigma: 1, steps, paths }),
      (seed: number, steps: number, paths: number) => randomWalk(key(seed), { sigma: 1, steps, paths }),
      (seed: number, steps: number, paths: number) => gbm(key(seed), { mu: 0, sigma: 0.2, steps, paths }),
    ];
    const count = fc.integer({ min: 1, max: 6 });
    fc.assert(
      fc.property(fc.constantFrom(...processes), fc.nat(), count, count, (process, seed, steps, paths) => {
        const [few, many] = [process(seed, steps, paths), process(seed, steps + 2, paths + 1)];
        for (let p = 0; p < paths; p++)
          for (let t = 0; t < steps; t++) expect(many.data[p * (steps + 2) + t]).toBe(few.data[p * steps + t]);
      }),
    );
  });
});
