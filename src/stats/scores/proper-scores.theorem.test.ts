import { expect } from 'vitest';
import { expectMean } from '../../../tests/support/monte-carlo.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { standardNormal } from '../distributions/distributions.js';
import { type ForecastLaw, mixtureForecast, normalForecast, studentForecast } from './laws.js';
import { crps, logDensityScores } from './probability-scores.js';
import { crpsOfSample } from './sample-scores.js';

type Score = (y: ArrayLike<number>, forecast: ForecastLaw) => Float64Array;

/** Laws of one row; what happens follows the first or the last. */
const normal = (mean: number, standardDeviation: number) => normalForecast({ mean: [mean], standardDeviation });
const LAWS: ForecastLaw[] = [
  normal(0.3, 1.2),
  normal(0.3, 1),
  normal(0, 1.2),
  normal(-1, 2),
  studentForecast({ location: [0.3], scale: 1, df: 5 }),
  mixtureForecast({ weights: [0.3, 0.7], means: [-1, 1], standardDeviations: [0.5, 0.9], components: 2 }),
];
const TRUTHS = [LAWS[0], LAWS[5]];

/** ∫ f over [−30, 30], or from one end to the other, by the midpoint rule. */
function integral(f: (x: number) => number, from = -30, to = 30): number {
  const steps = 3000;
  let sum = 0;
  for (let i = 0; i < steps; i++) sum += f(from + ((to - from) * (i + 0.5)) / steps);
  return ((to - from) / steps) * sum;
}
const each = (law: ForecastLaw, y: number, score: Score) => score([y], law)[0];
const density = (law: ForecastLaw, y: number) => Math.exp(law.logDensity(y, 0));
const expected = (score: Score, truth: ForecastLaw, forecast: ForecastLaw) => integral((y) => density(truth, y) * each(forecast, y, score));

const scored =
  (of: (y: number, law: ForecastLaw) => number): Score =>
  (y, law) =>
    Float64Array.from(y, (value) => of(value, law));

theorem<Score>('thm:proper-scores', 'a', {
  real: logDensityScores,
  check: (score) => {
    for (const truth of TRUTHS)
      for (const forecast of LAWS) {
        const excess = expected(score, truth, forecast) - expected(score, truth, truth);
        const divergence = integral((y) => density(truth, y) * (truth.logDensity(y, 0) - forecast.logDensity(y, 0)));
        expect(excess).toBeCloseTo(divergence, 8);
        if (forecast !== truth) expect(excess).toBeGreaterThan(1e-3);
      }
  },
  mutants: {
    'flips the sign': scored((y, law) => law.logDensity(y, 0)),
    'is the density, not its logarithm': scored((y, law) => -density(law, y)),
    'halves the logarithm': scored((y, law) => -0.5 * law.logDensity(y, 0)),
    'has two digits for an e': scored((y, law) => -law.logDensity(y, 0) / Math.log(10)),
    'is the distance to the median': scored((y, law) => Math.abs(law.cdf(y, 0) - 0.5)),
  },
});

/** ½ E|Z − Z'| = ∫ F (1 − F) of each law. */
const WIDTHS = new Map(LAWS.map((law) => [law, integral((x) => law.cdf(x, 0) * (1 - law.cdf(x, 0)))]));

theorem<Score>('thm:proper-scores', 'b', {
  real: crps,
  check: (score) => {
    for (const truth of TRUTHS)
      for (const forecast of LAWS) {
        const excess = expected(score, truth, forecast) - expected(score, truth, truth);
        const distance = integral((x) => (forecast.cdf(x, 0) - truth.cdf(x, 0)) ** 2);
        expect(excess).toBeCloseTo(distance, 4);
        if (forecast !== truth) expect(excess).toBeGreaterThan(1e-3);
      }
  },
  mutants: {
    'doubles it': scored((y, law) => 2 * each(law, y, crps)),
    'flips the sign': scored((y, law) => -each(law, y, crps)),
    'forgets how wide the forecast is': scored((y, law) => each(law, y, crps) + WIDTHS.get(law)!),
    'squares it': scored((y, law) => each(law, y, crps) ** 2),
    'is the distance to the median': scored((y, law) => Math.abs(law.cdf(y, 0) - 0.5)),
  },
});

