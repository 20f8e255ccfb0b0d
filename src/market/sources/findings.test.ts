import { describe, expect, it } from 'vitest';
import { tradingDays } from '../panel/calendar.js';
import { findingsOf } from './findings.js';

const DAYS = tradingDays('2024-01-02', '2024-04-30');
/** Prices of 128 and 129 by turns, times what a day makes of them. */
const prices = (factor: (t: number) => number) => Float64Array.from(DAYS, (_, t) => (128 + (t % 2)) * factor(t));
const of = (name: string, values: Float64Array) => findingsOf({ dates: DAYS, columns: new Map([[name, values]]) }, 'prices');
const bars = (change: Partial<Record<'open' | 'high' | 'low' | 'close' | 'adjClose', Float64Array>>) => {
  const close = prices(() => 1);
  const columns = { open: close, high: close.map((p) => p + 1), low: close.map((p) => p - 1), close, volume: close, ...change };
  return findingsOf({ dates: DAYS, columns: new Map(Object.entries(columns)) }, 'bars');
};

describe('findings at import', () => {
  it('are none in ordinary prices, nor in a crash or a series', () => {
    expect(
      of(
        'A',
        prices(() => 1),
      ),
    ).toEqual([]);
    expect(
      of(
        'A',
        prices((t) => (t < 30 ? 1 : 0.72)),
      ),
    ).toEqual([]);
    expect(findingsOf({ dates: DAYS, columns: new Map([['x', prices((t) => (t === 9 ? 100 : 1))]]) }, 'series')).toEqual([]);
    expect(bars({})).toEqual([]);
  });

  it('tell a price that is in pence for some days', () => {
    expect(
      of(
        'VOD',
        prices((t) => (t === 40 ? 100 : 1)),
      ),
    ).toEqual([
      `'VOD' goes from 129 to 12800 on ${DAYS[40]}, 100 times as much: another unit, as pence for pounds? Bring all rows to one`,
      expect.stringMatching(new RegExp(`^'VOD' goes from 12800 to 129 on ${DAYS[41]}, 1/100 of it: another unit`)),
    ]);
  });

  it('tell a split that is not applied, across a day without a price, and none that is', () => {
    const split = prices((t) => (t < 50 ? 1 : 1 / 7));
    const finding = expect.stringMatching(
      new RegExp(` on ${DAYS[50]}, about 1/7 of it: a split that is not applied\\? Then divide the earlier prices$`),
    );
    expect(of('AAPL', split)).toEqual([finding]);
    expect(of('AAPL', split.with(49, Number.NaN))).toEqual([finding]);
    const order = { open: split, high: split.map((p) => p + 1), low: split.map((p) => p - 1), close: split };
    expect(bars(order)).toEqual([finding]); // without adjusted closes
    expect(bars({ ...order, adjClose: prices(() => 1) })).toEqual([]);
  });

  it('tell bars whose low or high is not that of the day', () => {
    const close = prices(() => 1);
    expect(bars({ low: close.map((p, t) => (t === 7 || t === 9 ? p + 0.5 : p - 1)) })).toEqual([
      `the low lies above the open, the close or the high on 2 days, the first ${DAYS[7]} (low 129.5, open 129, close 129); correct the source, or use closes only`,
    ]);
    expect(bars({ high: close.with(3, 1) })[0]).toMatch(new RegExp(`^the low lies above .* on 1 day, the first ${DAYS[3]}`));
    expect(bars({ high: close.with(3, 1) })[1]).toMatch(
      new RegExp(`^the high lies below the open or the close on 1 day, the first ${DAYS[3]} \\(high 1,`),
    );
  });
});
