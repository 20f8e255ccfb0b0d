import { checkNumber, checkOptions } from '../../base/internal.js';
import type { Panel } from '../../market/index.js';
import type { Cost, CostMarket } from './cost.js';

/** The `name` under which results list a cost, where two of a kind are charged. */
export interface CostName {
  readonly name?: string;
}

/**
 * A commission in proportion to what changes hands.
 *
 *     cost = rate · |shares · price|
 *
 * @param rate  `0.0005` is 5 basis points: 50 of 100,000 bought or sold
 * @throws      when the rate is not from 0 to 0.1: a percentage where a fraction is wanted
 */
export function proportional(rate: number, { name = 'commission' }: CostName = {}): Cost {
  checkNumber('proportional', 'rate', rate, { from: 0, to: 0.1 }, 'it is a fraction of the value: 5 basis points are 0.0005');
  return () => [{ name, rate }];
}

/**
 * Half the quoted spread, paid by who takes liquidity. It is kept apart from the price, so that fills stay between low and high.
 *
 *     cost = spread / 2 · |shares · price|
 *
 * @param spread  ask minus bid over the mid price: `0.0004` is 4 basis points, 20 of 100,000 traded
 * @throws        when the spread is not from 0 to 0.2
 */
export function halfSpread(spread: number): Cost {
  checkNumber('halfSpread', 'spread', spread, { from: 0, to: 0.2 }, 'it is (ask − bid) / mid: 4 basis points are 0.0004');
  return () => [{ name: 'halfSpread', rate: 0.5 * spread }];
}

/** What the square-root law needs to know of an asset. */
export interface ImpactConfig {
  /** Y, of order one; 1 unless told */
  readonly coefficient?: number;
  /** standard deviation of daily returns: `0.02` is 2 % a day; of all assets, or by date and asset [T, N] */
  readonly volatility: number | Panel;
  /** money traded a day: `5e7` is 50 million; of all assets, or by date and asset [T, N] */
  readonly dailyValue: number | Panel;
}

/**
 * Market impact by the square-root law.
 *
 *     cost = Y · σ · √(value / V) · value
 *
 * An order of 1 % of a day's value in a stock of 2 % volatility costs 0.2 % of its value. Of panels the row before the fill's is taken,
 * which was known when the order was given; they have the dates and assets of the prices.
 *
 * Tóth et al. 2011, "Anomalous price impact and the critical nature of liquidity in financial markets", eq. 1; the whole impact is paid on
 * the whole order, where a mean over the order's life would be two thirds of it.
 *
 * @throws when a number is not positive, when a panel has other dates or assets than the prices, and at a fill whose volatility or daily
 *         value is missing
 */
export function squareRoot(config: ImpactConfig): Cost {
  checkOptions('squareRoot', config, ['coefficient', 'volatility', 'dailyValue']);
  const { coefficient = 1, volatility, dailyValue } = config;
  for (const [name, value] of Object.entries({ coefficient, volatility, dailyValue }))
    if (typeof value === 'number') checkNumber('squareRoot', name, value, { above: 0 });
  return (market) => {
    const sigma = lookUp('volatility', volatility, market);
    const volume = lookUp('dailyValue', dailyValue, market);
    const onTrade = ({ value, row, asset }: { value: number; row: number; asset: number }) =>
      coefficient * sigma(row - 1, asset) * Math.sqrt(value / volume(row - 1, asset)) * value;
    return [{ name: 'impact', onTrade }];
  };
}

function lookUp(name: string, given: number | Panel, { dates, assets }: CostMarket): (row: number, asset: number) => number {
  if (typeof given === 'number') return () => given;
  const N = assets.length;
  const isSame = given.dates.length === dates.length && given.dates[0] === dates[0];
  if (!isSame || given.assets.join() !== assets.join())
    throw new Error(
      `squareRoot: ${name} has ${given.dates.length} dates from ${given.dates[0]} of ${given.assets.join(', ')}, and the prices have ` +
        `${dates.length} from ${dates[0]} of ${assets.join(', ')}; compute it of the same frame, or align them`,
    );
  const other = dates.findIndex((date, t) => given.dates[t] !== date);
  if (other >= 0)
    throw new Error(
      `squareRoot: ${name} has ${given.dates[other]} where the prices have ${dates[other]}; compute it of the same frame, or align them`,
    );
  return (row, asset) => {
    const value = given.values[row * N + asset];
    if (value > 0) return value;
    throw new Error(
      `squareRoot: ${name} of '${assets[asset]}' is ${value} on ${dates[row]}, where an order was given; start trading later, or fill it`,
    );
  };
}

/**
 * What lenders of stock take of short positions, by calendar time.
 *
 *     cost = rate · |value| · years
 *
 * @param rate  a year: `0.01` takes 2.74 overnight of 100,000 short, and 8.22 over a weekend
 * @throws      when the rate is not from 0 to 5 a year
 */
export function borrow(rate: number): Cost {
  checkNumber('borrow', 'rate', rate, { from: 0, to: 5 }, 'it is a fraction a year: 1 % is 0.01');
  return () => [{ name: 'borrow', onHolding: ({ value, years }) => (value < 0 ? -rate * value * years : 0) }];
}

/** Simple interest rates a year: `debit` on cash that is owed, `credit` on cash that is held, 0 unless told. `0.05` is 5 %. */
export interface FinancingConfig {
  readonly debit: number;
  readonly credit?: number;
}

/**
 * Interest on cash by calendar time: a cost where cash is negative, income, a negative cost, where it is positive.
 *
 *     cost = −debit · cash · years  for cash < 0        −credit · cash · years  for cash ≥ 0
 *
 * `debit: 0.05` takes 13.70 overnight of 100,000 that are owed. Cash holds the proceeds of short sales, so `credit` is paid on them too.
 *
 * @throws when a rate is not from −0.1 to 1 a year
 */
export function financing(config: FinancingConfig): Cost {
  checkOptions('financing', config, ['debit', 'credit']);
  const { debit, credit = 0 } = config;
  for (const [name, rate] of Object.entries({ debit, credit }))
    checkNumber('financing', name, rate, { from: -0.1, to: 1 }, 'it is a fraction a year: 5 % is 0.05');
  return () => [{ name: 'financing', onCash: (cash, years) => -(cash < 0 ? debit : credit) * cash * years }];
}
