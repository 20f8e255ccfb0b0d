import type * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { theorem } from '../../tests/support/theorem.js';
import { type HostArray, key } from '../base/index.js';
import { proportionInterval, standardNormal } from '../stats/index.js';
import { type Certificate, certifiedRadius, certify, type SmoothingLevel, type SmoothingOptions } from './certify.js';

type Radius = typeof certifiedRadius;
const CASES = [
  { hits: 100, draws: 100, alpha: 0.001 },
  { hits: 97, draws: 100, alpha: 0.05 },
  { hits: 800, draws: 1000, alpha: 0.01 },
  { hits: 16, draws: 20, alpha: 0.2 },
];

/** Φ by Simpson's rule on the density: not the library's. */
function normalCdf(z: number): number {
  const n = 4000;
  const h = z / n;
  let sum = 0;
  for (let i = 0; i <= n; i++) sum += (i === 0 || i === n ? 1 : i % 2 ? 4 : 2) * Math.exp(-((i * h) ** 2) / 2);
  return 0.5 + (sum * h) / 3 / Math.sqrt(2 * Math.PI);
}
/** P{H ≥ h} of N trials of probability p. */
function tail(h: number, N: number, p: number): number {
  let logChoose = 0;
  let sum = 0;
  for (let j = 0; j <= N; j++) {
    if (j > 0) logChoose += Math.log(N - j + 1) - Math.log(j);
    if (j >= h) sum += Math.exp(logChoose + j * Math.log(p) + (N - j) * Math.log1p(-p));
  }
  return sum;
}

const bound = (hits: number, draws: number, tail: number, kind: 'wilson' | 'clopper-pearson' = 'clopper-pearson') =>
  proportionInterval(hits, draws, { level: 1 - 2 * tail, kind }).low;
const made =
  (
    probability: (hits: number, draws: number, alpha: number) => number,
    radius = (p: number, sigma: number) => sigma * standardNormal.quantile(p),
  ): Radius =>
  (hits, draws, { sigma, alpha = 0.001 }) => {
    const p = probability(hits, draws, alpha);
    return { probability: p, radius: p > 0.5 ? radius(Math.min(p, 1 - 1e-16), sigma) : 0 };
  };
const RADII: Record<string, Radius> = {
  'forgets σ': made(bound, (p) => standardNormal.quantile(p)),
  'has the variance of the noise': made(bound, (p, sigma) => sigma ** 2 * standardNormal.quantile(p)),
  'has twice the radius': made(bound, (p, sigma) => 2 * sigma * standardNormal.quantile(p)),
  'has half of the radius': made(bound, (p, sigma) => 0.5 * sigma * standardNormal.quantile(p)),
  'has the probability for its quantile': made(bound, (p, sigma) => sigma * p),
  'has what it is above a half': made(bound, (p, sigma) => sigma * (p - 0.5)),
};
const PROBABILITIES: Record<string, Radius> = {
  'takes the share for its bound': made((hits, draws) => hits / draws),
  'has half of α, as if two-sided': made((hits, draws, alpha) => bound(hits, draws, alpha / 2)),
  'has twice α': made((hits, draws, alpha) => bound(hits, draws, Math.min(2 * alpha, 0.49))),
  'has the bound of the score test': made((hits, draws, alpha) => bound(hits, draws, alpha, 'wilson')),
  'counts one hit more': made((hits, draws, alpha) => bound(Math.min(hits + 1, draws), draws, alpha)),
  'has the upper bound': made(
    (hits, draws, alpha) => proportionInterval(hits, draws, { level: 1 - 2 * alpha, kind: 'clopper-pearson' }).high,
  ),
};

theorem<Radius>('thm:randomised-smoothing', 'ab', {
  real: certifiedRadius,
  check: (radiusOf) => {
    for (const { hits, draws, alpha } of CASES)
      for (const sigma of [0.25, 2]) {
        const { radius, probability } = radiusOf(hits, draws, { sigma, alpha });
        // The half-space with this probability: its boundary is as far as the radius.
        expect(normalCdf(radius / sigma)).toBeCloseTo(probability, 9);
        // A band and a corner with this probability, or more: wherever the sample moves within the radius, the class keeps half.
        const least = (under: (c: number) => number) => {
          let [low, high] = [0, 20 * sigma];
          for (let i = 0; i < 60; i++)
            [low, high] = under((low + high) / 2) < probability ? [(low + high) / 2, high] : [low, (low + high) / 2];
          return high;
        };
        const band = least((c) => normalCdf(c / sigma) - normalCdf(-c / sigma));
        const corner = least((c) => normalCdf(c / sigma) ** 2);
        for (const share of [0.2, 0.7, 1]) {
          const r = share * radius;
          const kept = normalCdf((radius - r) / sigma);
          expect(normalCdf((band - r) / sigma) - normalCdf((-band - r) / sigma)).toBeGreaterThanOrEqual(kept - 1e-9);
          for (const angle of [0, 0.5, Math.PI / 4])
            expect(
              normalCdf((corner - r * Math.cos(angle)) / sigma) * normalCdf((corner - r * Math.sin(angle)) / sigma),
            ).toBeGreaterThanOrEqual(kept - 1e-9);
          expect(kept).toBeGreaterThanOrEqual(0.5 - 1e-9);
        }
      }
    expect(radiusOf(11, 20, { sigma: 1, alpha: 0.001 }).radius).toBe(0); // nothing is known to have more than a half
  },
  mutants: RADII,
});

