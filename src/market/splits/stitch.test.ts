import { describe, expect, it } from 'vitest';
import { panelOf } from '../../../tests/support/panels.js';
import { rowNumbers } from './fold.js';
import { combinatorialPurged } from './purged.js';
import { stitch } from './stitch.js';

const empty = panelOf(['A', 'B'], new Array(60).fill([Number.NaN, Number.NaN]), { field: 'forecast' });
const cut = combinatorialPurged(empty.dates, { groups: 6, tested: 2, horizon: 2 });
/** Each fold says its own number of A and that and a half of B, on the rows that it tests. */
const forecasts = cut.folds.map(({ test }, fold) => {
  const values = empty.values.slice();
  for (const t of rowNumbers(test)) values.set([fold, fold + 0.5], 2 * t);
  return { ...empty, values };
});

describe('stitch', () => {
  it('takes each group of a path from the fold that figure 12.1 of López de Prado 2018 has there', () => {
    const byGroup = stitch(cut, forecasts).map(({ values }) => Array.from({ length: 6 }, (_, g) => 1 + values[2 * (10 * g + 9)]));
    expect(byGroup).toEqual([
      [1, 1, 2, 3, 4, 5],
      [2, 6, 6, 7, 8, 9],
      [3, 7, 10, 10, 11, 12],
      [4, 8, 11, 13, 13, 14],
      [5, 9, 12, 14, 15, 15],
    ]);
  });

  it('fills every row, and keeps what a panel is', () => {
    for (const path of stitch(cut, forecasts)) {
      expect(path).toMatchObject({ field: 'forecast', source: 'test', dates: empty.dates, assets: ['A', 'B'] });
      for (let t = 0; t < 60; t++) expect(path.values[2 * t + 1]).toBe(path.values[2 * t] + 0.5);
    }
  });

  it('reads nothing outside what a fold tests', () => {
    const noisy = forecasts.map((panel) => ({ ...panel, values: panel.values.map((value) => (Number.isNaN(value) ? 1e9 : value)) }));
    expect(stitch(cut, noisy)).toEqual(stitch(cut, forecasts));
  });

  it.each<[string, () => unknown, string]>([
    ['a panel for each path', () => stitch(cut, forecasts.slice(0, 5)), 'stitch: there are 15 folds and 5 panels'],
    [
      'folds in another order',
      () => stitch(cut, forecasts.toReversed()),
      `stitch: fold 0 tests ${empty.dates[0]} … ${empty.dates[9]} and has no value there; are the panels in the order of the folds?`,
    ],
    [
      'forecasts of tested rows alone',
      () =>
        stitch(
          cut,
          forecasts.map((panel) => ({ ...panel, dates: panel.dates.slice(0, 20), values: panel.values.slice(0, 40) })),
        ),
      'stitch: fold 0 has 20 dates, and 60 were cut',
    ],
    [
      'other assets',
      () => stitch(cut, forecasts.with(3, { ...forecasts[3], assets: ['A', 'C'] })),
      'stitch: the assets of fold 3 are others than those of fold 0',
    ],
  ])('refuses %s', (_, f, message) => expect(f).toThrow(message));
});
