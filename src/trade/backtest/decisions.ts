import { checkNumber, checkOptions } from '../../base/internal.js';
import type { Frame, Panel } from '../../market/index.js';
import type { Account } from './account.js';

/** What a decision may look at: the close of its `date`, what is held, as `weights` [N] drifted since the last trade, and `equity` in money. */
export interface Decision {
  readonly date: string;
  /** [N] */
  readonly weights: Float64Array;
  readonly equity: number;
}

/**
 * Weights that depend on what is held, such as those of an optimiser that pays for turnover: at the close of each of `dates`, `decide` gives
 * the weights [N] of `assets` that are to be traded to on the next row. It gives them at once: what has to be awaited, such as `rebalance`, goes
 * date by date, each run `after` the one before:
 *
 *     const from = run ? previousWeights(run, date) : new Float64Array(N);
 *     const { weights: values } = await rebalance(mean, covariance, { from, cost, riskAversion });
 *     const weights = { dates: [date], assets, values, field: 'weight', source: 'rebalance' };
 *     run = backtest({ weights, prices: selectFrame(prices, { to: next }), execution: 'nextClose', ...(run && { after: run }) });
 */
export interface Decisions {
  readonly dates: readonly string[];
  readonly assets: readonly string[];
  decide(decision: Decision): ArrayLike<number>;
}

/** What weights must keep to, up to rounding: decisions are held to it, not what becomes of them, since weights drift and orders may wait. */
export interface Limits {
  /** Σ|w| at most; 1 unless told. A portfolio that is 100 % long and 100 % short has 2 */
  readonly gross?: number;
  /** Σw at least and at most: `[1, 1]` where all must be invested, `[0, 0]` where longs and shorts must cancel; any unless told */
  readonly net?: readonly [number, number];
  /** |w| of an asset at most; any unless told */
  readonly position?: number;
}

/** Decisions by row of the prices. */
export interface Schedule {
  readonly assets: readonly string[];
  /** [K] ascending rows of the prices at whose close a decision is made */
  readonly rows: Int32Array;
  /** first row after which is traded, and the price row after which the run begins */
  readonly start: number;
  /** Σ|w| of each decision at most */
  readonly gross: number;
  /** all decisions [K, N], checked against the limits, where they are known beforehand */
  readonly weights?: Float64Array;
  /** the k-th decision, [N], checked, where a function makes it */
  decide(k: number, current: Decision): ArrayLike<number>;
}

/** Numbers that sum in another order differ in their last digits. */
const ROUNDING = 1e-9;

/** Weights, or what decides them, by row of the prices, from an account's last row on. */
export function decisionsOf(weights: Panel | Decisions, prices: Frame, limits: Limits, end: Account | undefined): Schedule {
  checkOptions('backtest: limits', limits, ['gross', 'net', 'position']);
  const { gross = 1, net, position = Infinity } = limits;
  checkNumber('backtest: limits', 'gross', gross, { above: 0 });
  if (limits.position !== undefined) checkNumber('backtest: limits', 'position', position, { above: 0 });
  if (net && !(net.length === 2 && net[0] <= net[1]))
    throw new Error(`backtest: limits: net must be two numbers, the least and the most of Σw, got ${net.join(', ')}`);
  const { dates, assets } = weights;
  const N = assets.length;
  const missing = assets.find((asset) => !prices.assets.includes(asset));
  if (missing)
    throw new Error(
      `backtest: weights are of '${missing}', and ${prices.source} has prices of ${some(prices.assets)}; load it, or drop it`,
    );
  if (dates.length === 0) throw new Error('backtest: weights have no date, so there is nothing to trade; select dates that have some');
  const rows = rowsOf(dates, prices);
  const start = end ? continued(end, assets, prices) : rows[0];
  if (rows[0] < start)
    throw new Error(
      `backtest: weights of ${dates[0]} come before ${end?.date}, where the run that this one goes on from ended; ` +
        'select the weights from that date on',
    );
  if (start >= prices.dates.length - 1)
    throw new Error(
      `backtest: the first decision is on ${prices.dates[start]}, the last date of ${prices.source}, and trades on the date after; ` +
        'load prices up to then, or decide earlier',
    );

  const check = (row: ArrayLike<number>, offset: number, date: string): void => {
    const { sum, size, largest } = totals(row, offset, N);
    if (largest > position + ROUNDING) {
      const n = Array.from({ length: N }, (_, i) => Math.abs(row[offset + i])).findIndex((bulk) => bulk > position + ROUNDING);
      refuse(date, `'${assets[n]}' has ${row[offset + n]}`, `limits.position ${position}`, 'cap it');
    }
    if (!(size <= gross + ROUNDING)) {
      const n = Array.from({ length: N }, (_, i) => row[offset + i]).findIndex((w) => !Number.isFinite(w));
      if (n >= 0)
        throw new Error(
          `backtest: the weight of '${assets[n]}' is ${row[offset + n]} on ${date}; say 0 to hold none of it, or leave the date out ` +
            'to leave all positions alone: are features still warming up?',
        );
      refuse(date, `Σ|w| is ${short(size)}`, `limits.gross ${gross}`, 'divide the weights by it, or raise limits: { gross }');
    }
    if (net && !(sum >= net[0] - ROUNDING && sum <= net[1] + ROUNDING))
      refuse(
        date,
        `Σw is ${short(sum)}`,
        `limits.net ${net[0]} to ${net[1]}`,
        'scale the weights, or leave the rest in cash by wider limits',
      );
  };
  if ('values' in weights) {
    if (weights.values.length !== dates.length * N)
      throw new Error(
        `backtest: weights have ${weights.values.length} values, and ${dates.length} dates of ${N} assets need ${dates.length * N}`,
      );
    for (let k = 0; k < rows.length; k++) check(weights.values, k * N, dates[k]);
    return { assets, rows, start, gross, weights: weights.values, decide: (k) => weights.values.subarray(k * N, (k + 1) * N) };
  }
  const made: ArrayLike<number>[] = []; // a run that is looked at again is not asked again
  const decide = (k: number, current: Decision) => {
    if (made[k]) return made[k];
    const row = weights.decide(current);
    if ('then' in row)
      throw new Error(
        `backtest: decide gave a promise on ${dates[k]}; it must give the weights at once: go date by date, by previousWeights and after`,
      );
    if (row.length !== N)
      throw new Error(`backtest: decide gave ${row.length} weights on ${dates[k]} for ${N} assets; one each, 0 for none`);
    check(row, 0, dates[k]);
    made[k] = Float64Array.from(row);
    return made[k];
  };
  return { assets, rows, start, gross, decide };
}

