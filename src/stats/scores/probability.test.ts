import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { expectMean } from '../../../tests/support/monte-carlo.js';
import { references } from '../../../tests/support/references.js';
import { fold, key, normal, uniform } from '../../base/index.js';
import { mean } from '../../linalg/index.js';
import { standardNormal } from '../distributions/distributions.js';
import { intervalCoverage, proportionInterval } from './coverage.js';
import { type ForecastLaw, mixtureForecast, normalForecast, studentForecast } from './laws.js';
import { pit, pitHistogram, pitOfSample, randomisedPit } from './pit.js';
import { crps, logDensityScores, qlike } from './probability-scores.js';
import { crpsOfQuantiles, crpsOfSample, intervalScores, quantileScores } from './sample-scores.js';

type Column = number[];
const R = references<{
  readonly y: Column;
  readonly mean: Column;
  readonly sd: Column;
  readonly df: Column;
  readonly weights: Column[];
  readonly means: Column[];
  readonly sds: Column[];
  readonly members: Column[];
  readonly levels: Column;
  readonly quantiles: Column[];
  readonly low: Column;
  readonly high: Column;
  readonly crps: Readonly<Record<'normal' | 'student' | 'mixture' | 'plain' | 'fair' | 'quantiles', Column>>;
  readonly log: Readonly<Record<'normal' | 'student' | 'mixture', Column>>;
  readonly pit: Readonly<Record<'normal' | 'student' | 'mixture', Column>>;
  readonly interval: Column;
  readonly quantile: Column;
  readonly shares: readonly { k: number; n: number; level: number; wilson: Column; clopperPearson: Column }[];
}>('scoringrules');
const LAWS: Readonly<Record<'normal' | 'student' | 'mixture', ForecastLaw>> = {
  normal: normalForecast({ mean: R.mean, standardDeviation: R.sd }),
  student: studentForecast({ df: R.df, location: R.mean, scale: R.sd }),
  mixture: mixtureForecast({ weights: R.weights.flat(), means: R.means.flat(), standardDeviations: R.sds.flat(), components: 3 }),
};
const laws = Object.keys(LAWS) as (keyof typeof LAWS)[];

describe('against scoringrules', () => {
  it.each(laws)('the %s law has its CRPS, log score and PIT', (name) => {
    expectClose(crps(R.y, LAWS[name]), R.crps[name], 12);
    expectClose(logDensityScores(R.y, LAWS[name]), R.log[name], 12);
    expectClose(pit(R.y, LAWS[name]), R.pit[name], 13);
  });

  it('ensembles, quantile grids, quantiles and intervals have theirs', () => {
    for (const kind of ['plain', 'fair'] as const) expectClose(crpsOfSample(R.y, R.members.flat(), { size: 7, kind }), R.crps[kind], 13);
    expectClose(crpsOfQuantiles(R.y, R.quantiles.flat(), R.levels), R.crps.quantiles, 13);
    expectClose(quantileScores(R.y, R.mean, 0.3), R.quantile, 14);
    expectClose(intervalScores(R.y, { low: R.low, high: R.high }, 0.9), R.interval, 12);
  });

  it.each(R.shares)('$k of $n have the intervals of statsmodels', ({ k, n, level, wilson, clopperPearson }) => {
    const both = (kind: 'wilson' | 'clopper-pearson') => Object.values(proportionInterval(k, n, { level, kind }));
    expectClose(both('wilson'), wilson, 12);
    expectClose(both('clopper-pearson'), clopperPearson, 12);
  });
});

