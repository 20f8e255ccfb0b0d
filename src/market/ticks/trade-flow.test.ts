import { describe, expect, it } from 'vitest';
import { fold, key, uniform } from '../../base/random.js';
import { type Frame, frameOf } from '../frame/frame.js';
import { assertNoLookahead } from '../lookahead/lookahead.js';
import { fromMinute } from '../panel/dates.js';
import type { Panel } from '../panel/panel.js';
import { walkForward } from '../splits/walk-forward.js';
import { inferredMid, nextMidChange } from './inferred-mid.js';
import { tickRule } from './tick-rule.js';
import type { Ticks } from './ticks.js';
import { type TradeEvents, tradeEvents } from './trade-events.js';
import { tradeFlow } from './trade-flow.js';

const NONE = Number.NaN;
const OPEN = Date.UTC(2024, 0, 2, 14, 30);
const ticksOf = (rows: readonly (readonly [ms: number, price: number, size: number])[]): Ticks => ({
  asset: 'ES',
  times: Float64Array.from(rows, ([ms]) => OPEN + ms),
  prices: Float64Array.from(rows, ([, price]) => price),
  sizes: Float64Array.from(rows, ([, , size]) => size),
  source: 'test',
});

/** Prices that bounce within a tick of 0.25, and sometimes leave it: a frame of prices and sizes with a row a trade. */
function tape(count: number): Frame {
  const [turns, sizes] = [uniform(fold(key(7), 0), [count]).data, uniform(fold(key(7), 1), [count]).data];
  let [level, side] = [400, 0];
  const prices = Array.from(turns, (u) => {
    side = u < 0.45 ? 1 - side : side;
    level += u > 0.97 ? 1 : u > 0.94 ? -1 : 0;
    return 0.25 * (level + side);
  });
  const dates = Array.from({ length: count }, (_, k) => fromMinute(OPEN / 60_000 + k));
  const panel = (field: string, values: Iterable<number>): Panel => ({
    dates,
    assets: ['ES'],
    values: Float64Array.from(values),
    field,
    source: 'tape',
  });
  return frameOf([
    panel('close', prices),
    panel(
      'volume',
      Array.from(sizes, (u) => 1 + Math.floor(20 * u)),
    ),
  ]);
}

/** Features of the frame's rows as events, one a row, as they would be known there. */
const eventsOf = ({ dates, fields }: Frame): TradeEvents => ({
  asset: 'ES',
  times: Float64Array.from(dates, (date) => Date.parse(`${date}Z`)),
  prices: fields.close,
  volumes: fields.volume,
  trades: Float64Array.from(dates, () => 1),
  signs: tickRule(fields.close),
  source: 'tape',
});
const columnsOf = ({ dates }: Frame, data: Float64Array, names: readonly string[]): Panel => ({
  dates,
  assets: names,
  values: data,
  field: 'flow',
  source: 'tape',
});

describe('tickRule', () => {
  it.each<[what: string, prices: number[], signs: number[]]>([
    ['an uptick and a downtick', [100, 101, 100], [0, 1, -1]],
    ['zero ticks, which carry the sign of the last change, however many', [100, 101, 101, 101, 100, 100], [0, 1, 1, 1, -1, -1]],
    ['trades before the first change, whom nobody knows', [100, 100, 100, 99], [0, 0, 0, -1]],
    ['prices below zero', [-3, -2, -2, -5], [0, 1, 1, -1]],
    ['no trade, and one', [], []],
    ['one trade', [5], [0]],
  ])('signs %s (Lee & Ready 1991)', (_, prices, signs) => {
    expect([...tickRule(prices)]).toEqual(signs);
  });

  it('is the same for prices in another unit, and turns with the sign of prices', () => {
    const { close } = tape(300).fields;
    expect([...tickRule(close.map((p) => 3 * p + 7))]).toEqual([...tickRule(close)]);
    expect([...tickRule(close.map((p) => -p))]).toEqual([...tickRule(close)].map((sign) => -sign + 0));
  });

  it('refuses a price that is none', () => {
    expect(() => tickRule([1, NONE])).toThrow('tickRule: the price of trade 2 is NaN; leave out what is no trade');
  });
});

