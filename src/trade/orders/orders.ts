import { checkNumber, checkOptions } from '../../base/internal.js';
import type { Frame } from '../../market/index.js';
import { GAP } from '../../market/internal.js';
import { openAccount, returnsOf, type Units } from '../backtest/account.js';
import { type Ledger, ledger } from '../backtest/ledger.js';
import { yearsOf } from '../backtest/market.js';
import { type Charge, type Cost, chargeOn, chargesOf } from '../costs/cost.js';
import { bracketExit } from './bracket.js';

/** An order in an `asset` that is given at a close, enters at the next open, and carries its own exits. Levels are prices, rounded to the tick. */
export interface BracketOrder {
  readonly asset: string;
  /** the date at whose close it is given */
  readonly date: string;
  /** to buy, or to sell short when negative */
  readonly shares: number;
  /** leaves with a loss at this price */
  readonly stop?: number;
  /** leaves with a profit at this price */
  readonly target?: number;
  /** a stop that follows the best price of the bars before at this distance: 5 below the highest high of a long */
  readonly trail?: number;
  /** the date, after the order's own, at whose close it is decided to leave, which the next open does; ends an entry that still waits then */
  readonly until?: string;
}

/** `orders`, and the bars on which they are traded; `costs`, `capital`, `tick` and `lot` are as in a `BacktestConfig`. */
export interface OrdersConfig {
  readonly orders: readonly BracketOrder[];
  /** with open, high, low and close, adjusted for splits and dividends */
  readonly prices: Frame;
  readonly costs?: Cost;
  /** what entries keep to: Σ|shares · price| of all assets over equity, at the open of an entry; 1 unless told */
  readonly limits?: { readonly gross?: number };
  readonly capital?: number;
  readonly tick?: number;
  readonly lot?: number;
}

/** What became of an order: of `shares` of an `asset`, from the open of its entry, `entryPrice` on `entryDate`, to its exit. */
export interface RoundTrip {
  readonly asset: string;
  readonly shares: number;
  readonly entryDate: string;
  readonly entryPrice: number;
  /** undefined while it is open */
  readonly exitDate?: string;
  /** the last close while it is open */
  readonly exitPrice: number;
  /** `until` is the order's own date; `ruin` the close at which the account had nothing left */
  readonly reason: 'stop' | 'target' | 'until' | 'ruin' | 'open';
  /** money, of the costs of both its trades */
  readonly cost: number;
  /** money after those costs */
  readonly profit: number;
}

/** What became of an account that traded orders: the profits of `trades`, less what holding took, are what `equity` gained. */
export interface OrdersRun {
  /** [T] the rows after the first order's date */
  readonly dates: readonly string[];
  /** money before the first row */
  readonly capital: number;
  /** [T] money at the close */
  readonly equity: Float64Array;
  /** [T] simple returns of equity, the first over `capital`; 0 on rows that begin with nothing left */
  readonly returns: Float64Array;
  /** [T] each, money by the cost's name */
  readonly costs: Readonly<Record<string, Float64Array>>;
  /** in the order of their entries */
  readonly trades: readonly RoundTrip[];
  /** the first date at whose close nothing was left: from then on nothing is entered, and the next open leaves what is held */
  readonly ruined?: string;
}

/** Prices of one asset and row, in ticks. */
type Ticks = Record<'open' | 'high' | 'low' | 'close', number>;

/** A position of one order, in ticks and lots. */
interface Live {
  readonly order: BracketOrder;
  readonly lots: number;
  readonly entry: number;
  readonly entryRow: number;
  /** the best price of the bars before */
  best: number;
  cost: number;
  exit?: { readonly row: number; readonly price: number; readonly reason: 'stop' | 'target' | 'until' | 'ruin' };
}

