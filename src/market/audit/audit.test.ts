import { describe, expect, it } from 'vitest';
import { panelOf, simulatedPrices } from '../../../tests/support/panels.js';
import { computeFeatures } from '../features/compute.js';
import { adjust, withActions } from '../frame/actions.js';
import { type Frame, fieldOf, frameOf } from '../frame/frame.js';
import { loadBars, loadPanel } from '../panel/load.js';
import { type Bars, mapValues, type Panel, select } from '../panel/panel.js';
import { audit, usable, withUsable } from './audit.js';
import type { AuditFinding } from './finding.js';

const { NaN: missing } = Number;
const PRICES = simulatedPrices(600);
const of = (findings: readonly AuditFinding[], rule: string) => findings.filter((one) => one.rule === rule);
const frameOfBars = ({ asset, dates, source, ...bars }: Bars): Frame =>
  frameOf(
    (['open', 'high', 'low', 'close', 'volume'] as const).map((field) => ({ dates, assets: [asset], values: bars[field], field, source })),
  );
/** Bars around simulated closes, whose open lies between. */
const bars = (change: (field: string, value: number, t: number) => number): Frame =>
  frameOf(
    ['open', 'high', 'low', 'close', 'volume'].map((field) =>
      mapValues(select(PRICES, { assets: ['A'] }), field, (price, t) =>
        change(field, { open: 0.999, high: 1.01, low: 0.99, close: 1, volume: 1000 }[field]! * price, t),
      ),
    ),
  );

