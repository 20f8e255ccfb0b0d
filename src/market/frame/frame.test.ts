import { describe, expect, it } from 'vitest';
import { panelOf } from '../../../tests/support/panels.js';
import { crossSectionalRank } from '../features/cross-section.js';
import { simpleReturns } from '../panel/returns.js';
import { asKnown, fieldOf, frameOf, selectFrame, withUniverse } from './frame.js';

const rows = [
  [1, 2],
  [3, 4],
  [5, 6],
];
const close = panelOf(['A', 'B'], rows);
const volume = { ...close, field: 'volume', values: close.values.map((x) => 100 * x) };
const { NaN: missing } = Number;

describe('frame', () => {
  it('holds panels by their fields, and gives them back', () => {
    const frame = frameOf([close, volume]);
    expect(fieldOf(frame, 'volume')).toEqual(volume);
    expect(fieldOf(frameOf(close), 'close').values).toBe(close.values);
  });

  it('is selected with all that it holds', () => {
    const listed = Uint8Array.of(1, 0, 1, 0, 1, 1);
    const part = selectFrame(frameOf([close, volume], { listed }), { from: close.dates[1], assets: ['B'] });
    expect(part).toMatchObject({ dates: close.dates.slice(1), assets: ['B'], listed: Uint8Array.of(0, 1) });
    expect([...part.fields.volume]).toEqual([missing, 600]);
  });

  it('has nothing of an asset where it is not listed, or not in the universe', () => {
    const listed = Uint8Array.of(1, 1, 0, 1, 1, 1);
    const frame = frameOf([close, volume], { listed });
    expect([...fieldOf(frame, 'close').values]).toEqual([1, 2, missing, 4, 5, 6]);
    const liquid = withUniverse(
      frame,
      Uint8Array.from(close.values, (price) => (price > 1 ? 1 : 0)),
    );
    expect([...liquid.listed!]).toEqual([0, 1, 0, 1, 1, 1]);
    expect([...simpleReturns(fieldOf(liquid, 'close')).values]).toEqual([missing, 1, missing, 0.5]);
    expect([...crossSectionalRank(fieldOf(liquid, 'volume')).values]).toEqual([missing, 1, missing, 1, 0.5, 1]);
    expect([...fieldOf({ ...frameOf(close), listed }, 'close').values]).toEqual([...frame.fields.close]); // however the frame was made
  });

  it('knows of a series what was published by the close, the latest revision, and nothing before', () => {
    const inflation = { values: Float64Array.of(2, 3, 4), knownAt: ['2020-01-03', '2020-01-03', '2020-01-20'] };
    expect([...asKnown(inflation, ['2020-01-02', '2020-01-03', '2020-01-06', '2020-01-21'])]).toEqual([missing, 3, 3, 4]);
  });

  it.each<[string, () => unknown, string]>([
    ['no panel', () => frameOf([]), 'frameOf needs a panel or more: got none'],
    ['a field twice', () => frameOf([close, close]), 'two panels hold close'],
    ['other dates', () => frameOf([close, { ...volume, dates: ['a', 'b', 'c'] }]), 'close has 3 dates from 2020-01-02 and 2 assets from A'],
    ['a length that does not fit', () => frameOf({ ...close, values: new Float64Array(5) }), 'test: close has 5 values'],
    ['dates that go back', () => frameOf({ ...close, dates: ['2020-01-03', '2020-01-02', '2020-01-06'] }), 'dates must ascend'],
    ['a universe of another size', () => withUniverse(frameOf(close), new Uint8Array(3)), 'and the universe 3 entries'],
    [
      'a universe of numbers',
      () => withUniverse(frameOf(close), new Uint8Array(6).fill(7)),
      'withUniverse: entry 0 is 7; 1 is in the universe',
    ],
    ['a field that is not there', () => fieldOf(frameOf(close), 'high'), 'test has no high: it has close'],
    [
      'a series out of order',
      () => frameOf(close, { series: { VIX: { values: new Float64Array(2), knownAt: ['2020-01-03', '2020-01-02'] } } }),
      'series VIX was known on 2020-01-03 and then on 2020-01-02',
    ],
  ])('refuses %s', (_, f, message) => expect(f).toThrow(message));
});