describe('crps', () => {
  it('is the integral of its definition', () => {
    for (const name of laws) {
      const i = 5;
      const y = R.y[i];
      /** By midpoints, on one side of the jump at y. */
      const side = (sign: number) => {
        let total = 0;
        for (let k = 0; k < 200_000; k++) total += (LAWS[name].cdf(y + sign * (k + 0.5) * 0.002, i) - Number(sign > 0)) ** 2 * 0.002;
        return total;
      };
      const total = side(-1) + side(1);
      // The tail of Student's law beyond ±400 adds less than 1e-3 at this row's degrees of freedom.
      expect(total).toBeCloseTo(LAWS[name].crps(R.y[i], i), name === 'student' ? 2 : 5);
    }
  });

  it('is at one Student law with infinitely many degrees of freedom the normal one, and one component is no mixture', () => {
    const limit = studentForecast({ df: Infinity, location: R.mean, scale: R.sd });
    expectClose(crps(R.y, limit), R.crps.normal, 12);
    expectClose(logDensityScores(R.y, limit), R.log.normal, 12);
    const one = mixtureForecast({ weights: R.mean.map(() => 1), means: R.mean, standardDeviations: R.sd, components: 1 });
    expectClose(crps(R.y, one), R.crps.normal, 12);
  });

  it('of Student laws is that of the normal law from a hundred million degrees of freedom on', () => {
    const normal = crps([0.3, 2], normalForecast({ mean: 0, standardDeviation: 1 }));
    for (const df of [1e7, 1e9, 1e15, 1e300]) expectClose(crps([0.3, 2], studentForecast({ df, location: 0, scale: 1 })), normal, 6);
    expect(crps([0.3, 2], studentForecast({ df: 1e15, location: 0, scale: 1 }))).toEqual(normal);
  });

  it('of a quantile grid is too large by 5 to 10 % at the levels 0.1 … 0.9, and by less at the middles of nine parts', () => {
    const law = normalForecast({ mean: 0, standardDeviation: 1 });
    const excess = (levels: number[]) => {
      const grid = levels.map(standardNormal.quantile);
      return [0, 1, 2].map((y) => crpsOfQuantiles([y], grid, levels)[0] / crps([y], law)[0] - 1);
    };
    const [deciles, middles] = [0.5, 0].map((off) => excess(Array.from({ length: 9 }, (_, k) => (off ? (k + 1) / 10 : (k + 0.5) / 9))));
    for (const [k, share] of deciles.entries()) {
      expect(share).toBeGreaterThan(0.03);
      expect(share).toBeLessThan(0.12);
      expect(Math.abs(middles[k])).toBeLessThan(share / 2);
    }
  });

  it('stays finite where a mixture gives an outcome next to no chance', () => {
    const law = mixtureForecast({ weights: [0, 1], means: [0, 0], standardDeviations: [1, 1], components: 2 });
    expect(logDensityScores([60], law)[0]).toBeCloseTo(1800 + 0.5 * Math.log(2 * Math.PI), 9);
  });

  it('fair, is unbiased for the law that is drawn from; plain, is too large by half the spread over m', () => {
    const [m, rows] = [4, 40_000];
    const y = normal(key(1), [rows], 'float64').data;
    const members = normal(key(2), [rows, m], 'float64').data;
    const law = normalForecast({ mean: 0, standardDeviation: 1 });
    const exact = 1 / Math.sqrt(Math.PI); // E|X − y| − ½E|X − X'| with all of one law: 2/√π − 1/√π
    expectMean(crps(y, law), exact);
    expectMean(crpsOfSample(y, members, { size: m, kind: 'fair' }), exact);
    expectMean(crpsOfSample(y, members, { size: m, kind: 'plain' }), exact + exact / m);
  });

  it('is proper: the true law has the least mean score', () => {
    const y = normal(key(3), [20_000], 'float64').data;
    const score = (sd: number, by: typeof crps) => mean(by(y, normalForecast({ mean: 0, standardDeviation: sd })));
    for (const by of [crps, logDensityScores]) {
      expect(score(1, by)).toBeLessThan(score(0.8, by));
      expect(score(1, by)).toBeLessThan(score(1.25, by));
    }
  });
});

describe('qlike', () => {
  it('is 0 where the forecast is exact, and twice the normal log score up to what no forecast changes', () => {
    expect(qlike([4e-4], [4e-4])[0]).toBe(0);
    expect(qlike([2], [1])[0]).toBeCloseTo(1 - Math.LN2, 15);
    const realised = [1e-4, 9e-4, 4e-6];
    const difference = (h: number[]) => {
      const scores = logDensityScores(realised.map(Math.sqrt), normalForecast({ mean: 0, standardDeviation: h.map(Math.sqrt) }));
      return qlike(realised, h).map((loss, i) => loss - 2 * scores[i]);
    };
    expectClose(difference([2e-4, 3e-4, 1e-5]), difference([1e-4, 1e-3, 7e-6]), 11);
    expect(qlike([1], [1 + 1e-9])[0] / 5e-19).toBeCloseTo(1, 5); // x²/2 for a small relative error: no digits lost
    expect(qlike([1e-32], [1e-4])[0]).toBeCloseTo(28 * Math.LN10 - 1, 12); // the squared return of a stale day, all rounding
    expect(qlike([5e-17], [1e-2])[0]).toBeCloseTo(5e-15 - Math.log(5e-15) - 1, 12);
    expect(() => qlike([1e-4, 0], [1e-4, 1e-4])).toThrow('got realised 0 at row 1; logDensityScores of a normalForecast ranks alike');
  });
});

