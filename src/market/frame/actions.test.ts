import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { panelOf } from '../../../tests/support/panels.js';
import { simpleReturns } from '../panel/returns.js';
import { adjust, type CorporateAction, withActions } from './actions.js';
import { fieldOf, frameOf, withUniverse } from './frame.js';

const closes = (...values: number[]) =>
  panelOf(
    ['A'],
    values.map((value) => [value]),
  );
const DAYS = closes(1, 1, 1, 1, 1).dates;

describe('adjust', () => {
  it('multiplies what lies before a dividend, and leaves the last closes as they are (yfinance 1273)', () => {
    const raw = closes(24.6, 24.5, 23.55, 23.5, 23.5);
    const { fields, adjusted } = adjust(
      withActions(frameOf({ ...raw, adjusted: 'none' }), [{ asset: 'A', exDate: DAYS[3], dividend: 0.1425 }]),
    );
    const factor = 1 - 0.1425 / 23.55;
    expect(factor).toBeCloseTo(0.993949, 6);
    expect([...fields.adjClose]).toEqual([24.6 * factor, 24.5 * factor, 23.55 * factor, 23.5, 23.5]);
    expect([...fields.close]).toEqual([...raw.values]);
    expect(adjusted).toEqual({ close: 'splits', adjClose: 'splits and dividends', dividend: 'splits' });
  });

  it('divides by a split once: 3.29 before seven for one is 0.47 (pandas-datareader 651)', () => {
    const raw = withActions(frameOf([closes(3.29, 0.48), { ...closes(100, 700), field: 'volume' }]), [
      { asset: 'A', exDate: DAYS[1], split: 7 },
    ]);
    const once = adjust(raw);
    expect([...once.fields.close]).toEqual([expect.closeTo(0.47, 14), 0.48]);
    expect([...once.fields.volume]).toEqual([700, 700]);
    expect('split' in once.fields).toBe(false); // a backtest would apply it again
    const again = [{ asset: 'A', exDate: DAYS[1], split: 7 }];
    expect(() => adjust(withActions(once, again))).toThrow('adjust: close of test is adjusted for splits already');
    expect(() => adjust(withActions(frameOf(closes(0.47, 0.48)), again))).toThrow(
      "adjust: 'A' of test on 2020-01-03: close goes from 0.47 to 0.48 over a split of 7, so it is adjusted already",
    );
  });

  // Ex-date by ex-date, shares held and dividends reinvested at the price without them: no factor is used.
  const day = fc.record({
    close: fc.double({ min: 80, max: 100, noNaN: true }),
    split: fc.constantFrom(1, 1, 2, 0.5, 1.05),
    share: fc.constantFrom(0, 0, 0.01, 0.2),
  });
  it('has the returns of shares whose dividends are reinvested, and of shares alone (zipline 1799, 1468)', () => {
    fc.assert(
      fc.property(fc.array(day, { minLength: 2, maxLength: 5 }), (days) => {
        let perOldShare = 1; // prices as they were paid fall with each split
        const prices = days.map(({ close, split }, t) => {
          if (t > 0) perOldShare *= split;
          return close / perOldShare;
        });
        const dividends = days.map(({ share, split }, t) => (t === 0 ? 0 : (share * prices[t - 1]) / split));
        const actions = days.flatMap(({ split }, t): CorporateAction[] => [
          ...(t > 0 && split !== 1 ? [{ asset: 'A', exDate: DAYS[t], split }] : []),
          ...(dividends[t] > 0 ? [{ asset: 'A', exDate: DAYS[t], dividend: dividends[t] }] : []),
        ]);
        const adjusted = adjust(withActions(frameOf(closes(...prices)), actions));
        const total = simpleReturns(fieldOf(adjusted, 'adjClose')).values;
        const [priceOnly, paid] = [simpleReturns(fieldOf(adjusted, 'close')).values, adjusted.fields.dividend];
        let shares = 1; // of today
        for (let t = days.length - 1; t > 0; t--) {
          const { split } = days[t];
          const reinvested = split * (1 + dividends[t] / (prices[t - 1] / split - dividends[t]));
          expect(total[t - 1]).toBeCloseTo((reinvested * prices[t]) / prices[t - 1] - 1, 12);
          expect(priceOnly[t - 1]).toBeCloseTo((split * prices[t]) / prices[t - 1] - 1, 12);
          expect(paid[t]).toBeCloseTo(dividends[t] / shares, 12);
          shares *= split;
        }
      }),
    );
  });
});

