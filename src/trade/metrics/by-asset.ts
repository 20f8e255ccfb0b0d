import { type Panel, seriesOf } from '../../market/index.js';
import type { DatedReturns } from './returns.js';

/**
 * One metric of each asset of a table of returns, column by column.
 *
 *     byAsset(simpleReturns(prices), (returns) => expectedShortfall(returns).value)        { AAPL: -0.052, KO: -0.029 }
 *
 * Rows before an asset's first return and after its last are left out, as of one that was listed late; a gap between them is an error of the metric.
 *
 * @param returns  [T, N]
 * @throws         what the metric throws, with the asset's name before it
 */
export function byAsset<M>(returns: Panel, metric: (returns: DatedReturns) => M): Record<string, M> {
  return Object.fromEntries(
    returns.assets.map((asset) => {
      const values = seriesOf(returns, asset);
      const known = (value: number) => !Number.isNaN(value);
      const [first, end] = [values.findIndex(known), values.findLastIndex(known) + 1];
      try {
        return [asset, metric({ dates: returns.dates.slice(Math.max(first, 0), end), returns: values.slice(Math.max(first, 0), end) })];
      } catch (cause) {
        throw new Error(`${asset}: ${(cause as Error).message}`, { cause });
      }
    }),
  );
}
