import * as dfd from 'danfojs-node';
import { describe, expect, it } from 'vitest';
import { panelOf } from '../../../tests/support/panels.js';
import { frameFromDataFrame, frameToDataFrame } from './data-frame.js';
import { frameOf } from './frame.js';

const { NaN: missing } = Number;
const close = panelOf(
  ['BRK B', 'A'],
  [
    [1 / 3, missing],
    [3, 4],
  ],
);
const FRAME = frameOf([close, { ...close, field: 'volume', values: close.values.map((x) => 100 * x) }]);
const reading = { assets: close.assets, source: 'test' };

describe('frameToDataFrame and frameFromDataFrame, with danfojs', () => {
  it('bring a frame back to the last bit', () => {
    const frame = frameToDataFrame(dfd, FRAME);
    expect(frame).toBeInstanceOf(dfd.DataFrame);
    expect([frame.columns, frame.index]).toEqual([['close BRK B', 'close A', 'volume BRK B', 'volume A'], FRAME.dates]);
    expect(frameFromDataFrame(frame, reading)).toEqual(FRAME);
  });

  it('name the columns of one asset by its fields', () => {
    const one = frameOf([panelOf(['A'], [[1], [2]]), panelOf(['A'], [[3], [4]], { field: 'open' })]);
    const frame = frameToDataFrame(dfd, one) as dfd.DataFrame;
    expect(frame.columns).toEqual(['close', 'open']);
    frame.addColumn('range', frame.column('open').sub(frame.column('close')) as dfd.Series, { inplace: true });
    expect([...frameFromDataFrame(frame, { assets: ['A'], source: 'test' }).fields.range]).toEqual([2, 2]);
  });

  it('have nothing of an asset where it is not listed', () => {
    const listed = Uint8Array.of(1, 1, 0, 1);
    const { values } = frameToDataFrame(dfd, { ...FRAME, listed }) as dfd.DataFrame;
    expect((values as number[][])[1]).toEqual([missing, 4, missing, 400]);
  });

  it.each<[string, () => unknown, string]>([
    [
      'columns of other assets',
      () =>
        frameFromDataFrame(
          { columns: ['close B', 'close C'], index: ['2020-01-02'], values: [[1, 2]] },
          { assets: ['A', 'D'], source: 'mine' },
        ),
      "frameFromDataFrame, mine: no column is a field of A, D: they are close B, close C; name them as in 'close A'",
    ],
    [
      'a field that one asset lacks',
      () =>
        frameFromDataFrame(
          { columns: ['close A', 'close B', 'open A'], index: ['2020-01-02'], values: [[1, 2, 3]] },
          { assets: ['A', 'B'], source: 'mine' },
        ),
      "'B' has no open, which others have; add the column 'open B', or leave open out",
    ],
  ])('refuse %s', (_, f, message) => expect(f).toThrow(message));
});