/** Σw, Σ|w| and the largest |w| of N weights. */
function totals(row: ArrayLike<number>, offset: number, N: number): { sum: number; size: number; largest: number } {
  let [sum, size, largest] = [0, 0, 0];
  for (let n = offset; n < offset + N; n++) {
    const w = row[n];
    const bulk = Math.abs(w);
    sum += w;
    size += bulk;
    if (bulk > largest) largest = bulk;
  }
  return { sum, size, largest };
}

function refuse(date: string, got: string, limit: string, fix: string): never {
  throw new Error(`backtest: on ${date} ${got}, beyond ${limit}; ${fix}`);
}

/** Where ascending dates are among those of the prices. */
function rowsOf(dates: readonly string[], { dates: all, source }: Frame): Int32Array {
  const rows = new Int32Array(dates.length);
  for (let k = 0, t = 0; k < dates.length; k++) {
    if (dates[k] === all[t]) {
      rows[k] = t++; // later than the row before it, and so is its date
      continue;
    }
    if (k > 0 && !(dates[k - 1] < dates[k]))
      throw new Error(`backtest: dates of weights must ascend: ${dates[k]} comes after ${dates[k - 1]}; sort them, one row a date`);
    while (t < all.length && all[t] < dates[k]) t++;
    if (all[t] !== dates[k]) {
      const cause =
        dates[k] < all[0]
          ? `comes before the first price, of ${all[0]}`
          : t === all.length
            ? `comes after the last price, of ${all.at(-1)}`
            : `is no date of ${source}, which has ${all[t - 1]} and then ${all[t]}`;
      throw new Error(`backtest: a weight's date, ${dates[k]}, ${cause}; date weights by the row of prices whose close decides them`);
    }
    rows[k] = t++;
  }
  return rows;
}

/** The row on which an earlier run ended; throws where what it held cannot be had. */
function continued(end: Account, assets: readonly string[], prices: Frame): number {
  const isOpen = (n: number) => end.lots[n] !== 0 || Math.abs(end.waiting[n]) > 0; // an order to hold none of what is not held is none
  const n = end.assets.findIndex((asset, i) => isOpen(i) && !assets.includes(asset));
  if (n >= 0)
    throw new Error(
      `backtest: the run that this one goes on from ${end.lots[n] === 0 ? 'has an order waiting in' : 'holds'} '${end.assets[n]}', of which there is no weight, so the previous weights cannot be had; ` +
        'give it a weight, 0 to sell it',
    );
  const row = prices.dates.indexOf(end.date);
  if (row >= 0) return row;
  throw new Error(
    `backtest: the run that this one goes on from ended on ${end.date}, and ${prices.source} has ${prices.dates[0]} … ` +
      `${prices.dates.at(-1)} without it, so what is held cannot be carried over; load prices from that date on`,
  );
}

const some = (names: readonly string[]) => (names.length > 8 ? `${names.slice(0, 8).join(', ')}, … (${names.length})` : names.join(', '));
const short = (x: number) => Number(x.toPrecision(6));
