import { checkNumber, checkOneOf, checkOptions, once } from '../../base/internal.js';
import type { Frame, Panel } from '../../market/index.js';
import { type Cost, chargesOf } from '../costs/cost.js';
import { type Account, inMoney, openAccount, returnsOf } from './account.js';
import { type Decisions, decisionsOf, type Limits } from './decisions.js';
import { marketOf } from './market.js';
import { type Fill, fillsOf, roomFor } from './outcome.js';
import { simulate } from './run.js';

/** What is traded, on which prices, at which cost. */
export interface BacktestConfig {
  /** fractions of equity by date and asset, known at the close of their date, or a function that decides them; what they leave is cash */
  readonly weights: Panel | Decisions;
  /** `close`, or `adjClose` where there is none; `open` for `nextOpen`; with `split` and `dividend` by ex-date, and who was `listed`, where it has them */
  readonly prices: Frame;
  /** the price of a trade: the open or the close of the row after the one whose close decided */
  readonly execution: 'nextOpen' | 'nextClose';
  /** none unless told */
  readonly costs?: Cost;
  /** what weights are held to; a gross exposure of 1 unless told */
  readonly limits?: Limits;
  /** return from the last price to what the holder of a delisted asset gets: `-0.3` is a loss of 30 %. Needed where one is held */
  readonly delisting?: number;
  /** cash at the start, in money; 1,000,000 unless told */
  readonly capital?: number;
  /** step of prices, to which they are rounded; 0.0001 unless told */
  readonly tick?: number;
  /** step of positions in shares; 0.001 unless told, 1 for whole shares */
  readonly lot?: number;
  /** a run that this one goes on from, with its cash, positions and waiting orders; `capital`, `tick` and `lot` are its own */
  readonly after?: Backtest;
}

/**
 * What became of an account, row by row from the first that can trade. Money is in the currency of the prices.
 *
 * Three numbers speak of trading: what was `requested`, what was `executed`, and the `turnover` between the drifted weights and those.
 */
export interface Backtest {
  /** [T] the rows after the first decision */
  readonly dates: readonly string[];
  /** [N] */
  readonly assets: readonly string[];
  /** date of the close at which the returns begin, a benchmark's too: the decision's, or the first row's where that close is the entry */
  readonly start: string;
  /** money before the first row */
  readonly capital: number;
  /** [T] cash and positions at the close */
  readonly equity: Float64Array;
  /** [T] cash at the close, negative when owed */
  readonly cash: Float64Array;
  /**
   * [T] simple returns of equity, net of costs, the first over `capital`; `0.01` is 1 %. 0 on a row that begins with nothing left, even where
   * a gap gives something back: after a ruin `equity` is not what they compound to
   */
  readonly returns: Float64Array;
  /** [T] the same with the row's costs given back */
  readonly gross: Float64Array;
  /** [T] each, money by the cost's name */
  readonly costs: Readonly<Record<string, Float64Array>>;
  /** [T] money bought and money sold, over the equity at the row's trading prices before its costs: replacing the whole portfolio is 2 */
  readonly turnover: Float64Array;
  /** [T, N] the weights that were to be traded to on the row, NaN where there was no order */
  readonly requested: Panel;
  /**
   * [T, N] the weights after trading, at the row's trading prices, in whole lots; NaN where there was no order. They are of equity after the
   * row's costs, so that they may pass a limit that `requested` keeps by what those took, and by half a lot: all of it at 0.1 % is 1.001
   */
  readonly executed: Panel;
  /** [T, N] weights at the close: drifted with the prices */
  readonly weights: Panel;
  /** [T, N] shares at the close */
  readonly positions: Panel;
  /** [T] share of equity in positions without a close on the row, which are valued at their last */
  readonly stale: Float64Array;
  /** every trade and every settlement, in order */
  readonly fills: readonly Fill[];
  /** the first date at whose close nothing was left: from then on no decision counts, and what is held is sold */
  readonly ruined?: string;
  /** the account after the last row, for `after` and `previousWeights` */
  readonly end: Account;
}