/**
 * Trades orders with stops, targets and trailing stops on bars, through a `ledger`.
 *
 * An order enters at the open of the row after its date, and may be left on that row already: `bracketExit` has the rule for a bar that
 * reaches both its levels. A trailing stop stays within a bar where the bars before have left it, since whether the high or the low came
 * first is not known. Rows without a price are passed over: entries and exits wait.
 *
 * @throws when prices lack a field, hold splits or dividends of their own, or a bar is not within its low and high; when an order's asset or
 *         date is not theirs, its shares are no whole lots, its stop is not on the losing side of its target, or it is to be left before it
 *         is entered; at an entry that takes the account beyond `limits.gross`; when what is held has its last price over five rows before the end
 */
export function backtestOrders(config: OrdersConfig): OrdersRun {
  checkOptions('backtestOrders', config, ['orders', 'prices', 'costs', 'limits', 'capital', 'tick', 'lot']);
  checkOptions('backtestOrders: limits', config.limits ?? {}, ['gross']);
  const { gross = 1 } = config.limits ?? {};
  checkNumber('backtestOrders: limits', 'gross', gross, { above: 0 });
  const { orders, prices } = config;
  const { units, cash } = openAccount(config, undefined);
  const [open, high, low, close] = ['open', 'high', 'low', 'close'].map((name) => fieldIn(prices, name));
  const entries = checkOrders(orders, prices, units);
  const charges = chargesOf(config.costs, prices);
  const years = yearsOf(prices.dates);
  const start = Math.min(...entries.keys());
  const dates = prices.dates.slice(start + 1);
  const book = ledger(cash);
  const equity = new Float64Array(dates.length);
  const costs = Object.fromEntries(charges.map(({ name }) => [name, new Float64Array(dates.length)]));
  const lives: Live[] = [];
  const last = new Map<string, { row: number; close: number }>(); // of assets that are flat too: orders that cancel each other are both open
  let coming: BracketOrder[] = [];
  let ruined = -1;

  for (let t = start; t < prices.dates.length; t++) {
    if (t > start) {
      const before = { ...book.charges };
      payHolding(book, charges, years[t], t, prices, units);
      const bars = prices.assets.map((_, n) => {
        const at = t * prices.assets.length + n;
        const [o, h, l, c] = [open, high, low, close].map((values) => Math.round(values[at] * units.ticks));
        if (l > Math.min(o, c, h) || h < Math.max(o, c)) refuseBar(prices, t, n);
        return { open: o, high: h, low: l, close: c };
      });
      const barOf = (asset: string) => bars[prices.assets.indexOf(asset)];
      const isThere = (asset: string) => Object.values(barOf(asset)).every((price) => price > 0);
      for (const asset of book.positions.keys()) if (isThere(asset)) book.mark(asset, barOf(asset).open);
      for (const live of lives) if (!live.exit && isThere(live.order.asset)) leave(live, t, barOf(live.order.asset));
      coming = coming.filter(({ until }) => until === undefined || prices.dates[t] <= until);
      for (const order of coming.filter(({ asset }) => isThere(asset))) enter(order, t, barOf(order.asset));
      coming = coming.filter(({ asset }) => !isThere(asset));
      for (const asset of prices.assets) if (isThere(asset)) last.set(asset, { row: t, close: barOf(asset).close });
      for (const asset of book.positions.keys()) if (isThere(asset)) book.mark(asset, barOf(asset).close);
      equity[t - start - 1] = units.money(book.equity());
      if (ruined < 0 && book.equity() <= 0) ruined = t;
      for (const { name } of charges) costs[name][t - start - 1] = units.money((book.charges[name] ?? 0) - (before[name] ?? 0));
    }
    coming = ruined < 0 ? [...coming, ...(entries.get(t) ?? [])] : [];
  }
  const capital = units.money(cash);
  const returns = returnsOf(capital, equity)[0];
  const trades = lives.map((live) => {
    const { row, close } = last.get(live.order.asset)!;
    if (!live.exit) refuseEnded(live.order.asset, row, prices);
    return tripOf(live, close, prices, units);
  });
  return { dates, capital, equity, returns, costs, trades, ...(ruined >= 0 && { ruined: prices.dates[ruined] }) };

  function fill(order: BracketOrder, lots: number, price: number, t: number): number {
    book.trade(order.asset, lots, price);
    const perMoney = units.ticks * units.lots;
    const trade = {
      value: Math.abs(lots * price) / perMoney,
      shares: lots / units.lots,
      price: price / units.ticks,
      row: t,
      asset: prices.assets.indexOf(order.asset),
    };
    let cost = 0;
    for (const charge of charges) {
      const amount = chargeOn(charge, trade, Math.abs(lots * price), perMoney);
      if (amount === 0) continue;
      book.charge(charge.name, amount);
      cost += amount;
    }
    return cost;
  }

  function enter(order: BracketOrder, t: number, bar: Ticks): void {
    const worth = book.equity();
    if (worth <= 0) return;
    const lots = Math.round(order.shares * units.lots);
    checkExposure(order, lots * bar.open, worth, t);
    const live: Live = { order, lots, entry: bar.open, entryRow: t, best: bar.open, cost: fill(order, lots, bar.open, t) };
    lives.push(live);
    leave(live, t, bar);
  }

  function checkExposure(order: BracketOrder, value: number, worth: number, t: number): void {
    const held = new Map([...book.positions].map(([asset, { lots, mark }]) => [asset, lots * mark]));
    held.set(order.asset, (held.get(order.asset) ?? 0) + value);
    const exposure = [...held.values()].reduce((sum, each) => sum + Math.abs(each), 0) / worth;
    if (exposure <= gross + 1e-9 || Math.abs(held.get(order.asset)!) <= Math.abs(held.get(order.asset)! - value)) return;
    throw new Error(
      `backtestOrders: the order of ${order.shares} '${order.asset}' on ${order.date} makes Σ|shares · price| ${Number(exposure.toPrecision(6))} × ` +
        `equity at the open of ${prices.dates[t]}, beyond limits.gross ${gross}; order less, give more capital, or raise limits: { gross }`,
    );
  }

  /** Leaves a position where its order's date, or the bar, says so. */
  function leave(live: Live, t: number, bar: Ticks): void {
    const { order, lots, entryRow } = live;
    const side = lots > 0 ? 1 : -1;
    const level = (price: number | undefined) => (price === undefined ? undefined : Math.round(price * units.ticks));
    const stops = [level(order.stop), order.trail === undefined ? undefined : live.best - side * level(order.trail)!].filter(
      (x) => x !== undefined,
    );
    const stop = stops.length > 0 ? side * Math.max(...stops.map((x) => side * x)) : undefined;
    const target = level(order.target);
    const isTime = order.until !== undefined && prices.dates[t] > order.until && t > entryRow;
    const found =
      isTime || ruined >= 0
        ? { price: bar.open, reason: isTime ? ('until' as const) : ('ruin' as const) }
        : bracketExit(bar, { ...(stop !== undefined && { stop }), ...(target !== undefined && { target }) }, side);
    live.best = side * Math.max(side * live.best, side * (side === 1 ? bar.high : bar.low));
    if (!found) return;
    live.cost += fill(order, -lots, found.price, t);
    live.exit = { row: t, ...found };
  }
}

