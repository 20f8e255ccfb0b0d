import type { Panel } from '../panel/panel.js';
import type { CombinatorialFolds, PathPart } from './purged.js';

/**
 * The paths of a combinatorial cross-validation: each group's values are those of the fold that forecasts it there, so that every path is one
 * history of values that no training saw.
 *
 *     const cut = combinatorialPurged(dates, { groups: 6, tested: 2, horizon: 5 });
 *     const forecasts = cut.folds.map(({ train, test }) => { … return unstack(predict(model, x), tested, 'forecast'); });
 *     const ratios = stitch(cut, forecasts).map((path) => {                                        5 Sharpe ratios
 *       const weights = topWeights(path, { count: 5 });
 *       return sharpe(backtest({ weights, prices, execution: 'nextClose', costs })).annual;
 *     });
 *
 * How far the ratios of paths lie apart is what the choice of training rows does. It is no standard error: all paths live through the same prices,
 * and of them `sharpe` has the error of each.
 *
 * @param cut     as `combinatorialPurged` gives it, of T dates
 * @param values  a panel [T, N] for each fold, forecasts or weights, of which only the rows that it tests count
 * @returns       a panel [T, N] for each path
 * @throws        when there is not one panel a fold, dates or assets differ, or a fold has no value in a group that it tests
 *
 * López de Prado 2018, ch. 12.
 */
export function stitch({ folds, paths }: CombinatorialFolds, values: readonly Panel[]): Panel[] {
  if (values.length !== folds.length)
    throw new Error(`stitch: there are ${folds.length} folds and ${values.length} panels; give what each fold forecasts, in their order`);
  const T = paths[0].at(-1)!.rows.end;
  const [first] = values;
  for (const [k, panel] of values.entries()) {
    for (const axis of ['dates', 'assets'] as const) {
      const at = first[axis].findIndex((name, i) => name !== panel[axis][i]);
      if (at >= 0 || first[axis].length !== panel[axis].length)
        throw new Error(
          `stitch: the ${axis} of fold ${k} are others than those of fold 0; forecast all folds on the same, as unstack does`,
        );
    }
    if (panel.dates.length !== T)
      throw new Error(
        `stitch: fold ${k} has ${panel.dates.length} dates, and ${T} were cut; give its forecasts a row for each, NaN where it does not test`,
      );
  }
  const N = first.assets.length;
  return paths.map((path) => {
    const whole = new Float64Array(T * N);
    for (const part of path) whole.set(rowsOfPart(part, values[part.fold]), part.rows.start * N);
    return { ...first, values: whole };
  });
}

function rowsOfPart({ rows, fold }: PathPart, { values, dates, assets }: Panel): Float64Array {
  const own = values.subarray(rows.start * assets.length, rows.end * assets.length);
  if (!own.every(Number.isNaN)) return own;
  throw new Error(
    `stitch: fold ${fold} tests ${dates[rows.start]} … ${dates[rows.end - 1]} and has no value there; are the panels in the order of the folds?`,
  );
}
