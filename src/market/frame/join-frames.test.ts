import { describe, expect, it } from 'vitest';
import { panelOf } from '../../../tests/support/panels.js';
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
    const joined = joinFrames([A, B]);
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

  it.each<[string, () => unknown, string]>([
    ['nothing', () => joinFrames([]), 'joinFrames needs a frame or more: got none'],
    ['an asset twice', () => joinFrames([A, A]), "asset 'A' occurs twice"],
    [
      'another series of the same name',
      () => joinFrames([A, { ...B, series: { VIX: { ...VIX.VIX } } }]),
      'joinFrames: two series are called VIX, one of them in B',
    ],
    ['a field that one lacks', () => joinFrames([A, B], { fields: ['open'] }), 'B has no open: it has close'],
    ['a join that is none', () => joinFrames([A, B], { join: 'left' as 'inner' }), "joinFrames: join must be inner or outer, got 'left'"],
  ])('refuses %s', (_, f, message) => expect(f).toThrow(message));
});
