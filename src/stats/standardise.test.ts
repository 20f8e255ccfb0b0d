import { describe, expect, it } from 'vitest';
import { gaussian } from '../../tests/support/simulated.js';
import { fromColumns } from '../linalg/index.js';
import { design } from './regression/design.js';
import { moments, standardise } from './standardise.js';

const TRAIN = fromColumns(
  [
    [1, 2, 3, 6],
    [10, 10, 20, 20],
  ],
  ['size', 'value'],
);

describe('standardise', () => {
  it('subtracts the mean and divides by the deviation with n', () => {
    // Means 3 and 15; Σ (x − mean)² / 4 = 14/4 and 25.
    const { means, deviations } = moments(TRAIN);
    expect([...means, ...deviations]).toEqual([3, 15, Math.sqrt(3.5), 5]);
    const { data, names } = standardise(TRAIN);
    expect(names).toEqual(['size', 'value']);
    expect([...data]).toEqual([-2, -1, 0, 3].flatMap((d, i) => [d / Math.sqrt(3.5), i < 2 ? -1 : 1]));
    expect(standardise([1, 2, 3, 6])).toEqual(Float64Array.from([-2, -1, 0, 3], (d) => d / Math.sqrt(3.5)));
  });

  it('treats later rows by what it learnt', () => {
    const test = fromColumns([[3], [25]], ['size', 'value']);
    expect([...standardise(test, moments(TRAIN)).data]).toEqual([0, 2]);
  });

  it('makes a matrix ready for a design with an intercept', () => {
    const x = design(TRAIN);
    expect([x.names, [...x.data.subarray(0, 6)]]).toEqual([
      ['intercept', 'size', 'value'],
      [1, 1, 10, 1, 2, 10],
    ]);
  });

  it('names what is wrong', () => {
    expect(() => standardise(fromColumns([[0.1, 0.1, 0.1]], ['flat']))).toThrow(
      "standardise: 'flat' does not vary, so it has no scale; drop it",
    );
    expect(() => standardise(fromColumns([[1]]), moments(TRAIN))).toThrow(
      'standardise: x has 1 columns but the moments are of 2: size, value',
    );
    expect(() => standardise([1, Number.NaN])).toThrow("moments: x is NaN at row 1, 'series'");
  });

  // A scale that is not undone exactly shifts what a generator learns: TimeGAN 56 and 88.
  it('is undone by its moments, to 1e-12 of the column, at any level and unit', () => {
    for (const [level, unit] of [
      [0, 1],
      [100, 15],
      [1e6, 1e-3],
      [-3e-7, 1e-9],
    ]) {
      const x = fromColumns([gaussian(1, 200).map((z) => level + unit * z), gaussian(2, 200)]);
      const learnt = moments(x);
      const back = standardise(x).data.map((z, at) => learnt.means[at % 2] + learnt.deviations[at % 2] * z);
      back.forEach((value, at) => {
        expect(Math.abs(value - x.data[at])).toBeLessThanOrEqual(1e-12 * (Math.abs(x.data[at]) + learnt.deviations[at % 2]));
      });
    }
  });
});