describe('PIT', () => {
  it('of ensembles is exactly uniform for any number of members, and of ties too', () => {
    const rows = 20_000;
    const coins = (k: number, n: number) => uniform(key(k), [n], 'float64').data.map((u) => Math.floor(3 * u)); // three values: ties
    const values = pitOfSample(key(7), coins(5, rows), coins(6, rows * 3));
    const { counts, expected, standardError, pValue, degreesOfFreedom } = pitHistogram(values, 8);
    expect([expected, degreesOfFreedom, counts.reduce((a, b) => a + b)]).toEqual([2500, 7, rows]);
    expect(pValue).toBeGreaterThan(0.001);
    for (const count of counts) expect(Math.abs(count - expected)).toBeLessThan(4 * standardError);
    expect(pitOfSample(key(7), [0.5], [0, 1, 2])[0]).toBeCloseTo((1 + uniform(key(7), [1], 'float64').data[0]) / 4, 15);
  });

  it('of counts is uniform when drawn within the jump, and not when it is not', () => {
    const rows = 5000;
    const up = uniform(key(8), [rows], 'float64').data.map((u) => Number(u < 0.3)); // a day up by chance 0.3
    const below = up.map((one) => (one ? 0.7 : 0));
    const upTo = up.map((one) => (one ? 1 : 0.7));
    expect(pitHistogram(randomisedPit(key(9), below, upTo)).pValue).toBeGreaterThan(0.001);
    expect(pitHistogram(upTo).pValue).toBeLessThan(1e-100);
  });

  it('has a test that rejects a right law in 5 of 100 samples, and a wrong one nearly always', () => {
    const samples = 400;
    const p = (sd: number) =>
      Float64Array.from({ length: samples }, (_, s) => {
        const y = normal(fold(key(10), s), [250], 'float64').data;
        return Number(pitHistogram(pit(y, normalForecast({ mean: 0, standardDeviation: sd }))).pValue <= 0.05);
      });
    expect(Math.abs(mean(p(1)) - 0.05)).toBeLessThan(4 * Math.sqrt(0.0475 / samples));
    expect(mean(p(0.75))).toBeGreaterThan(0.9);
  });
});

describe('intervalCoverage', () => {
  it('counts both sides, with an interval that holds the nominal level exactly when the test does not reject it', () => {
    const y = normal(key(12), [500], 'float64').data;
    for (const reach of [1.3, 1.5, 1.645, 1.8, 2]) {
      const found = intervalCoverage(y, { low: y.map(() => -reach), high: y.map(() => reach) }, { nominal: 0.9 });
      expect(found.covered + found.outside.below + found.outside.above).toBe(500);
      expect(found.pValue > 0.05).toBe(found.interval.low < 0.9 && 0.9 < found.interval.high);
    }
    expect(intervalCoverage([1, 2], { low: [1, -Infinity], high: [1, Infinity] }, { nominal: 0.9 }).share).toBe(1); // ends count
  });

  it('names what is wrong', () => {
    expect(() => intervalCoverage([1], { low: [2], high: [1] }, { nominal: 0.9 })).toThrow(
      'intervalCoverage: low 2 is above high 1 at row 0',
    );
    expect(() => intervalCoverage([1], { low: [2], high: [1, 2] }, { nominal: 0.9 })).toThrow('got low 1 and high 2');
    expect(() => proportionInterval(5, 4)).toThrow('successes must be a whole number from 0 to 4, got 5');
    expect(() => pitHistogram(new Float64Array(20))).toThrow('20 values fill 10 bins with fewer than 5 each; take 4 bins or fewer');
    expect(() => normalForecast({ mean: [1, 2], standardDeviation: [1] })).toThrow('got mean 2, standardDeviation 1');
    expect(() => normalForecast({ mean: 0, standardDeviation: [1, 0] })).toThrow('standardDeviation must be positive, got 0 at row 1');
    expect(() => studentForecast({ df: 1, location: 0, scale: 1 })).toThrow('df must be above 1, got 1');
    expect(() => mixtureForecast({ weights: [2, -1], means: [0, 0], standardDeviations: [1, 1], components: 2 })).toThrow(
      'got -1 at row 0',
    );
    expect(() => randomisedPit(key(1), [0.5], [0.2])).toThrow('P(Y < y) 0.5 is above P(Y ≤ y) 0.2 at row 0');
  });
});