function tripOf({ order, lots, entry, entryRow, cost, exit }: Live, close: number, { dates }: Frame, units: Units): RoundTrip {
  const price = exit?.price ?? close;
  return {
    asset: order.asset,
    shares: lots / units.lots,
    entryDate: dates[entryRow],
    entryPrice: entry / units.ticks,
    ...(exit && { exitDate: dates[exit.row] }),
    exitPrice: price / units.ticks,
    reason: exit?.reason ?? 'open',
    cost: units.money(cost),
    profit: units.money(lots * (price - entry) - cost),
  };
}

/** What it costs to have held positions and cash since the row before. */
function payHolding(book: Ledger, charges: readonly Charge[], years: number, row: number, { assets }: Frame, units: Units): void {
  const perMoney = units.ticks * units.lots;
  const cash = book.cash / perMoney;
  for (const { name, onCash, onHolding } of charges) {
    if (onCash) book.charge(name, Math.round(onCash(cash, years) * perMoney));
    if (!onHolding) continue;
    for (const [asset, { lots, mark }] of book.positions)
      book.charge(name, Math.round(onHolding({ value: (lots * mark) / perMoney, years, row, asset: assets.indexOf(asset) }) * perMoney));
  }
}

/** Stops where an asset is held at the end that has no price any more: it would be worth its last for ever. */
function refuseEnded(asset: string, row: number, { dates, source }: Frame): void {
  const after = dates.length - 1 - row;
  if (after <= GAP) return;
  throw new Error(
    `backtestOrders: '${asset}' is held, and its last price in ${source} is of ${dates[row]}, ${after} rows before the end; is it delisted, or is ` +
      `its file cut short? Leave it before, with an order's until, or end the prices on ${dates[row]}`,
  );
}