describe('tradeEvents', () => {
  it('joins trades of one time and one price, and nothing else', () => {
    const events = tradeEvents(
      ticksOf([
        [0, 100, 1],
        [0, 100, 2],
        [0, 101, 3],
        [5, 101, 4],
        [5, 101, 5],
        [5, 100, 6],
        [9, 100, 7],
      ]),
    );
    expect([...events.times].map((t) => t - OPEN)).toEqual([0, 0, 5, 5, 9]);
    expect([...events.prices]).toEqual([100, 101, 101, 100, 100]);
    expect([...events.volumes]).toEqual([3, 3, 9, 6, 7]);
    expect([...events.trades]).toEqual([2, 1, 2, 1, 1]);
    expect([...events.signs]).toEqual([0, 1, 1, -1, -1]);
    expect(() => tradeEvents(ticksOf([]))).toThrow('test: there is no tick');
  });
});

describe('inferredMid', () => {
  it('stands still while prices bounce, and moves with what leaves the band', () => {
    expect([...inferredMid([10, 10, 11, 10, 11, 12, 11, 10, 13], { tick: 1 })]).toEqual([
      NONE,
      NONE,
      10.5,
      10.5,
      10.5,
      11.5,
      11.5,
      10.5,
      12.5,
    ]);
    expect([...inferredMid([10, 9, 10, 8], { tick: 1 })]).toEqual([NONE, 9.5, 9.5, 8.5]);
  });

  it('takes a price that jumps for the near quote', () => {
    expect([...inferredMid([10, 14, 14.5, 12], { tick: 0.5 })]).toEqual([NONE, 13.75, 14.25, 12.25]);
  });

  it('refuses a tick and a price that are none', () => {
    expect(() => inferredMid([1], { tick: 0 })).toThrow('inferredMid: tick must be a finite number above 0, got 0');
    expect(() => inferredMid([1, NONE], { tick: 1 })).toThrow('inferredMid: the price of trade 2 is NaN');
  });
});

describe('nextMidChange', () => {
  const times = [0, 1, 2, 3, 4, 5, 6].map((ms) => OPEN + ms);
  const mids = [NONE, 1.5, 1.5, 2.5, 2.5, 1.5, 1.5];

  it('gives each event the next change, when it is known, and which it is', () => {
    const labels = nextMidChange(times, mids);
    expect([...labels.starts]).toEqual([1, 2, 3, 4]);
    expect([...labels.ends]).toEqual([3, 3, 5, 5]);
    expect([...labels.directions]).toEqual([1, 1, -1, -1]);
    expect([...labels.moves]).toEqual([1, 1, -1, -1]);
    expect([...labels.intervals]).toEqual([0, 0, 1, 1]);
    expect([labels.dates[0], labels.knownAt[0]]).toEqual(['2024-01-02T14:30:00.001000000Z', '2024-01-02T14:30:00.003000000Z']);
  });

  it('is of events that are over: of a prefix it gives those labels that are known there, and no other', () => {
    const { dates, fields } = tape(400);
    const at = dates.map((date) => Date.parse(`${date}Z`));
    const all = inferredMid(fields.close, { tick: 0.25 });
    const whole = nextMidChange(at, all);
    for (const length of [120, 250, 399]) {
      const part = nextMidChange(at.slice(0, length), all.slice(0, length));
      const known = [...whole.ends].filter((end) => end < length).length;
      expect(part.starts.length).toBe(known);
      expect([...part.directions]).toEqual([...whole.directions.slice(0, known)]);
    }
  });

  it('keeps the order of events of one millisecond: a label that ends later in it is not known at the earlier', () => {
    const at = [OPEN, OPEN + 5, OPEN + 5, OPEN + 5, OPEN + 6, OPEN + 7];
    const labels = nextMidChange(at, [1.5, 1.5, 1.5, 2.5, 2.5, 3.5]);
    expect(labels.dates.map((date) => date.slice(17))).toEqual([
      '00.000000000Z',
      '00.005000000Z',
      '00.005000001Z',
      '00.005000002Z',
      '00.006000000Z',
    ]);
    expect(labels.knownAt.slice(0, 3)).toEqual([labels.dates[3], labels.dates[3], labels.dates[3]]);
    // Tested from the second event on, nothing can be trained on: its label is open there, though its time is the same.
    expect(walkForward(labels.dates, { train: 1, test: 1, horizon: labels.knownAt })[0].test.start).toBe(3);
  });

  it('purges by the time of events: no label that is trained on is open when the test begins', () => {
    const { dates, fields } = tape(600);
    const labels = nextMidChange(
      dates.map((date) => Date.parse(`${date}Z`)),
      inferredMid(fields.close, { tick: 0.25 }),
    );
    const folds = walkForward(labels.dates, { train: 200, test: 100, horizon: labels.knownAt });
    expect(folds.length).toBeGreaterThan(2);
    for (const { train, test } of folds) {
      for (let i = train.start; i < train.end; i++) expect(labels.knownAt[i] <= labels.dates[test.start]).toBe(true);
      expect(labels.intervals[train.end - 1]).toBeLessThan(labels.intervals[test.start]); // no observation on both sides
    }
  });

  it.each<[what: string, times: number[], mids: number[], error: string]>([
    ['times and mids that differ in number', [1, 2], [1], 'nextMidChange: 2 times and 1 mids; each event has one of each'],
    ['times that fall', [2, 1], [1, 2], 'nextMidChange: the time of event 2 falls; sort the events by time'],
    ['a mid that stands still', [1, 2], [1, 1], 'nextMidChange: the mid of 2 events never changes; take a longer day'],
  ])('refuses %s', (_, t, m, error) => {
    expect(() => nextMidChange(t, m)).toThrow(error);
  });
});