it('adjust passes dates on which an asset is not listed, of which no split is known', () => {
  const listed = Uint8Array.of(0, 1, 1);
  const told = withActions({ ...frameOf(closes(10, 11, 12)), listed }, [{ asset: 'A', exDate: DAYS[2], split: 1.1 }]);
  const frame = { ...told, fields: { ...told.fields, split: Float64Array.of(Number.NaN, 1, 1.1) } };
  expect([...adjust(frame).fields.close]).toEqual([Number.NaN, 11 / 1.1, 12]);
});

it('adjust knows a split of a date on which the asset is not in the universe, before it or after', () => {
  const raw = withActions(frameOf(closes(40, 40, 10, 10, 11)), [{ asset: 'A', exDate: DAYS[2], split: 4 }]);
  const universe = Uint8Array.of(1, 1, 0, 1, 1);
  const adjusted = adjust(withUniverse(raw, universe));
  expect([...adjusted.fields.adjClose]).toEqual([10, 10, Number.NaN, 10, 11]);
  expect(adjusted).toEqual(withUniverse(adjust(raw), universe));
});

describe('withActions', () => {
  const frame = frameOf(closes(10, 11, 12, 13, 14));
  it('puts actions on their dates: splits of a date multiply, dividends add up, and those outside are left out', () => {
    const { fields } = withActions(frame, [
      { asset: 'A', exDate: DAYS[1], split: 2 },
      { asset: 'A', exDate: DAYS[1], split: 3 },
      { asset: 'A', exDate: DAYS[2], dividend: 0.5 },
      { asset: 'A', exDate: DAYS[2], dividend: 0.25 },
      { asset: 'A', exDate: '1990-01-06', dividend: 1 },
    ]);
    expect([[...fields.split], [...fields.dividend]]).toEqual([
      [1, 6, 1, 1, 1],
      [0, 0, 0.75, 0, 0],
    ]);
  });

  it('of a day with minutes are known at the first of them', () => {
    const minutes = { ...closes(10, 11, 12, 13), dates: ['2020-01-02T20:59', '2020-01-03T14:31', '2020-01-03T20:59', '2020-01-06T14:31'] };
    const { fields } = withActions(frameOf(minutes), [{ asset: 'A', exDate: '2020-01-03', dividend: 1 }]);
    expect([...fields.dividend]).toEqual([0, 1, 0, 0]);
  });

  it.each<[string, CorporateAction, string]>([
    [
      'an asset that is not there',
      { asset: 'B', exDate: DAYS[1], split: 2 },
      "withActions: the split of 'B' on 2020-01-03: test has no such asset",
    ],
    [
      'a day without trade',
      { asset: 'A', exDate: '2020-01-04', dividend: 1 },
      'test has no row of that date; an ex-date is a day of trading',
    ],
    [
      'a split of zero',
      { asset: 'A', exDate: DAYS[1], split: 0 },
      "the split of 'A' on 2020-01-03 is 0; a split is new shares for one old",
    ],
    ['a date that is none', { asset: 'A', exDate: '3/1/2020', dividend: 1 }, "'3/1/2020' is not a date"],
  ])('refuses %s', (_, action, message) => {
    expect(() => withActions(frame, [action])).toThrow(message);
  });

  it('reinvests a dividend at the price without it: 10 %, where the price and the dividend over the price before are 9 %', () => {
    const { adjClose } = adjust(withActions(frameOf(closes(10, 9.9)), [{ asset: 'A', exDate: DAYS[1], dividend: 1 }])).fields;
    expect(adjClose[1] / adjClose[0] - 1).toBeCloseTo(0.1, 14);
  });

  it.each<[string, () => unknown, string]>([
    ['no actions', () => adjust(frame), 'adjust: test has no split: it has close; withActions(frame, actions) gives it its actions'],
    [
      'a dividend in cents',
      () => adjust(withActions(frame, [{ asset: 'A', exDate: DAYS[1], dividend: 14.25 }])),
      "adjust: 'A' of test on 2020-01-03: the dividend 14.25 is not less than the last close 10 per share",
    ],
    [
      'a split that says nothing',
      () => adjust(frameOf([closes(10, 11), { ...closes(1, Number.NaN), field: 'split' }, { ...closes(0, 0), field: 'dividend' }])),
      "adjust: 'A' of test on 2020-01-03: split is NaN and dividend 0; a split is positive, 1 where there is none",
    ],
    [
      'a dividend that says nothing',
      () => adjust(frameOf([closes(10, 11), { ...closes(1, 1), field: 'split' }, { ...closes(0, Number.NaN), field: 'dividend' }])),
      "adjust: 'A' of test on 2020-01-03: split is 1 and dividend NaN",
    ],
  ])('adjust refuses %s', (_, f, message) => expect(f).toThrow(message));
});
