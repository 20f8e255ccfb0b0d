import * as dfd from 'danfojs-node';
import { describe, expect, it } from 'vitest';
import { panelOf } from '../../../tests/support/panels.js';
import { fromDataFrame, toDataFrame } from './data-frame.js';

const { NaN: missing } = Number;
// A name that looks like a number would go to the front of an object, and 1/3 loses digits in float32.
const PANEL = panelOf(
  ['MKT', '600519', 'A'],
  [
    [1 / 3, missing, 3],
    [4, 5e-9, missing],
    [missing, 8, 9],
  ],
  { field: 'yield' },
);

describe('toDataFrame and fromDataFrame, with danfojs', () => {
  it('bring a panel back to the last bit: order, dates, missing values', () => {
    const frame = toDataFrame(dfd, PANEL);
    expect(frame).toBeInstanceOf(dfd.DataFrame);
    expect([frame.columns, frame.index]).toEqual([['MKT', '600519', 'A'], PANEL.dates]);
    expect(frame.isNa().sum({ axis: 0 }).values).toEqual([1, 1, 1]); // danfojs sees them as missing
    expect(fromDataFrame(frame, { field: 'yield', source: 'test' })).toEqual(PANEL);
  });

  it('read what danfojs made of it', () => {
    const frame = toDataFrame(
      dfd,
      panelOf(
        ['A', 'B'],
        [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
      ),
    ) as dfd.DataFrame;
    frame.addColumn('spread', frame.column('B').sub(frame.column('A')) as dfd.Series, { inplace: true });
    const panel = fromDataFrame(frame.iloc({ rows: ['1:3'] }), { field: 'level', source: 'test' });
    expect(panel.assets).toEqual(['A', 'B', 'spread']);
    expect([...panel.values]).toEqual([3, 4, 1, 5, 6, 1]);
    expect(panel.dates).toEqual(['2020-01-03', '2020-01-06']);
  });

  it('take dates from a column, as text or Date', () => {
    const columns = ['day', 'A'];
    const days = ['2020-01-02', new Date(Date.UTC(2020, 0, 3))];
    const panel = fromDataFrame(
      {
        columns,
        index: [0, 1],
        values: [
          [days[0], null],
          [days[1], 2],
        ],
      },
      { dates: 'day', field: 'close', source: 'mine' },
    );
    expect(panel).toEqual({
      dates: ['2020-01-02', '2020-01-03'],
      assets: ['A'],
      values: Float64Array.of(missing, 2),
      field: 'close',
      source: 'mine',
    });
  });

  it.each<[string, () => unknown, string]>([
    ['an index of row numbers', () => read([[1]], [0]), "fromDataFrame, mine: '0' is not a date; write it as YYYY-MM-DD"],
    ['days that go back', () => read([[1], [2]], ['2020-01-03', '2020-01-02']), '2020-01-02 follows 2020-01-03; sort by date'],
    ['a text', () => read([['1,5']], ['2020-01-03']), '\'A\' on 2020-01-03 is "1,5", no number; drop or convert the column'],
    [
      'no such column',
      () => fromDataFrame({ columns: ['A'], index: [0], values: [[1]] }, { dates: 'Date', field: 'x', source: 'mine' }),
      "there is no column 'Date'; the columns are A",
    ],
  ])('refuse %s', (_, f, message) => expect(f).toThrow(message));
});

const read = (values: unknown[][], index: (string | number)[]) =>
  fromDataFrame({ columns: ['A'], index, values }, { field: 'x', source: 'mine' });