function refuseBar({ dates, assets, fields, source }: Frame, t: number, n: number): never {
  const at = t * assets.length + n;
  const [open, high, low, close] = ['open', 'high', 'low', 'close'].map((name) => fields[name][at]);
  throw new Error(
    `backtestOrders: the bar of '${assets[n]}' on ${dates[t]} in ${source} opens at ${open} and closes at ${close}, outside its low ${low} to its ` +
      `high ${high}, so whether a level was reached is not known; are all four fields adjusted alike?`,
  );
}

function fieldIn({ fields, source }: Frame, name: string): Float64Array {
  if (fields[name]) return fields[name];
  throw new Error(`backtestOrders: prices need open, high, low and close: ${source} has ${Object.keys(fields).join(', ')}; load bars`);
}

/** Orders by the row of their date. */
function checkOrders(orders: readonly BracketOrder[], { dates, assets, fields, source }: Frame, units: Units): Map<number, BracketOrder[]> {
  const own = ['split', 'dividend'].find((name) => fields[name]?.some((value) => value > 0 && !(name === 'split' && value === 1)));
  if (own)
    throw new Error(`backtestOrders: ${source} has a ${own}, across which a stop has no level; take prices that are adjusted for it`);
  if (orders.length === 0) throw new Error('backtestOrders: there is no order to trade');
  const entries = new Map<number, BracketOrder[]>();
  for (const [i, order] of orders.entries()) {
    const { asset, date, shares, stop, target, trail, until } = order;
    const who = `backtestOrders: order ${i} of '${asset}' on ${date}`;
    checkOptions(who, order, ['asset', 'date', 'shares', 'stop', 'target', 'trail', 'until']);
    if (!assets.includes(asset)) throw new Error(`${who}: ${source} has no such asset; it has ${assets.join(', ')}`);
    const row = dates.indexOf(date);
    if (row < 0 || row === dates.length - 1)
      throw new Error(`${who}: it needs the date of a row that is followed by another; ${source} has ${dates[0]} … ${dates.at(-1)}`);
    const lots = shares * units.lots;
    if (!(Math.abs(lots) > 0.5 && Math.abs(lots - Math.round(lots)) < 1e-6))
      throw new Error(`${who}: ${shares} shares are no whole number of lots of ${1 / units.lots}; round them, or take a finer lot`);
    for (const [name, value] of Object.entries({ stop, target, trail }))
      if (value !== undefined) checkNumber(who, name, value, { above: 0 });
    if (stop !== undefined && target !== undefined && Math.sign(shares) * (target - stop) <= 0)
      throw new Error(`${who}: stop ${stop} and target ${target} are the wrong way round for ${shares} shares; a long has its stop below`);
    if (until !== undefined && !(until > date))
      throw new Error(`${who}: it is to be left on ${until}, before it is entered, at the open after ${date}; until is a later date`);
    entries.set(row, [...(entries.get(row) ?? []), order]);
  }
  return entries;
}