type Sample = typeof crpsOfSample;
theorem<Sample>('thm:proper-scores', 'c', {
  real: crpsOfSample,
  check: (score) => {
    for (const [y, mean, d] of [
      [0.5, 0, 1],
      [-2, 0.4, 1.5],
    ])
      for (const size of [2, 5]) {
        const rows = 4000;
        const members = gaussian(150 + size, rows * size).map((z) => mean + d * z);
        const outcomes = new Float64Array(rows).fill(y);
        const exact = crps([y], normal(mean, d))[0];
        expectMean(score(outcomes, members, { size, kind: 'fair' }), exact);
        expectMean(score(outcomes, members, { size, kind: 'plain' }), exact + (2 * d) / Math.sqrt(Math.PI) / (2 * size));
        // The definition, for the law of the members themselves.
        const own = Array.from(members.subarray(0, size)).sort((a, b) => a - b);
        const plain = score([y], own, { size, kind: 'plain' })[0];
        const below = (x: number) => own.filter((member) => member <= x).length / size;
        const knots = [...own, y].sort((a, b) => a - b);
        const area = knots.slice(1).reduce((sum, next, k) => {
          const middle = (knots[k] + next) / 2;
          return sum + (next - knots[k]) * (below(middle) - (y <= middle ? 1 : 0)) ** 2;
        }, 0);
        expect(plain).toBeCloseTo(area, 10);
      }
  },
  mutants: {
    'is plain where it should be fair': (y, members, { size }) => crpsOfSample(y, members, { size, kind: 'plain' }),
    'is fair where it should be plain': (y, members, { size }) => crpsOfSample(y, members, { size, kind: 'fair' }),
    'forgets the pairs': (y, members, { size }) =>
      Float64Array.from(y, (value, i) => {
        let sum = 0;
        for (let k = 0; k < size; k++) sum += Math.abs(members[i * size + k] - value);
        return sum / size;
      }),
    'takes the pairs twice': (y, members, options) => {
      const [fair, plain] = (['fair', 'plain'] as const).map((kind) => crpsOfSample(y, members, { ...options, kind }));
      return fair.map((value, i) => value - (options.size - 1) * (plain[i] - value));
    },
  },
});

type NormalCrps = (y: number, mean: number, d: number) => number;
const closed =
  (of: (u: number, phi: number, Phi: number) => number): NormalCrps =>
  (y, mean, d) => {
    const u = (y - mean) / d;
    return d * of(u, Math.exp(-0.5 * u * u) / Math.sqrt(2 * Math.PI), standardNormal.cdf(u));
  };
theorem<NormalCrps>('thm:proper-scores', 'd', {
  real: (y, mean, d) => crps([y], normal(mean, d))[0],
  check: (score) => {
    for (const [mean, d] of [
      [0, 1],
      [0.7, 2.5],
    ])
      for (const y of [0, 1.3, -4]) {
        const left = integral((x) => standardNormal.cdf((x - mean) / d) ** 2, -30, y);
        const right = integral((x) => standardNormal.survival((x - mean) / d) ** 2, y, 30);
        expect(score(y, mean, d)).toBeCloseTo(left + right, 4);
        // E|Z − y| − ½E|Z − Z'| over a grid of quantiles, which leaves out a little of the tails.
        const grid = Array.from({ length: 4000 }, (_, i) => mean + d * standardNormal.quantile((i + 0.5) / 4000));
        expect(score(y, mean, d)).toBeCloseTo(crpsOfSample([y], grid, { size: 4000, kind: 'plain' })[0], 2);
      }
  },
  mutants: {
    'forgets the spread': closed((u, phi, Phi) => u * (2 * Phi - 1) + 2 * phi),
    'has 1/π for 1/√π': closed((u, phi, Phi) => u * (2 * Phi - 1) + 2 * phi - 1 / Math.PI),
    'has one density': closed((u, phi, Phi) => u * (2 * Phi - 1) + phi - 1 / Math.sqrt(Math.PI)),
    'forgets the scale': (y, mean, d) => crps([y], normal(mean, d))[0] / d,
    'doubles Φ wrongly': closed((u, phi, Phi) => u * (Phi - 1) + 2 * phi - 1 / Math.sqrt(Math.PI)),
  },
});
