import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { panelOf, simulatedPrices } from '../../../tests/support/panels.js';
import { rollingMean } from '../features/rolling.js';
import { assertNoLookahead } from '../lookahead/lookahead.js';
import { combine } from './combine.js';
import type { Panel } from './panel.js';
import { demean, zScore } from './standardise.js';

const { NaN: missing } = Number;
const A = panelOf(
  ['A', 'B'],
  [
    [1, 2],
    [3, missing],
  ],
);
const B = panelOf(
  ['A', 'B'],
  [
    [10, 0],
    [5, 2],
  ],
  { field: 'open' },
);
const ONE = panelOf(['RF'], [[1], [2]], { source: 'rates', field: 'rate' });

describe('combine', () => {
  it('works by date and asset, with one column for all, and with a number on either side', () => {
    expect([...combine(A, '+', B).values]).toEqual([11, 2, 8, missing]);
    expect([...combine(A, '/', B).values]).toEqual([0.1, missing, 0.6, missing]); // 2 / 0 is missing
    expect([...combine(A, '-', ONE).values]).toEqual([0, 1, 1, missing]);
    expect([...combine(2, '*', A).values]).toEqual([2, 4, 6, missing]);
    expect([...combine(6, '/', A).values]).toEqual([6, 3, 2, missing]);
    expect([...combine(A, '-', 1).values]).toEqual([0, 1, 2, missing]);
  });

  it('says what was computed, of what, and for what it is adjusted where both are', () => {
    expect(combine(A, '/', ONE)).toMatchObject({ field: 'close / rate', source: 'test + rates', dates: A.dates, assets: ['A', 'B'] });
    expect(combine(A, '*', 2)).toMatchObject({ field: 'close', source: 'test' });
    const adjusted = (panel: Panel): Panel => ({ ...panel, adjusted: 'splits' });
    expect(combine(adjusted(A), '-', adjusted(B)).adjusted).toBe('splits');
    expect(combine(adjusted(A), '-', B).adjusted).toBeUndefined();
  });

  const numbers = fc.array(fc.tuple(fc.double(), fc.double()), { minLength: 1, maxLength: 8 });

  it('agrees with itself: a − b is −1 · (b − a), and a · b is b · a', () => {
    fc.assert(
      fc.property(numbers, numbers, (one, two) => {
        const T = Math.min(one.length, two.length);
        const [a, b] = [panelOf(['A', 'B'], one.slice(0, T)), panelOf(['A', 'B'], two.slice(0, T))];
        expect(combine(a, '*', b).values).toEqual(combine(b, '*', a).values);
        const flipped = combine(combine(b, '-', a), '*', -1).values;
        for (const [i, value] of combine(a, '-', b).values.entries()) expect(value + 0).toEqual(flipped[i] + 0);
      }),
    );
  });

  it.each<[string, () => unknown, string]>([
    [
      'other dates',
      () => combine(A, '-', { ...B, dates: ['2020-01-02', '2020-01-06'], source: 'other' }),
      'combine: test - other needs the same dates: 2 and 2 rows: row 1 is 2020-01-03 in one and 2020-01-06 in the other; align them first',
    ],
    [
      'more dates',
      () =>
        combine(
          A,
          '-',
          panelOf(
            ['A', 'B'],
            [
              [1, 2],
              [1, 2],
              [1, 2],
            ],
          ),
        ),
      'needs the same dates: 2 and 3 rows; align them first',
    ],
    [
      'the assets in another order',
      () => combine(A, '*', { ...B, assets: ['B', 'A'] }),
      'combine: test * test needs the same assets in the same order, or one on the right for all: got 2 (A, B, …) and 2 (B, A, …)',
    ],
    ['one column on the left', () => combine(ONE, '-', A), 'needs the same assets in the same order, or one on the right for all'],
    ['an operator that is none', () => combine(A, '^' as '*', B), "combine: operator must be +, -, * or /, got '^'"],
    ['two numbers', () => combine(1 as unknown as Panel, '+', 2), 'combine: 1 + 2 has no panel'],
  ])('refuses %s', (_, f, message) => expect(f).toThrow(message));

  it('of features knows nothing of what comes later', () =>
    assertNoLookahead((prices) => combine(prices, '/', rollingMean(prices, 20)), simulatedPrices(400)));
});

describe('across the assets of a date', () => {
  const panel = panelOf(
    ['A', 'B', 'C'],
    [
      [1, 2, 6],
      [1, missing, 3],
      [0.1, 0.1, 0.1],
      [missing, 5, missing],
    ],
  );

  it('the mean is taken away', () => {
    expect([...demean(panel).values]).toEqual([-2, -1, 3, -1, missing, 1, 0, 0, 0, missing, 0, missing]);
  });

  it('z-scores are deviations from it, in standard deviations with m − 1', () => {
    // pandas 2.2: x.sub(x.mean(axis=1), axis=0).div(x.std(axis=1), axis=0); a row of equal values is 0/0 there.
    const close = (x: number) => expect.closeTo(x, 14);
    expect([...zScore(panel).values]).toEqual([
      close(-2 / Math.sqrt(7)),
      close(-1 / Math.sqrt(7)),
      close(3 / Math.sqrt(7)),
      close(-Math.SQRT1_2),
      missing,
      close(Math.SQRT1_2),
      0,
      0,
      0,
      missing,
      missing,
      missing,
    ]);
  });

  it.each([
    ['demean', demean],
    ['zScore', zScore],
  ])('%s knows nothing of what comes later', (_, feature) => assertNoLookahead(feature, simulatedPrices(400, ['A', 'B', 'C'])));
});
