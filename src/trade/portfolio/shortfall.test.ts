import { describe, expect, it } from 'vitest';
import { fromColumns, type Matrix, transpose } from '../../linalg/index.js';
import { longOnly } from './constraints.js';
import { minimumShortfall } from './shortfall.js';

const matrix = (rows: readonly (readonly number[])[], names?: readonly string[]): Matrix => ({
  ...transpose(fromColumns(rows)),
  ...(names && { names }),
});

describe('shortfall', () => {
  it('two assets that mirror each other have none, half in each', async () => {
    const { weights, expectedShortfall } = await minimumShortfall(
      matrix([
        [-0.1, 0.1],
        [0.1, -0.1],
      ]),
      { tail: 0.5 },
    ); // PyPortfolioOpt 202
    expect(weights[0]).toBeCloseTo(0.5, 9);
    expect(expectedShortfall).toBeCloseTo(0, 9);
  });

  it('a mean at least, and what is missing', async () => {
    const returns = matrix(
      Array.from({ length: 20 }, (_, t) => [0.01 * Math.sin(t), 0.02 + 0.05 * Math.cos(2 * t)]),
      ['a', 'b'],
    );
    const { mean } = await minimumShortfall(returns, { tail: 0.2, leastMean: 0.015, constraints: [longOnly()] });
    expect(mean).toBeCloseTo(0.015, 8);
    await expect(minimumShortfall(returns, { leastMean: 0.5, constraints: [longOnly()] })).rejects.toThrow('the mean, at least 0.5');
    await expect(minimumShortfall(matrix([[0.1, Number.NaN]], ['a', 'b']), { tail: 0.5 })).rejects.toThrow(
      'the return of b is NaN at row 0',
    );
    await expect(minimumShortfall(returns, { tail: 0.01 })).rejects.toThrow('the worst 1 % of 20 rows are less than one');
  });

  // (w, 1 − w) returns 0.02 − 0.06w, 0.08w − 0.02 and 0.03 − 0.02w.
  it('of a third of three rows, the worst of them, is least where two are as bad', async () => {
    const returns = matrix(
      [
        [-0.04, 0.02],
        [0.06, -0.02],
        [0.01, 0.03],
      ],
      ['a', 'b'],
    );
    const { assets, weights, expectedShortfall, mean } = await minimumShortfall(returns, { tail: 1 / 3 });
    expect(assets).toEqual(['a', 'b']);
    expect(weights).toHaveLength(2);
    expect(weights[0]).toBeCloseTo(2 / 7, 9); // where the first two are one
    expect(expectedShortfall).toBeCloseTo(0.02 / 7, 9);
    expect(mean).toBeCloseTo((0.03 * 2 + 0.03 * 5) / 21, 9);
  });

  it('counts the last row of the tail in part', async () => {
    const one = matrix([[-0.04], [-0.03], [-0.02], [0.01], [0.05]]);
    const at = async (tail: number) => (await minimumShortfall(one, { tail })).expectedShortfall;
    expect(await at(0.2)).toBeCloseTo(-0.04, 12);
    expect(await at(0.3)).toBeCloseTo((-0.04 - 0.5 * 0.03) / 1.5, 12);
    expect(await at(0.4)).toBeCloseTo(-0.035, 12);
    expect(await at(1 - 1e-12)).toBeCloseTo(-0.006, 9); // of all rows
    expect((await minimumShortfall(one, { tail: 0.4 })).assets).toEqual(['asset 0']);
  });

  it('has the worst 5 % where no tail is given, a 49th of 49 rows, and a budget of another size or none', async () => {
    const rows = Array.from({ length: 40 }, (_, t) => [0.001 * (t - 10)]);
    expect((await minimumShortfall(matrix(rows))).expectedShortfall).toBeCloseTo(-0.0095, 12);
    expect(
      (await minimumShortfall(matrix(Array.from({ length: 49 }, (_, t) => [0.01 * t - 0.1])), { tail: 1 / 49 })).expectedShortfall,
    ).toBeCloseTo(-0.1, 12); // 49 · (1/49) is below 1 by rounding
    expect((await minimumShortfall(matrix(rows), { budget: 0.5 })).weights[0]).toBeCloseTo(0.5, 9);
    expect((await minimumShortfall(matrix(rows), { budget: 'free', constraints: [longOnly()] })).weights[0]).toBeCloseTo(0, 9);
  });

  it('refuses tails and means that are none', async () => {
    const one = matrix([[-0.04], [0.03]]);
    for (const tail of [0, 1, Number.NaN])
      await expect(minimumShortfall(one, { tail })).rejects.toThrow(`tail must be a finite number above 0, below 1, got ${tail}`);
    await expect(minimumShortfall(one, { tail: 0.5, leastMean: Number.NaN })).rejects.toThrow('leastMean must be a finite number, got NaN');
    await expect(
      minimumShortfall(
        matrix([
          [0.1, 0.2],
          [0.1, Number.NaN],
        ]),
        { tail: 0.5 },
      ),
    ).rejects.toThrow('is NaN at row 1');
    await expect(minimumShortfall(matrix([[Number.NaN], [0.1]]), { tail: 0.5 })).rejects.toThrow('is NaN at row 0');
  });
});