describe('tradeFlow', () => {
  it('has the features that were worked by hand', () => {
    const events = tradeEvents(
      ticksOf([
        [0, 10, 2],
        [4, 11, 6],
        [4, 11, 2],
        [5, 10, 4],
        [9, 12, 1],
      ]),
    );
    const { x, names } = tradeFlow(events, { tick: 1, windows: [1, 3] });
    expect(names).toEqual(['sign', 'flow 1', 'flow 3', 'place', 'last move', 'age', 'wait', 'size', 'trades']);
    expect(x.shape).toEqual([4, 9]);
    const row = (e: number) => [...x.data.slice(9 * e, 9 * e + 9)];
    expect(row(0)).toEqual([0, 0, 0, 0, 0, Math.log(2), 0, Math.log(2), 0]);
    expect(row(1)).toEqual([1, 1, 8 / 10, 1, 0, Math.log(3), Math.log(5), Math.log(8), Math.log(2)]);
    expect(row(2)).toEqual([-1, -1, (8 - 4) / 14, -1, 0, Math.log(4), Math.log(2), Math.log(4), 0]);
    expect(row(3)).toEqual([1, 1, (8 - 4 + 1) / 13, 1, 1, 0, Math.log(5), 0, 0]); // the band moved from [10, 11] to [11, 12]
  });

  it.each<[what: string, pipeline: (frame: Frame) => Panel]>([
    [
      'tradeFlow',
      (frame) => {
        const { x, names } = tradeFlow(eventsOf(frame), { tick: 0.25 });
        return columnsOf(frame, x.data, names);
      },
    ],
    ['inferredMid', (frame) => columnsOf(frame, inferredMid(frame.fields.close, { tick: 0.25 }), ['mid'])],
    ['tickRule', (frame) => columnsOf(frame, Float64Array.from(tickRule(frame.fields.close)), ['sign'])],
  ])('%s does not look ahead', async (_, pipeline) => {
    await assertNoLookahead(pipeline, tape(240), { cuts: 6, changes: ['truncate', 'shock', 'flip signs'] });
  });

  it('refuses a window of no events', () => {
    expect(() => tradeFlow(eventsOf(tape(9)), { tick: 0.25, windows: [0] })).toThrow(
      'tradeFlow: windows must be a whole number from 1 up, got 0',
    );
  });
});
