import { computeFeatures, features, forwardLogReturn, forwardVolatility, listDatasets, loadPanel, type Panel } from '../../market/index.js';
import type { MarketRunConfig } from './config.js';
import { unknownName } from './faults.js';
import type { ReadConfig } from './read-config.js';

/** A volatility below this, a year, is a price that did not move: its logarithm says nothing. */
const STILL = 0.01;

/**
 * The prices of a run, from their first day on, for features look back, and up to its last.
 *
 * @throws naming the line of a dataset or an asset that is not there, or of dates that it does not reach
 */
export async function pricesOf({ config: { data }, fail }: ReadConfig): Promise<Panel> {
  const { panel, assets, from, to } = data;
  const there = await listDatasets();
  const kept = there.find(({ name }) => name === panel);
  if (!kept)
    throw fail(
      ['data', 'panel'],
      `${unknownName(
        'the store has no dataset',
        panel,
        there.filter(({ kind }) => kind !== 'series').map(({ name }) => name),
      )}; fetch the default data with: lemmata data update`,
    );
  if (kept.kind !== 'prices')
    throw fail(
      ['data', 'panel'],
      `data.panel is ${panel}, ${kept.kind} of one asset; allowed: prices of several assets, as skfolio/sp500-stocks`,
    );
  assets?.forEach((name, i) => {
    if (!kept.columns.includes(name)) throw fail(['data', 'assets', i], unknownName(`${panel} has no asset`, name, kept.columns));
  });
  if (from < kept.first || from > kept.last)
    throw fail(['data', 'from'], `data.from is ${from}; allowed: ${kept.first} to ${kept.last}, the days of ${panel}`);
  if (to > kept.last) throw fail(['data', 'to'], `data.to is ${to}; allowed: until ${kept.last}, the last day of ${panel}`);
  return loadPanel(panel, { to, ...(assets && { assets }) });
}

/**
 * Features [days, N], one after the other.
 *
 * @throws naming the line of one that there is not, or that these prices do not have
 */
export function columnsOf({ config: { data }, fail }: ReadConfig, prices: Panel): Float64Array[] {
  const known = features().map(({ name }) => name);
  return data.features.map((name, i) => {
    const path = ['data', 'features', i];
    if (!known.includes(name)) {
      const stem = name.split('-')[0];
      const alike = known.filter((other) => other.startsWith(stem));
      throw fail(path, unknownName('there is no feature', name, alike.length > 0 ? alike : known));
    }
    try {
      return computeFeatures(prices, [name]).column(name);
    } catch (error) {
      throw fail(path, `${(error as Error).message}; take another feature`);
    }
  });
}

/** What is forecast at each row [days, N]: NaN where it is not known. */
export function answersOf(prices: Panel, { what, days }: MarketRunConfig['forecast']): Float64Array {
  if (what === 'return') return forwardLogReturn(prices, days).values;
  return forwardVolatility(prices, days).values.map((v) => Math.log(Math.max(v, STILL)));
}
