import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { panelOf } from '../../../tests/support/panels.js';
import { align, dropMissing, sideBySide } from './align.js';
import { tradingDays } from './calendar.js';
import { loadPanel } from './load.js';
import type { Panel } from './panel.js';

const DAYS = tradingDays('2020-01-02', '2020-03-31');
const on = (rows: readonly number[], source: string): Panel => ({
  dates: rows.map((t) => DAYS[t]),
  assets: [source],
  values: Float64Array.from(rows),
  field: 'close',
  source,
});
const someDays = fc.uniqueArray(fc.integer({ min: 0, max: DAYS.length - 1 }), { minLength: 1 }).map((rows) => rows.sort((a, b) => a - b));

describe('align', () => {
  it('keeps the common dates, or all of them with NaN for what is missing', () => {
    const [a, b] = [on([0, 1, 3], 'a'), on([1, 2, 3, 4], 'b')];
    expect(align([a, b]).map(({ dates, values }) => [dates, [...values]])).toEqual([
      [
        [DAYS[1], DAYS[3]],
        [1, 3],
      ],
      [
        [DAYS[1], DAYS[3]],
        [1, 3],
      ],
    ]);
    expect(align([a, b], 'outer').map(({ values }) => [...values])).toEqual([
      [0, 1, Number.NaN, 3, Number.NaN],
      [Number.NaN, 1, 2, 3, 4],
    ]);
  });

  it('moves no value to another date and invents none', () => {
    fc.assert(
      fc.property(someDays, someDays, fc.constantFrom('inner' as const, 'outer' as const), (first, second, join) => {
        fc.pre(join === 'outer' || first.some((t) => second.includes(t)));
        const panels = [on(first, 'a'), on(second, 'b')];
        const aligned = align(panels, join);
        expect(aligned[0].dates).toEqual(aligned[1].dates);
        for (const [i, { dates, values }] of aligned.entries())
          for (const [t, date] of dates.entries()) expect(values[t]).toBe(panels[i].values[panels[i].dates.indexOf(date)] ?? Number.NaN);
        expect(align(aligned, join)).toEqual(aligned); // once is enough
      }),
    );
  });

  it('names the spans when nothing is common', () => {
    expect(() => align([on([0, 1], 'a'), on([2], 'b')])).toThrow(
      "align: no date is common to all panels (a 2020-01-02 … 2020-01-03; b 2020-01-06 … 2020-01-06); choose overlapping ranges, or join 'outer'",
    );
  });

  it('finds the histories of oil and shares of unequal length and days', async () => {
    const [stocks, oil] = align([await loadPanel('skfolio/sp500-stocks'), await loadPanel('arch/wti')]);
    expect(stocks.dates).toEqual(oil.dates);
    expect([stocks.dates[0], stocks.dates.at(-1)]).toEqual(['1990-01-02', '2019-01-03']);
  });
});

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

describe('sideBySide', () => {
  it('joins assets of equal dates', () => {
    const both = sideBySide(
      [
        panelOf(
          ['A', 'B'],
          [
            [1, 2],
            [3, 4],
          ],
        ),
        panelOf(['C'], [[5], [6]], { source: 'other' }),
      ],
      'close',
    );
    expect(both).toMatchObject({ assets: ['A', 'B', 'C'], values: Float64Array.of(1, 2, 5, 3, 4, 6), source: 'test + other' });
  });

  it('refuses other dates and the same asset twice', () => {
    expect(() => sideBySide([on([0, 1], 'a'), on([0, 2], 'b')], 'close')).toThrow(
      'a and b have different dates (2 and 2 rows); align them first',
    );
    expect(() => sideBySide([on([0], 'a'), on([0], 'a')], 'close')).toThrow(
      "sideBySide: asset 'a' occurs twice; select it from one panel only",
    );
  });
});
