import { describe, expect, it } from 'vitest';
import reference from '../../../tests/references/hmmlearn.json' with { type: 'json' }; // made by tests/references/hmmlearn.py with hmmlearn 0.3.3
import { expectClose } from '../../../tests/support/close.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { fitRegimes } from './fit-regimes.js';
import { filterRegimes, type Regimes, smoothRegimes } from './hamilton-filter.js';

const square = (rows: readonly (readonly number[])[]) => ({ rows: rows.length, cols: rows.length, data: Float64Array.from(rows.flat()) });
const modelOf = ({ means, deviations, transition, start }: (typeof reference)[number]): Regimes => ({
  means,
  deviations,
  transition: square(transition),
  start,
});
const column = ({ cols, data }: { cols: number; data: Float64Array }, k: number) => data.filter((_, at) => at % cols === k);

/** Two regimes that stay with 0.9, means −1 and 1, σ 1, start ½. */
const STEADY: Regimes = {
  means: [-1, 1],
  deviations: [1, 1],
  transition: square([
    [0.9, 0.1],
    [0.1, 0.9],
  ]),
  start: [0.5, 0.5],
};

describe('filterRegimes', () => {
  it('knows the past alone (hmmlearn 496, 540, 579)', () => {
    const y = [-1, -1, 2, 2];
    const { filtered, predicted, next } = filterRegimes(STEADY, y);
    expectClose(column(filtered, 1), [0.1192, 0.03181, 0.88677, 0.99571], 5);
    for (let t = 1; t <= 4; t++) {
      const short = filterRegimes(STEADY, y.slice(0, t));
      expect(short.filtered.data).toEqual(filtered.data.slice(0, 2 * t));
      if (t < 4) expect(short.next).toEqual(predicted.data.slice(2 * t, 2 * t + 2));
    }
    expect(next[1]).toBeCloseTo(0.1 + 0.8 * filtered.data[7], 14);
    expect(predicted.data.slice(0, 2)).toEqual(Float64Array.of(0.5, 0.5));
  });

  it.each(reference)('agrees with hmmlearn on $means.length regimes', (one) => {
    const { filtered, logLikelihood } = filterRegimes(modelOf(one), one.y);
    for (const [i, t] of one.at.entries())
      expectClose(filtered.data.subarray(t * filtered.cols, (t + 1) * filtered.cols), one.filtered[i], 10);
    expect(logLikelihood).toBeCloseTo(one.logLikelihood, 8);
  });

  it('keeps its head where a value is far from all regimes', () => {
    const { filtered, logLikelihood } = filterRegimes(STEADY, [0, 60, -60]);
    expectClose(column(filtered, 1), [0.5, 1, 0], 12);
    expect(Number.isFinite(logLikelihood)).toBe(true);
  });

  it('names what is wrong', () => {
    expect(() => filterRegimes(STEADY, [0, Number.NaN])).toThrow('filterRegimes: the series is NaN at row 1');
    expect(() => filterRegimes({ ...STEADY, start: [1] }, [0])).toThrow('filterRegimes: 2 means, 2 deviations, 1 start probabilities');
    expect(() => filterRegimes({ ...STEADY, deviations: [1, 0] }, [0])).toThrow('filterRegimes: regime 1 is N(1, 0²)');
    const turned = square([
      [0.9, 0.5],
      [0.1, 0.5],
    ]);
    expect(() => filterRegimes({ ...STEADY, transition: turned }, [0])).toThrow('row 0 of transition is 0.9, 0.5, of sum 1.4');
  });
});

describe('smoothRegimes', () => {
  it('knows the future too, and so differs until the last day', () => {
    expectClose(column(smoothRegimes(STEADY, [-1, -1, 2, 2]), 1), [0.13482, 0.22459, 0.98378, 0.99571], 5);
  });

  it.each(reference)('agrees with hmmlearn on $means.length regimes', (one) => {
    const { cols, data } = smoothRegimes(modelOf(one), one.y);
    for (const [i, t] of one.at.entries()) expectClose(data.subarray(t * cols, (t + 1) * cols), one.smoothed[i], 10);
  });
});

describe('fitRegimes', () => {
  it('counts the rounds that it took: few where regimes lie far apart', () => {
    const { iterations, means } = fitRegimes(gaussian(5, 400).map((z, t) => z + (t % 200 < 100 ? 0 : 30)));
    expect(iterations).toBeLessThan(10);
    expect(Math.abs(means[0] - means[1])).toBeCloseTo(30, 0);
  });

  it.each(reference)('finds the maximum that hmmlearn climbs to from the truth, $means.length regimes', ({ y, fit }) => {
    const { means, deviations, transition, start, logLikelihood, bic } = fitRegimes(y, { regimes: fit.means.length });
    expect(logLikelihood).toBeCloseTo(fit.logLikelihood, 6);
    expectClose(means, fit.means, 4);
    expectClose(deviations, fit.deviations, 4);
    expectClose(transition.data, fit.transition.flat(), 4);
    expectClose(start, fit.start, 6);
    const K = fit.means.length;
    expect(bic).toBeCloseTo((K * (K - 1) + 2 * K + K - 1) * Math.log(y.length) - 2 * fit.logLikelihood, 5);
  });

  it('tells regimes apart by their means too, and in any unit', () => {
    const z = gaussian(5, 600);
    const y = z.map((value, t) => (Math.floor(t / 40) % 2 === 0 ? 2 : -2) + value);
    for (const unit of [1, 1e-4]) {
      const fit = fitRegimes(y.map((value) => unit * value));
      expectClose(
        Float64Array.from(fit.means, (m) => Math.abs(m) / unit),
        [2, 2],
        0,
      );
      expect(fit.transition.data[0]).toBeCloseTo(1 - 1 / 40, 1);
    }
  });

  it('names what is wrong', () => {
    expect(() => fitRegimes(gaussian(1, 39))).toThrow('fitRegimes: 39 values are too few for 2 regimes; use 40 or more');
    expect(() => fitRegimes(gaussian(1, 99), { regimes: 1 })).toThrow('fitRegimes: regimes must be a whole number from 2 up, got 1');
    const stale = Float64Array.from({ length: 200 }, (_, t) => (t < 100 ? 0 : gaussian(1, 200)[t]));
    expect(() => fitRegimes(stale)).toThrow('fitRegimes: one of 2 regimes shrank to values that are all the same');
  });
});
