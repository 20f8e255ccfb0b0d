import { checkNumber } from '../../base/internal.js';

/** What a run leaves behind and another goes on from: money in whole units of tick · lot, positions in lots. */
export interface Account {
  /** the last row that was valued */
  readonly date: string;
  /** [N] */
  readonly assets: readonly string[];
  /** in units */
  readonly cash: number;
  /** [N] signed */
  readonly lots: Float64Array;
  /** [N] the last price in ticks, NaN before an asset's first */
  readonly marks: Float64Array;
  /** [N] weights of orders that have not been traded yet, NaN where there is none */
  readonly waiting: Float64Array;
  /** step of prices */
  readonly tick: number;
  /** step of positions, in shares */
  readonly lot: number;
  /** whether nothing was left at some close, so that no decision counts any more */
  readonly isRuined: boolean;
}

/** Between what is counted, ticks, lots and their products, and what is read: prices, shares and money. */
export interface Units {
  /** so many ticks make a price of one */
  readonly ticks: number;
  /** so many lots make a share */
  readonly lots: number;
  /** money of so many units */
  money(units: number): number;
}

/** The account at the start of a run: cash in units, or what an earlier run has left. */
export interface Opening {
  readonly units: Units;
  readonly tick: number;
  readonly lot: number;
  readonly cash: number;
  readonly end?: Account;
}

/** Opens an account with capital in money, or the one in which an earlier run ended. */
export function openAccount(config: { capital?: number; tick?: number; lot?: number }, end: Account | undefined): Opening {
  const own = (['capital', 'tick', 'lot'] as const).find((name) => config[name] !== undefined);
  if (end && own)
    throw new Error(`backtest: ${own} is told, and 'after' brings its own; leave it out, since a run goes on with the account that it has`);
  const { capital = 1e6, tick = 1e-4, lot = 1e-3 }: typeof config = end ?? config;
  for (const [name, value] of Object.entries({ capital, tick, lot })) checkNumber('backtest', name, value, { above: 0 });
  const [ticks, lots] = [whole(1 / tick), whole(1 / lot)];
  const units = { ticks, lots, money: (amount: number) => amount / (ticks * lots) };
  return { units, tick, lot, cash: end?.cash ?? Math.round(capital * ticks * lots), ...(end && { end }) };
}

/** 1 / 0.0001 is 10,000 only nearly; dividing by the whole number gives the decimal that is nearest. */
const whole = (x: number) => (x > 1 && Math.abs(x - Math.round(x)) < 1e-9 * x ? Math.round(x) : x);

/** Amounts [T] of units as money. */
export function inMoney({ ticks, lots }: Units, units: Float64Array): Float64Array {
  const perMoney = ticks * lots;
  const money = new Float64Array(units.length);
  for (let t = 0; t < units.length; t++) money[t] = units[t] / perMoney;
  return money;
}

/** Net and gross returns [T] of each row; 0 where it begins with nothing left. */
export function returnsOf(capital: number, equity: Float64Array, costs: readonly Float64Array[] = []): [Float64Array, Float64Array] {
  const net = new Float64Array(equity.length);
  const gross = new Float64Array(equity.length); // until the last loop what the row paid
  for (const cost of costs) for (let t = 0; t < equity.length; t++) gross[t] += cost[t];
  for (let t = 0, before = capital; t < equity.length; before = equity[t++]) {
    const paid = gross[t];
    net[t] = before > 0 ? equity[t] / before - 1 : 0;
    gross[t] = before > 0 ? (equity[t] + paid) / before - 1 : 0;
  }
  return [net, gross];
}
