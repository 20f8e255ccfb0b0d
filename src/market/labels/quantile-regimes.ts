import { checkNumber, checkOptions } from '../../base/internal.js';
import { quantileOf } from '../../linalg/internal.js';
import { mapValues, type Panel } from '../panel/panel.js';
import { type RowChoice, rangesOf, rowNumbers } from '../splits/fold.js';

/** Thresholds between regimes that were learnt of training rows, for any rows of the same assets. */
export interface QuantileRegimes {
  /** by asset, ascending; of annualised volatility `0.12` is 12 % a year */
  readonly thresholds: ReadonlyMap<string, readonly number[]>;
  /** The number of each value's regime, 0 for the lowest; NaN where the value is missing. Throws on an asset that was not trained on. */
  apply(panel: Panel): Panel;
}

/**
 * Regimes of volatility, or of anything else, between quantiles of the training rows of each asset: calm, usual and restless for thirds.
 *
 *     const label = forwardVolatility(prices, 20);
 *     const regimes = fitQuantileRegimes(label, fold.train);        regimes.apply(label)
 *
 * Thresholds of the whole history would tell the past how restless the future is. A label of training may reach into the test, so take the
 * rows of a fold that is purged by its horizon.
 *
 * @param panel      [T, N]
 * @param rows       the rows to train on; missing values among them do not count
 * @param quantiles  ascending, ⅓ and ⅔ unless told; interpolated between order statistics
 * @throws           when a quantile is not between 0 and 1, they do not ascend, a row is not there, or an asset has fewer values than there are regimes
 */
export function fitQuantileRegimes(
  panel: Panel,
  rows: RowChoice,
  options: { readonly quantiles?: readonly number[] } = {},
): QuantileRegimes {
  checkOptions('fitQuantileRegimes', options, ['quantiles']);
  const { quantiles = [1 / 3, 2 / 3] } = options;
  for (const [i, q] of quantiles.entries())
    checkNumber('fitQuantileRegimes', 'quantiles', q, { above: quantiles[i - 1] ?? 0, below: 1 }, 'they ascend');
  const N = panel.assets.length;
  const chosen = rowNumbers(rangesOf('fitQuantileRegimes: the choice', rows, panel.dates.length));
  const thresholds = new Map(
    panel.assets.map((asset, n) => {
      const seen = Float64Array.from(chosen, (t) => panel.values[t * N + n])
        .filter((value) => !Number.isNaN(value))
        .sort();
      if (seen.length <= quantiles.length)
        throw new Error(
          `fitQuantileRegimes: '${asset}' has ${seen.length} values of ${panel.field} in the ${chosen.length} training rows, and ${quantiles.length + 1} regimes ` +
            'need as many at least; train on more rows or leave it out',
        );
      return [asset, quantiles.map((q) => quantileOf(seen, q))];
    }),
  );
  return {
    thresholds,
    apply(later) {
      const bounds = later.assets.map((asset) => {
        const own = thresholds.get(asset);
        if (!own)
          throw new Error(`fitQuantileRegimes: no thresholds of '${asset}': they were fitted to ${[...thresholds.keys()].join(', ')}`);
        return own;
      });
      return mapValues(later, `${later.field}Regime`, (value, _, n) =>
        Number.isNaN(value) ? value : bounds[n].filter((bound) => value > bound).length,
      );
    },
  };
}
