import { describe, expect, it } from 'vitest';
import { panelOf } from '../../../tests/support/panels.js';
import { withActions } from './actions.js';
import { frameOf } from './frame.js';
import { joinFrames } from './join-frames.js';

const { NaN: missing } = Number;
const panel = (asset: string, values: number[], field = 'close') =>
  panelOf(
    [asset],
    values.map((value) => [value]),
    { field, source: asset },
  );
const VIX = { VIX: { values: Float64Array.of(20), knownAt: ['2020-01-02'] } };
const A = frameOf([panel('A', [1, 2, 3]), panel('A', [4, 5, 6], 'open')], { series: VIX, listed: Uint8Array.of(1, 1, 0) });
const B = frameOf({ ...panel('B', [7, 8]), dates: ['2020-01-03', '2020-01-06'], adjusted: 'splits' });

describe('joinFrames', () => {
  it('puts assets side by side with their series, and lists who was listed', () => {
    const joined = joinFrames([A, B], { join: 'inner' });
    expect(joined).toMatchObject({ dates: ['2020-01-03', '2020-01-06'], assets: ['A', 'B'], source: 'A + B', series: VIX });
    expect([...joined.fields.close]).toEqual([2, 7, missing, 8]);
    expect([...joined.listed!]).toEqual([1, 1, 0, 1]);
    expect([Object.keys(joined.fields), joined.adjusted]).toEqual([['close'], undefined]);
  });

  it('keeps every date where it is asked to, on which who has no row is not listed', () => {
    const joined = joinFrames([A, B], { join: 'outer' });
    expect([...joined.fields.close]).toEqual([1, missing, 2, 7, missing, 8]);
    expect([...joined.listed!]).toEqual([1, 0, 1, 1, 0, 1]);
  });

  it('lists all where no frame says otherwise, and keeps what both are adjusted for', () => {
    const other = frameOf({ ...panel('C', [1, 1]), dates: B.dates, adjusted: 'splits' });
    const joined = joinFrames([B, other], { fields: ['close'] });
    expect([joined.listed, joined.adjusted]).toEqual([undefined, { close: 'splits' }]);
  });

  const long = (asset: string, rows: readonly number[]) => {
    const all = panelOf(
      [asset],
      Array.from({ length: 20 }, (_, t) => [t + 1]),
      { source: asset },
    );
    return { ...all, dates: rows.map((t) => all.dates[t]), values: Float64Array.from(rows, (t) => t + 1) };
  };
  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
  const ALL = frameOf(long('ALL', range(0, 20)));
  const listedOf = (frame: ReturnType<typeof frameOf>) => Array.from({ length: 20 }, (_, t) => frame.listed?.[2 * t + 1]);

  it('lists who ends before the others to the last row, over gaps, and to the end where a week or less is missing', () => {
    const gap = [...range(2, 6), ...range(9, 12)];
    const ended = joinFrames([ALL, frameOf(long('END', gap))], { join: 'outer' });
    expect(listedOf(ended)).toEqual([...range(0, 20)].map((t) => Number(t >= 2 && t < 12)));
    expect(joinFrames([ALL, frameOf(long('END', range(0, 15)))], { join: 'outer' }).listed).toBeUndefined();
    const told = frameOf(long('END', gap), { listed: Uint8Array.of(1, 1, 1, 1, 1, 1, 0) });
    expect(listedOf(joinFrames([ALL, told], { join: 'outer' }))).toEqual([...range(0, 20)].map((t) => Number(t >= 2 && t < 11)));
  });

  it('fills dates that a frame lacks with no split and no dividend', () => {
    const rows = [...range(0, 6), ...range(9, 20)];
    const gap = withActions(frameOf(long('GAP', rows)), [{ asset: 'GAP', exDate: long('GAP', [10]).dates[0], split: 1.1 }]);
    const { fields } = joinFrames([withActions(ALL, []), gap], { join: 'outer' });
    expect([...fields.split].filter((_, i) => i % 2 === 1)).toEqual(range(0, 20).map((t) => (t === 10 ? 1.1 : 1)));
    expect([...fields.dividend].every((paid) => paid === 0)).toBe(true);
  });

  it('takes the common dates unless they leave out a tenth of the longest, or it is told to', () => {
    expect(joinFrames([ALL, frameOf(long('END', range(0, 18)))]).dates).toHaveLength(18);
    expect(() => joinFrames([ALL, frameOf(long('LATE', range(3, 20)))])).toThrow(
      `joinFrames: LATE (LATE) begins on ${ALL.dates[3]}, so the dates that all have leave out 3 of the 20 rows of ALL; keep them by join: 'outer'`,
    );
    expect(() => joinFrames([frameOf(long('END', range(0, 17))), ALL])).toThrow(`END (END) ends on ${ALL.dates[16]}`);
    expect(joinFrames([ALL, frameOf(long('END', range(0, 17)))], { join: 'inner' }).dates).toHaveLength(17);
  });

  it.each<[string, () => unknown, string]>([
    ['nothing', () => joinFrames([]), 'joinFrames needs a frame or more: got none'],
    ['an asset twice', () => joinFrames([A, A]), "asset 'A' occurs twice"],
    [
      'another series of the same name',
      () => joinFrames([A, { ...B, series: { VIX: { ...VIX.VIX } } }], { join: 'inner' }),
      'joinFrames: two series are called VIX, one of them in B',
    ],
    ['a field that one lacks', () => joinFrames([A, B], { fields: ['open'] }), 'B has no open: it has close'],
    ['a join that is none', () => joinFrames([A, B], { join: 'left' as 'inner' }), "joinFrames: join must be inner or outer, got 'left'"],
  ])('refuses %s', (_, f, message) => expect(f).toThrow(message));
});