/**
 * Trades to weights on the next row, and keeps the account.
 *
 *     backtest({ weights, prices, execution: 'nextOpen', costs: sumCosts(proportional(0.0005), borrow(0.01)) })
 *
 * Weights dated t are known at the close of t and are traded on the row after, at its open or its close: there is no way to trade at the
 * close that decides. Between the dates of `weights` positions are left alone, and their weights drift. In the order of a row:
 *
 *   1. positions held over from the row before pay what they cost to hold, by calendar time;
 *   2. delisted assets are settled, splits change shares, dividends per new share are paid by ex-date and taken of shorts;
 *   3. orders: shares = w · equity / price, to the nearest lot, with equity and prices at the moment of the trade; costs are paid of cash,
 *      apart from the price;
 *   4. positions are valued at the close, or at their last price where there is none.
 *
 * An order in an asset without a price on the row waits for the next, at the weight that was asked for; a newer decision takes its place,
 * and the asset's delisting ends it. A sale that waits leaves its money in the position, and what is bought meanwhile is bought on credit:
 * [0, 1] and then [1, 0] holds 200 % and owes 100 % for as long as the second has no price, as `cash` and `stale` show. Costs may leave
 * cash a little below zero where all is invested. Adjusted closes hold dividends and splits, so those are left out where `close` is missing.
 *
 * Every amount is a whole number of tick · lot, so that the run equals a `ledger` exactly.
 *
 * @throws when weights are missing, beyond the limits, of dates or assets that the prices do not have, before an asset's first price or of
 *         one that is not listed; when prices lack a field or are not positive; when a delisted asset is held and `delisting` is not told,
 *         or one without a price to the end, for more than five rows, that is not said to be delisted; when a split or dividend of what is held is none;
 *         when `after` ended on a date that the prices do not have, or holds, or has an order waiting in, what the weights do not have
 */
export function backtest(config: BacktestConfig): Backtest {
  const names = ['weights', 'prices', 'execution', 'costs', 'limits', 'delisting', 'capital', 'tick', 'lot', 'after'] as const;
  checkOptions('backtest', config, names);
  const { prices, execution, delisting, after, limits = {} } = config;
  checkOneOf('backtest', 'execution', execution, ['nextOpen', 'nextClose'], 'a decision at a close cannot trade at that close');
  if (delisting !== undefined) checkNumber('backtest', 'delisting', delisting, { from: -1 }, 'a return: −1 loses all');
  const account = openAccount(config, after?.end);
  const market = marketOf(prices, config.weights.assets, execution);
  const decisions = decisionsOf(config.weights, prices, limits, account.end);
  const charges = chargesOf(config.costs, prices);
  const simulation = { market, decisions, charges, delisting, account };
  const run = simulate(simulation);

  const { assets } = decisions;
  const { rows, units } = run;
  const dates = prices.dates.slice(rows.start, rows.end);
  const isEntry = execution === 'nextClose' && !account.end?.lots.some((count) => count !== 0);
  const [returns, gross] = returnsOf(run.capital, run.equity, run.costs);
  const detail = once(() => {
    const room = roomFor(dates.length, assets.length);
    const again = simulate(simulation, room);
    if (again.equity.some((equity, t) => equity !== run.equity[t]))
      throw new Error('backtest: weights, prices or costs have changed since the run, so its detail cannot be had; give it copies of them');
    return room;
  });
  const panel = (field: string, part: 'requested' | 'executed' | 'weights' | 'positions') => (): Panel => ({
    ...{ dates, assets, field, source: `backtest of ${prices.source}` },
    values: detail()[part],
  });
  return withDetail(
    {
      dates,
      assets,
      start: isEntry ? dates[0] : prices.dates[rows.start - 1],
      capital: units.money(run.capital),
      equity: inMoney(units, run.equity),
      cash: inMoney(units, run.cash),
      returns,
      gross,
      costs: Object.fromEntries(charges.map(({ name }, k) => [name, inMoney(units, run.costs[k])])),
      turnover: run.turnover,
      stale: run.stale,
      ...(run.ruined >= 0 && { ruined: dates[run.ruined] }),
      end: run.end,
    },
    {
      requested: panel('requestedWeight', 'requested'),
      executed: panel('executedWeight', 'executed'),
      weights: panel('weight', 'weights'),
      positions: panel('shares', 'positions'),
      fills: () => fillsOf(detail().fills, units, dates, assets),
    },
  );
}

type Detailed = 'requested' | 'executed' | 'weights' | 'positions' | 'fills';

/** A result whose detail is made when it is first read. */
function withDetail(result: Omit<Backtest, Detailed>, makers: { [K in Detailed]: () => Backtest[K] }): Backtest {
  for (const [name, make] of Object.entries(makers)) Object.defineProperty(result, name, { get: once<unknown>(make), enumerable: true });
  return result as Backtest;
}

/**
 * The weights that a run holds at the close of a date, drifted since its last trade: what the next decision trades from, and is charged for
 * leaving.
 *
 * @returns [N] of the run's assets
 * @throws  when the run has no such date, since then they cannot be had
 */
export function previousWeights({ dates, assets, weights }: Backtest, date: string): Float64Array {
  const t = dates.indexOf(date);
  if (t >= 0) return weights.values.slice(t * assets.length, (t + 1) * assets.length);
  throw new Error(
    `previousWeights: the run has ${dates.length} dates from ${dates[0]} to ${dates.at(-1)} and none is ${date}, so what was held then ` +
      'cannot be had; run it up to that date first',
  );
}