describe('audit', () => {
  it('finds nothing in simulated prices, nor in bars, nor in a crash that stays but the jump', () => {
    expect(audit(PRICES)).toEqual([]);
    expect(audit(bars((_, value) => value))).toEqual([]);
    const crash = audit(mapValues(PRICES, 'close', (price, t) => (t < 300 ? price : 0.62 * price)));
    expect(crash.map(({ rule, excludes }) => [rule, excludes])).toEqual([
      ['jump', false],
      ['jump', false],
    ]);
  });

  it('finds that RRC is stale before 1998: 44.5 % of its returns are zero', async () => {
    const prices = await loadPanel('skfolio/sp500-stocks', { to: '1997-12-31' });
    const rrc = select(prices, { assets: ['RRC'] }).values;
    const zeros = rrc.slice(1).filter((price, t) => price === rrc[t]).length;
    expect((100 * zeros) / (rrc.length - 1)).toBeCloseTo(44.5, 1);
    // By SQL: of 1990 68 of 252 of AMD and 53 of BBY, of 1990 to 1995 835 of 1,516 of RRC.
    const stale = of(audit(prices), 'stale').filter(({ what }) => what.includes('of the returns'));
    expect(stale.map(({ asset, what }) => [asset, what.slice(0, what.indexOf(' are 0'))])).toEqual([
      ['AMD', '27.0 % of the returns of 1990'],
      ['BBY', '21.0 % of the returns of 1990'],
      ['RRC', '55.1 % of the returns of 1990–1995'],
    ]);
    expect(of(audit(prices), 'quantised').map(({ asset, from, to }) => [asset, from.slice(0, 4), to.slice(0, 4)])).toEqual([
      ['AMD', '1990', '1990'],
      ['BBY', '1990', '1990'],
      ['RRC', '1990', '1995'],
    ]);
  });

  it('finds that arch/sp500 has no open from 1999 to 2005, and leaves out what uses it, not the closes', async () => {
    const frame = frameOfBars(await loadBars('arch/sp500'));
    const [close, open] = [fieldOf(frame, 'close').values, fieldOf(frame, 'open').values];
    const repeats = (rows: readonly number[]) => rows.filter((t) => t > 0 && open[t] === close[t - 1]);
    const all = [...frame.dates.keys()];
    expect([repeats(all).length, all.length]).toEqual([2004, 5031]);
    const early = all.filter((t) => t > 0 && frame.dates[t] < '2006');
    expect((100 * repeats(early).length) / early.length).toBeCloseTo(96.3, 1);
    const findings = audit(frame);
    const [none, ...others] = of(findings, 'open is the previous close');
    expect(others).toEqual([]);
    expect([none.from.slice(0, 4), none.to.slice(0, 4), none.fields, none.excludes]).toEqual(['1999', '2005', ['open'], true]);
    const [forOpen, forClose] = [usable(frame, findings, ['open']), usable(frame, findings, ['close'])];
    expect(all.filter((t) => forOpen[t] === 0)).toEqual([...none.rows]);
    expect(forClose.every((one) => one === 1)).toBe(true);
    const kept = withUsable(frame);
    expect(kept.fields.close).toBe(frame.fields.close);
    expect(kept.fields.open.filter(Number.isNaN).length).toBe(none.rows.length);
  });

  it.each<[string, string, Frame | Panel, number[]]>([
    [
      'unit switch',
      'a price in pence for three days',
      mapValues(PRICES, 'close', (p, t, n) => (n === 0 && t >= 100 && t < 103 ? 100 * p : p)),
      [100, 101, 102],
    ],
    ['spike', 'a wrong price of one day', mapValues(PRICES, 'close', (p, t, n) => (n === 0 && t === 100 ? 1.6 * p : p)), [100]],
    ['split not applied', 'a split of 7:1', mapValues(PRICES, 'close', (p, t, n) => (n === 0 && t >= 100 ? p / 7 : p)), [100]],
    [
      'stale',
      'a week without a change',
      mapValues(PRICES, 'close', (p, t, n) => (n === 0 && t > 100 && t <= 105 ? PRICES.values[200] : p)),
      [101, 102, 103, 104, 105],
    ],
    ['bars out of order', 'a low above the open', bars((field, value, t) => (field === 'low' && t === 7 ? 1.02 * value : value)), [7]],
    ['bars out of order', 'a high below the close', bars((field, value, t) => (field === 'high' && t === 9 ? 0.98 * value : value)), [9]],
    ['no range', 'a high that is the low', bars((field, value, t) => (t === 5 && field !== 'volume' ? 100 : value)), [5]],
    ['no volume', 'a volume of 0', bars((field, value, t) => (field === 'volume' && t === 3 ? 0 : value)), [3]],
  ])('finds by its rule %s: %s', (rule, _, data, rows) => {
    const found = of(audit(data), rule);
    expect(found.map((one) => [one.asset, [...one.rows]])).toEqual([['A', rows]]);
    const frame = 'fields' in data ? data : frameOf(data);
    const N = frame.assets.length;
    const mask = usable(frame, found);
    if (rule === 'split not applied') return expect(mask.includes(0)).toBe(false);
    expect([...mask.keys()].filter((i) => mask[i] === 0)).toEqual(rows.map((t) => t * N));
  });

  it.each([
    ['it comes late', 500, 500, 600],
    ['it comes early', 40, 0, 40],
  ])('leaves out the shorter side of a unit that never goes back: %s', (_, from, first, end) => {
    const pence = mapValues(PRICES, 'close', (p, t, n) => (n === 0 && t >= from ? 100 * p : p));
    const [one, ...others] = of(audit(pence), 'unit switch');
    expect(others).toEqual([]);
    expect([...one.rows]).toEqual(Array.from({ length: end - first }, (_, k) => first + k));
    expect(one.what).toContain('if shares were split, say so first: adjust(withActions(frame, actions))');
    const returns = computeFeatures(withUsable(frameOf(pence)), ['return-5']).column('return-5');
    const largest = returns.reduce((most, r) => (Math.abs(r) > most ? Math.abs(r) : most), 0);
    expect(largest).toBeLessThan(0.3); // ln 100 is 4.6
  });

  it('finds no fault in a move that a split or a dividend explains, and one in a split that prices do not show', () => {
    const raw = mapValues(select(PRICES, { assets: ['A'] }), 'close', (price, t) => (t < 300 ? price : t < 400 ? price / 4 : price / 8));
    const exDates = [raw.dates[300], raw.dates[400]];
    expect(audit(raw).map(({ rule, from }) => [rule, from])).toEqual(exDates.map((date) => ['split not applied', date]));
    const told = withActions(frameOf(raw), [
      { asset: 'A', exDate: exDates[0], split: 4 },
      { asset: 'A', exDate: exDates[1], dividend: raw.values[399] / 2 }, // half the company is paid out
    ]);
    expect(audit(told)).toEqual([]);
    expect(audit(adjust(told)).map(({ rule }) => rule)).toEqual(['back-adjusted']);
    const late = withActions(frameOf(raw), [{ asset: 'A', exDate: raw.dates[310], split: 4 }]);
    expect(of(audit(late), 'split not applied').map(({ from, excludes }) => [from, excludes])).toEqual([
      [raw.dates[300], false],
      [raw.dates[310], false],
      [raw.dates[400], false],
    ]);
    expect(of(audit(late), 'split not applied')[1].what).toContain('over a split of 4 that is not in it or of another date');
  });

  it('leaves splits and dividends in, so that prices are masked before or after they are adjusted', () => {
    const actions = [
      { asset: 'A', exDate: PRICES.dates[100], split: 4 },
      { asset: 'A', exDate: PRICES.dates[300], dividend: 1 },
    ];
    // A spike on the day of the split, and no split in the field would leave the price at four times what it is.
    const raw = withActions(
      frameOf(mapValues(PRICES, 'close', (p, t, n) => (n === 0 ? (t === 100 ? 1.6 : 1) * (t < 100 ? p : p / 4) : p))),
      actions,
    );
    const findings = audit(raw);
    expect(findings.map(({ rule, fields, rows }) => [rule, fields, [...rows]])).toEqual([['spike', ['close'], [100]]]);
    const masked = withUsable(raw, findings);
    expect([masked.fields.close[200], masked.fields.split, masked.fields.dividend]).toEqual([
      missing,
      raw.fields.split,
      raw.fields.dividend,
    ]);
    const [before, after] = [adjust(masked), withUsable(adjust(raw), findings)];
    expect(before).toEqual(after);
    expect([after.fields.adjClose[200], after.fields.close[198]]).toEqual([missing, PRICES.values[198] / 4]);
  });

  it('stops where the order of mask and adjustment would change the factor of a dividend', () => {
    const pays = (t: number) => [{ asset: 'A', exDate: PRICES.dates[t], dividend: 1 }];
    const spike = withActions(frameOf(mapValues(PRICES, 'close', (p, t, n) => (n === 0 && t === 100 ? 1.6 * p : p))), pays(101));
    expect(() => withUsable(adjust(spike), audit(spike))).toThrow(
      `withUsable: 'A' of test was adjusted by its close of ${PRICES.dates[100]}, which is wrong (spike), for the dividend of ${PRICES.dates[101]}`,
    );
    const right = adjust(withUsable(spike)).fields.adjClose;
    expect(right[0] / PRICES.values[0]).toBeCloseTo(1 - 1 / PRICES.values[198], 12);
    const still = withActions(
      frameOf(mapValues(PRICES, 'close', (p, t, n) => (n === 0 && t > 100 && t <= 110 ? PRICES.values[200] : p))),
      pays(111),
    );
    expect(() => adjust(withUsable(still))).toThrow('the dividend 1 needs the close before it, and the 10 rows before have none');
    expect(withUsable(adjust(still), audit(still)).fields.adjClose[198] / PRICES.values[198]).toBeCloseTo(1 - 1 / PRICES.values[200], 12);
  });

  it.each([
    [0.73, 0],
    [1.33, 1],
    [0.65, 1],
  ])('counts a move of 30 %% by the price before: times %d is found %d times', (factor, found) => {
    let price = 100;
    const quiet = Array.from({ length: 200 }, (_, t) => {
      price *= (1 + 0.001 * (((t * 7919) % 13) - 6)) * (t === 100 ? factor : 1);
      return [price];
    });
    expect(audit(panelOf(['A'], quiet)).filter(({ rule }) => rule === 'jump' || rule === 'split not applied')).toHaveLength(found);
  });

  it('tells who ends more than a week before the others, and whether that is known', () => {
    const ends = (row: number) => mapValues(PRICES, 'close', (price, t, n) => (n === 1 && t > row ? missing : price));
    expect(audit(ends(594))).toEqual([]);
    const [one] = audit(ends(300));
    expect([one.rule, one.asset, one.from, one.excludes]).toEqual(['ends before the others', 'B', PRICES.dates[300], false]);
    expect(one.what).toContain("299 rows before others end; nothing says that it is delisted: the frame's listed would");
    const listed = Uint8Array.from(PRICES.values, (_, i) => Number(i % 2 === 0 || i <= 601));
    expect(audit(frameOf(ends(300), { listed }))[0].what).toContain('it is not listed from then on');
  });

  it('finds a grid of prices, and a level that is adjusted for what came later, which it does not leave out', () => {
    const [coarse] = of(audit(mapValues(PRICES, 'close', (price) => Math.round(price / 4) * 4)), 'quantised');
    expect(coarse.what).toContain('fewer than one distinct price in 4 rows of 2020');
    const close = select(PRICES, { assets: ['A'] });
    const adjusted = mapValues(close, 'adjClose', (price, t) => (t < 300 ? 0.99 * price : price));
    const frame = frameOf([close, adjusted]);
    const [level] = of(audit(frame), 'back-adjusted');
    expect([level.rows.length, level.fields, level.what.slice(0, 29)]).toEqual([300, ['adjClose'], 'adjClose is 99.0 % of close o']);
    expect(withUsable(frame)).toEqual(frame);
  });

  it('passes missing prices, spreads and returns of any sign, and names a threshold that is none', () => {
    expect(audit(mapValues(PRICES, 'close', (price, t) => (t % 3 ? price : missing)))).toEqual([]);
    expect(
      audit(
        panelOf(
          ['A'],
          Array.from({ length: 100 }, (_, t) => [Math.sin(t)]),
        ),
      ),
    ).toEqual([]);
    expect(() => audit(PRICES, { unchanged: 2 })).toThrow('audit: unchanged must be a finite number from 0 to 1, got 2');
    expect(() => audit(PRICES, { stale: 1 } as never)).toThrow("audit: there is no option 'stale'");
  });
});
