import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { panelOf, simulatedPrices } from '../../../tests/support/panels.js';
import { assertNoLookahead } from '../lookahead/lookahead.js';
import { loadPanel } from './load.js';
import { dropMissing, dropSparse, forwardFill, maskSparse } from './missing.js';
import { mapValues } from './panel.js';

const { NaN: missing } = Number;

describe('dropMissing', () => {
  it('keeps the complete rows', () => {
    const panel = panelOf(
      ['A', 'B'],
      [
        [1, Number.NaN],
        [2, 20],
        [Number.NaN, 30],
        [4, 40],
      ],
    );
    expect(dropMissing(panel)).toEqual({ ...panel, dates: [panel.dates[1], panel.dates[3]], values: Float64Array.of(2, 20, 4, 40) });
    expect(() => dropMissing(panelOf(['A'], [[Number.NaN]]))).toThrow('test: every date lacks a value of some asset (1 rows, 1 assets)');
  });

  it('leaves the 8,321 prices of oil', async () => {
    expect(dropMissing(await loadPanel('arch/wti')).dates).toHaveLength(8_611 - 290);
  });
});

const column = (...values: number[]) =>
  panelOf(
    ['A'],
    values.map((value) => [value]),
  );

describe('forwardFill', () => {
  it('fills some rows of a gap, and none before the first value', () => {
    const gaps = column(missing, 1, missing, missing, missing, 2, missing);
    expect([...forwardFill(gaps, 2).values]).toEqual([missing, 1, 1, 1, missing, 2, 2]);
    expect([...forwardFill(gaps, 1).values]).toEqual([missing, 1, 1, missing, missing, 2, 2]);
  });

  it('takes each value from the asset and the limit of rows before it', () => {
    const cell = fc.oneof(fc.constant(missing), fc.integer());
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 5 }), (rows, limit) => {
        const { values } = forwardFill(panelOf(['A', 'B'], rows), limit);
        for (const [i, value] of values.entries()) {
          const [t, n] = [Math.floor(i / 2), i % 2];
          const recent = rows.slice(Math.max(0, t - limit), t + 1).map((row) => row[n]);
          expect(value).toBe(recent.findLast((known) => !Number.isNaN(known)) ?? missing);
        }
      }),
    );
  });
});

describe('coverage', () => {
  it('masks an asset where too few of its last rows have a value', () => {
    const gaps = column(1, missing, 3, 4, missing, missing, 7, 8, 9);
    expect([...maskSparse(gaps, { window: 3, coverage: 0.6 }).values]).toEqual([missing, missing, 3, 4, missing, missing, missing, 8, 9]);
    expect([...maskSparse(gaps, { window: 1, coverage: 1 }).values]).toEqual([...gaps.values]);
  });

  it('chooses assets by what was there up to a date', () => {
    const panel = panelOf(
      ['early', 'late'],
      [
        [1, missing],
        [2, missing],
        [missing, 3],
      ],
    );
    const [, second, third] = panel.dates;
    expect(dropSparse(panel, { upTo: second, coverage: 0.5 }).assets).toEqual(['early']);
    expect(dropSparse(panel, { upTo: third, coverage: 0.3 }).assets).toEqual(['early', 'late']);
  });
});

const GAPPED = mapValues(simulatedPrices(400), 'close', (price, t, n) => ((t * 7 + n) % 11 < 2 ? missing : price));

it.each([
  ['forwardFill', () => assertNoLookahead((prices) => forwardFill(prices, 3), GAPPED)],
  ['maskSparse', () => assertNoLookahead((prices) => maskSparse(prices, { window: 20, coverage: 0.8 }), GAPPED)],
])('%s knows nothing of what comes later', (_, check) => check());

it.each<[string, () => unknown, string]>([
  ['a limit that is none', () => forwardFill(GAPPED, 0), 'forwardFill: limit must be a whole number from 1 up, got 0'],
  [
    'a window that is none',
    () => maskSparse(GAPPED, { window: 2.5, coverage: 1 }),
    'maskSparse: window must be a whole number from 1 up, got 2.5',
  ],
  ['a coverage in percent', () => maskSparse(GAPPED, { window: 5, coverage: 95 }), 'maskSparse: coverage must be'],
  [
    'a coverage that none has',
    () => dropSparse(GAPPED, { upTo: '2020-02-03', coverage: 1 }),
    'dropSparse: no asset of test has 1 of its 22 rows up to 2020-02-03; the best has 0.8',
  ],
  ['a date before the first', () => dropSparse(GAPPED, { upTo: '2019-02-03', coverage: 1 }), 'test: no date in the start … 2019-02-03'],
])('refuses %s', (_, f, message) => expect(f).toThrow(message));