theorem<Radius>('thm:randomised-smoothing', 'c', {
  real: certifiedRadius,
  check: (radiusOf) => {
    for (const [N, alpha] of [
      [20, 0.05],
      [50, 0.01],
    ]) {
      const bounds = Array.from({ length: N + 1 }, (_, h) => radiusOf(h, N, { sigma: 1, alpha }).probability);
      expect(bounds[0]).toBe(0);
      expect(bounds[N]).toBeCloseTo(alpha ** (1 / N), 9);
      for (let h = 1; h < N; h++) expect(tail(h, N, bounds[h])).toBeCloseTo(alpha, 7);
      for (const p of [0.1, 0.5, 0.77, 0.95]) {
        const first = bounds.findIndex((value) => value > p);
        if (first >= 0) expect(tail(first, N, p)).toBeLessThanOrEqual(alpha);
      }
      // Nearly attained: just below a bound the chance of being above the truth is α.
      const p = bounds[N - 3] - 1e-7;
      expect(
        tail(
          bounds.findIndex((value) => value > p),
          N,
          p,
        ),
      ).toBeGreaterThan(0.999 * alpha);
    }
  },
  mutants: PROBABILITIES,
});

type Certify = (logits: (x: tf.Tensor) => tf.Tensor, x: HostArray<Float32Array>, options: SmoothingOptions) => Promise<Certificate[]>;
const real: Certify = (logits, x, options) => certify(logits, x, options);
const level =
  (change: (level: SmoothingLevel) => Partial<SmoothingLevel>): Certify =>
  (logits, x, options) =>
    certify(logits, x, { ...options, ...change(options) });
const after =
  (change: (found: Certificate) => Certificate): Certify =>
  async (logits, x, options) =>
    (await certify(logits, x, options)).map(change);

theorem<Certify>('thm:randomised-smoothing', 'd', {
  real,
  check: async (certified) => {
    // A half-space x₁ ≤ 0 in two dimensions: the distance to its boundary is the radius of the smoothed classifier.
    const [sigma, alpha, draws] = [0.5, 0.05, 100];
    const distances = Array.from({ length: 240 }, (_, i) => (i % 2 ? 1 : -1) * (0.05 + (i % 12) / 10));
    const x = { data: Float32Array.from(distances.flatMap((d) => [d, 3])), shape: [distances.length, 2] };
    const logits = (x: tf.Tensor) => x.slice([0, 0], [-1, 1]).mul([[-1, 1]]);
    const found = await certified(logits, x, { sigma, alpha, draws, select: 20, key: key(3) });
    const most = sigma * standardNormal.quantile(alpha ** (1 / draws));
    let [claims, wrong, reach] = [0, 0, 0];
    for (const [i, { label, radius }] of found.entries()) {
      expect(radius).toBeLessThanOrEqual(most + 1e-9);
      expect(label === undefined).toBe(radius === 0);
      reach = Math.max(reach, radius);
      claims += Number(radius > 0);
      wrong += Number(radius > 0 && (label !== Number(distances[i] > 0) || radius > Math.abs(distances[i])));
    }
    expect(wrong / found.length).toBeLessThanOrEqual(alpha + 4 * Math.sqrt((alpha * (1 - alpha)) / found.length));
    expect(wrong).toBeGreaterThan(0); // of 240 claims at 5 % some are too far: the bound has no slack to speak of
    expect(claims).toBeGreaterThan(0.6 * found.length);
    expect(reach).toBeGreaterThan(0.75 * most);
  },
  mutants: {
    'has an α of 45 %': level(() => ({ alpha: 0.45 })),
    'has an α of one in a million': level(() => ({ alpha: 1e-6 })),
    'has half of the noise': level(({ sigma }) => ({ sigma: sigma / 2 })),
    'claims a third more': after(({ radius, ...rest }) => ({ ...rest, radius: 1.33 * radius })),
    'claims half': after(({ radius, ...rest }) => ({ ...rest, radius: radius / 2 })),
    'gives the other class': after(({ label, ...rest }) => ({ ...rest, ...(label !== undefined && { label: 1 - label }) })),
    'never abstains': after(({ label = 0, ...rest }) => ({ ...rest, label })),
  },
});
