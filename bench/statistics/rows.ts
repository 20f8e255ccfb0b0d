import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crossSectionalRank, frameOf, loadPanel, readCsv, rollingStandardDeviation } from '../../src/market/index.js';
import { design, lassoPath, linearRegression, logisticRegression, neweyWest, ridgePath } from '../../src/stats/index.js';
import { backtest, proportional } from '../../src/trade/index.js';
import { type Data, PRICES } from './data.js';

/** A computation that both sides make of the same numbers. */
export interface StatisticsRow {
  /** Its name in `bench/peers/statistics_peer.py`. */
  readonly id: string;
  readonly title: string;
  readonly peer: 'pandas' | 'statsmodels' | 'scikit-learn' | 'vectorbt';
  /** Our time over the peer's, at most. */
  readonly goal: number;
  /** The computation, and one number of its result, which the peer's must equal. */
  run(data: Data): number | Promise<number>;
}

/** As scikit-learn is asked in the peer. */
const PENALTIES = Array.from({ length: 57 }, (_, i) => 10 ** (i / 8));

const folder = fileURLToPath(new URL('../../build/bench', import.meta.url));

export const statisticsRows: readonly StatisticsRow[] = [
  {
    id: 'load',
    title: 'prices [8312, 20] from the store, against read_parquet of its file',
    peer: 'pandas',
    goal: 1.5,
    run: async () => (await loadPanel(PRICES)).values.at(-20)!,
  },
  {
    id: 'csv',
    title: 'prices [8312, 20] from CSV, dates and values checked',
    peer: 'pandas',
    goal: 1,
    run: async () => (await readCsv(join(folder, 'prices.csv'))).columns.get('A0')!.at(-1)!,
  },
  {
    id: 'rolling',
    title: 'rolling standard deviation, 252 rows of [8312, 20]',
    peer: 'pandas',
    goal: 0.5,
    run: ({ returns }) => rollingStandardDeviation(returns, 252).values.at(-returns.assets.length)!,
  },
  {
    id: 'rank',
    title: 'ranks across assets [8312, 20]',
    peer: 'pandas',
    goal: 1,
    run: ({ returns }) => crossSectionalRank(returns).values.at(-returns.assets.length)!,
  },
  {
    id: 'ols',
    title: 'least squares [166240, 11]',
    peer: 'statsmodels',
    goal: 1,
    run: ({ x, y }) => linearRegression(design(x), y).standardErrors[1],
  },
  {
    id: 'hac',
    title: 'least squares with Newey–West errors of 20 lags [166240, 11]',
    peer: 'statsmodels',
    goal: 1,
    run: ({ x, y }) => {
      const fit = linearRegression(design(x), y);
      return neweyWest(fit, { lags: 20 }).standardErrors[1] + fit.coefficients[1];
    },
  },
  {
    id: 'logit',
    title: 'logistic regression [166240, 11]',
    peer: 'statsmodels',
    goal: 1,
    run: ({ x, labels }) => {
      const { coefficients, standardErrors } = logisticRegression(design(x), labels);
      return coefficients[1] + standardErrors[1];
    },
  },
  {
    id: 'lasso',
    title: 'lasso path, 100 penalties [166240, 10]',
    peer: 'scikit-learn',
    goal: 3,
    run: ({ x, y }) => lassoPath(x, y)[99].coefficients[0],
  },
  {
    id: 'ridge',
    title: 'ridge path, 57 penalties and the best by leave-one-out errors [166240, 10]',
    peer: 'scikit-learn',
    goal: 1.5,
    run: ({ x, y }) => ridgePath(x, y, { lambdas: PENALTIES }).byPress.coefficients[0],
  },
  {
    id: 'backtest',
    title: 'backtest of weights [8312, 20] that change on each date, with fees: equity',
    peer: 'vectorbt',
    goal: 1,
    run: ({ prices, weights }) => {
      const { equity } = backtest({ weights, prices: frameOf(prices), execution: 'nextClose', costs: proportional(0.0005) });
      return equity.at(-1)!;
    },
  },
];
