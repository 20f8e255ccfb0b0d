import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import reference from '../../../tests/references/pandas_market_calendars.json' with { type: 'json' }; // made by tests/references/pandas_market_calendars.py
import { closingTime, isTradingDay, nextTradingDay, previousTradingDay, tradingDays } from './calendar.js';
import { fromDay, toDay } from './dates.js';
import { loadPanel } from './load.js';

describe('the NYSE calendar', () => {
  it('equals the 8,313 dates of the S&P 500 from 1990 to 2022', async () => {
    const { dates } = await loadPanel('skfolio/sp500-index');
    expect(dates).toHaveLength(8_313);
    expect(tradingDays('1990-01-01', '2022-12-28')).toEqual(dates);
  });

  // NYSE, "Holidays & Trading Hours", as published for 2023–2026.
  it.each([
    ['2023', ['01-02', '01-16', '02-20', '04-07', '05-29', '06-19', '07-04', '09-04', '11-23', '12-25']],
    ['2024', ['01-01', '01-15', '02-19', '03-29', '05-27', '06-19', '07-04', '09-02', '11-28', '12-25']],
    ['2025', ['01-01', '01-09', '01-20', '02-17', '04-18', '05-26', '06-19', '07-04', '09-01', '11-27', '12-25']],
    ['2026', ['01-01', '01-19', '02-16', '04-03', '05-25', '06-19', '07-03', '09-07', '11-26', '12-25']],
  ])('closes on the published holidays of %s', (year, holidays) => {
    const start = toDay(`${year}-01-01`);
    const weekdays = Array.from({ length: toDay(`${year}-12-31`) - start + 1 }, (_, i) => fromDay(start + i)).filter(
      (date) => ![0, 6].includes(new Date(date).getUTCDay()),
    );
    expect(weekdays.filter((date) => !isTradingDay(date))).toEqual(holidays.map((day) => `${year}-${day}`));
  });

  it('agrees with pandas_market_calendars on all weekdays from 1953 to 2026', () => {
    const [first, last] = [toDay('1953-01-01'), toDay('2026-12-31')];
    const closed: Record<string, string[]> = {};
    for (let day = first; day <= last; day++) {
      const date = fromDay(day);
      if ([0, 6].includes(new Date(date).getUTCDay()) || isTradingDay(date)) continue;
      closed[date.slice(0, 4)] ??= [];
      closed[date.slice(0, 4)].push(date.slice(5));
    }
    expect(closed).toEqual(reference.closed);
  });

  it('closes early as pandas_market_calendars has it since 1990, but on the last day of 1999', () => {
    // exchange_calendars 4.13.2 has that day close at 13:00, which pandas_market_calendars 5.5.0 does not.
    const early = tradingDays('1990-01-02', '2026-12-31').filter((date) => closingTime(date) !== '16:00');
    expect(Object.fromEntries(early.map((date) => [date, closingTime(date)]))).toEqual({ ...reference.early, '1999-12-31': '13:00' });
  });

  it('opens on 31 December when New Year is a Saturday', () => {
    expect(isTradingDay('2021-12-31')).toBe(true); // 1 January 2022 was a Saturday: the exchange announced no closing
  });

  it('steps over the week that 11 September 2001 closed', () => {
    expect(nextTradingDay('2001-09-10')).toBe('2001-09-17');
    expect(previousTradingDay('2001-09-17')).toBe('2001-09-10');
  });

  it('steps forth and back to the same day', () => {
    fc.assert(
      fc.property(fc.integer({ min: toDay('1953-02-01'), max: toDay('2040-12-31') }), (day) => {
        const date = nextTradingDay(fromDay(day));
        expect(previousTradingDay(nextTradingDay(date))).toBe(date);
        expect(tradingDays(date, nextTradingDay(date))).toEqual([date, nextTradingDay(date)]);
      }),
    );
  });

  it('refuses what it cannot know', () => {
    expect(() => isTradingDay('1952-12-31')).toThrow(
      'trading calendar: got 1952-12-31; its rules of the NYSE hold from 1953-01-01; choose a later date',
    );
    expect(() => closingTime('1987-10-19')).toThrow('got 1987-10-19; its rules of the NYSE hold from 1990-01-01; choose a later date');
    expect(() => closingTime('2024-07-04')).toThrow('trading calendar: the NYSE is closed on 2024-07-04; ask for a trading day');
    expect(() => isTradingDay('2023-02-30')).toThrow("trading calendar: '2023-02-30' is not a date; write it as YYYY-MM-DD");
  });
});
