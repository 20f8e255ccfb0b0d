import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gaussian } from '../../tests/support/simulated.js';
import { fromColumns } from '../linalg/index.js';
import { restoreScaler, type ScalerKind, scaler } from './scaler.js';

const TRAIN = fromColumns(
  [
    [1, 2, 3, 6],
    [10, 10, 20, 20],
  ],
  ['size', 'value'],
);
const KINDS: readonly ScalerKind[] = ['standard', 'robust', 'rank-gauss'];

describe('scaler', () => {
  it('standard: mean and deviation of the training rows, of later rows too', () => {
    const fitted = scaler('standard').fit(TRAIN); // means 3 and 15, deviations √(14/4) and 5
    expect([...fitted.apply(fromColumns([[3], [25]])).data]).toEqual([0, 2]);
    expect([...fitted.apply(TRAIN).data].slice(0, 2)).toEqual([-2 / Math.sqrt(3.5), -1]);
  });

  it('robust: median and interquartile range, as scikit-learn 1.9 has them', () => {
    // RobustScaler: medians 2.5 and 15, ranges 3.75 − 1.75 = 2 and 20 − 10
    const { data } = scaler('robust').fit(TRAIN).apply(TRAIN);
    expect([...data]).toEqual([-0.75, -0.5, -0.25, -0.5, 0.25, 0.5, 1.75, 0.5]);
    const shocked = scaler('robust').fit(fromColumns([[1, 2, 3, 1e9]]));
    expect(shocked.state.columns[0].centre).toBe(2.5); // one wrong price moves the mean by 250 million
  });

  it('rank-gauss: normal quantiles of mean ranks, ties alike', () => {
    // Φ⁻¹((rank − ½)/4) with ranks 1 2 3 4: ±1.15035, ±0.31864; of ties 1.5 and 3.5: ∓0.67449
    const { data } = scaler('rank-gauss').fit(TRAIN).apply(TRAIN);
    const wanted = [-1.1503493804, -0.6744897502, -0.318639364, -0.6744897502, 0.318639364, 0.6744897502, 1.1503493804, 0.6744897502];
    for (const [at, value] of wanted.entries()) expect(data[at]).toBeCloseTo(value, 9);
  });

  // TimeGAN 56 and 88: a scale that is not undone exactly shifts what a generator learns.
  it.each(KINDS)('%s is undone to 1e-12, of rows within and beyond the training rows, at any level and unit', (kind) => {
    fc.assert(
      fc.property(
        fc.double({ min: -6, max: 6, noNaN: true }),
        fc.double({ min: -4, max: 4, noNaN: true }),
        fc.nat(99),
        (level, unit, seed) => {
          const [centre, scale] = [level < 0 ? -(10 ** -level) : 10 ** level, 10 ** unit];
          const draw = (from: number, spread: number) =>
            fromColumns([gaussian(from, 40).map((z) => centre + scale * spread * z), gaussian(from + 1, 40).map((z) => spread * z)]);
          const fitted = scaler(kind).fit(draw(seed, 1));
          const later = draw(seed + 7, 3);
          const back = fitted.invert(fitted.apply(later)).data;
          back.forEach((value, at) => {
            const size = at % 2 ? 1 : Math.abs(centre) + scale;
            expect(Math.abs(value - later.data[at])).toBeLessThanOrEqual(1e-12 * (Math.abs(later.data[at]) + size));
          });
        },
      ),
      { seed: 1, numRuns: 60 },
    );
  });

  it.each(KINDS)('%s keeps the order of values, and learns nothing of what it is applied to', (kind) => {
    const fitted = scaler(kind).fit(fromColumns([gaussian(1, 50)]));
    const later = fromColumns([gaussian(2, 200).map((z) => 5 * z)]);
    const { data } = fitted.apply(later);
    const order = (x: Float64Array) => [...x.keys()].toSorted((a, b) => x[a] - x[b]);
    expect(order(data)).toEqual(order(later.data));
    expect(fitted.apply({ ...later, rows: 1, data: later.data.slice(0, 1) }).data[0]).toBe(data[0]);
  });

  it('scales windows by their last axis, in their own precision', () => {
    const windows = { data: Float32Array.of(1, 10, 2, 10, 3, 20, 6, 20), shape: [2, 2, 2] };
    const scaled = scaler('standard').fit(windows).apply(windows);
    expect(scaled.shape).toEqual([2, 2, 2]);
    expect(scaled.data).toEqual(Float32Array.from([-2, -1, 0, 3].flatMap((d, i) => [d / Math.sqrt(3.5), i < 2 ? -1 : 1])));
  });

  it.each(KINDS)('%s is saved as JSON and restored', (kind) => {
    const fitted = scaler(kind).fit(TRAIN);
    const again = restoreScaler(JSON.parse(JSON.stringify(fitted.state)));
    expect(again.apply(TRAIN)).toEqual(fitted.apply(TRAIN));
  });

  it('names what is wrong', () => {
    expect(() => scaler('minmax' as never)).toThrow("scaler: kind must be standard, robust or rank-gauss, got 'minmax'");
    expect(() => scaler('robust').fit(fromColumns([[1, 1, 1, 1, 9]], ['flat']))).toThrow(
      "scaler: half of 'flat' are the same value, so its interquartile range is 0; drop it or take 'standard'",
    );
    expect(() => scaler('rank-gauss').fit(fromColumns([[1, 1]], ['flat']))).toThrow(
      "scaler: 'flat' does not vary, so it has no scale; drop it",
    );
    expect(() =>
      scaler('standard')
        .fit(TRAIN)
        .apply(fromColumns([[1]])),
    ).toThrow('scaler: x has 1 columns, and it was fitted to 2: size, value');
    expect(() => scaler('standard').fit(fromColumns([[1, Number.NaN]], ['size']))).toThrow("scaler: x is NaN at row 1, 'size'");
  });
});
