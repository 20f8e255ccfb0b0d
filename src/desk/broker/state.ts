import { sha256 } from '../../base/internal.js';
import { type Ledger, ledger } from '../../trade/index.js';
import type { AccountTerms, BarTicks, BrokerEvent, BrokerLimits, EntryFill } from './events.js';
import { isWorking, type Order, type OrderStatus } from './order.js';

/** An order in lots and ticks. */
export interface Working {
  readonly order: Order;
  status: OrderStatus;
  /** signed, as the order's */
  readonly lots: number;
  filled: number;
  /** Σ lots · price of its fills */
  paid: number;
  reason?: string;
  /** the best price of the bars since it came, from its own side; what a trail follows */
  best?: number;
  /** of an exit */
  readonly entry?: EntryFill;
  /** that were sent for its fills */
  exits: number;
  /** whether it only takes from a position: told so, or since the broker stopped */
  reduces: boolean;
}

/** All that a broker knows: it follows from its events alone. */
export interface BrokerState {
  readonly terms: AccountTerms;
  /** so many grains make a price of one, and so many lots a share; a grain and a lot make a cent or less */
  readonly units: { readonly ticks: number; readonly lots: number };
  limits: BrokerLimits;
  readonly book: Ledger;
  /** by id, in the order in which they came */
  readonly orders: Map<string, Working>;
  /** those that may still trade, in the order in which they came */
  readonly working: Map<string, Working>;
  /** of the last bar */
  date: string;
  /** by asset, its last close in ticks and that bar's date */
  readonly last: Map<string, { readonly close: number; readonly date: string }>;
  /** of each bar, by its date: what was told */
  readonly told: Map<string, string>;
  /** equity at the last close, in the smallest unit of money */
  before: number;
  /** why nothing is accepted, while that is so */
  stopped?: string;
  /** times of the orders of the last 60 seconds, and of the last call, in milliseconds */
  recent: number[];
  at: number;
}

/** The state of an account that has just been opened. */
export function openState(terms: AccountTerms): BrokerState {
  const [perPrice, lots] = [terms.tick, terms.lot].map((step) => Math.max(1, Math.round(1 / step)));
  const units = { ticks: perPrice * Math.ceil(100 / (perPrice * lots)), lots };
  const cash = Math.round(terms.capital * units.ticks * units.lots);
  return {
    ...{ terms, units, limits: {}, book: ledger(cash), orders: new Map(), working: new Map() },
    ...{ date: '', last: new Map(), told: new Map(), before: cash, recent: [], at: -Infinity },
  };
}

/** Takes one event into the state; `at` in milliseconds. */
export function apply(state: BrokerState, event: BrokerEvent, at: number): void {
  switch (event.kind) {
    case 'opened':
      break;
    case 'limited':
      state.limits = event.limits;
      break;
    case 'accepted':
      place(state, event.order, 'new', event.entry);
      if (!event.entry) state.recent = [...state.recent.filter((time) => time > at - 60_000), at];
      break;
    case 'rejected':
      place(state, event.order, 'rejected').reason = event.reason;
      break;
    case 'filled':
      fill(state, event);
      break;
    case 'narrowed':
      state.orders.get(event.id)!.reduces = true;
      break;
    case 'cancelled':
    case 'expired': {
      const working = state.orders.get(event.id)!;
      working.status = event.kind;
      if (event.kind === 'cancelled') working.reason = event.reason;
      state.working.delete(event.id);
      break;
    }
    case 'bar':
      close(state, event);
      break;
    case 'stopped':
      state.stopped = event.reason;
      break;
    case 'released':
      state.stopped = undefined;
      break;
    case 'adopted':
      adopt(state, event);
  }
  state.at = at;
}

function place(state: BrokerState, order: Order, status: OrderStatus, entry?: EntryFill): Working {
  const lots = Math.round(order.shares * state.units.lots);
  const working: Working = { order, status, lots, filled: 0, paid: 0, exits: 0, reduces: order.reduce ?? false, ...(entry && { entry }) };
  if (order.trail !== undefined) working.best = entry?.price ?? state.last.get(order.asset)?.close;
  if (entry) state.orders.get(entry.id)!.exits++;
  state.orders.set(order.id, working);
  if (isWorking(working)) state.working.set(order.id, working);
  return working;
}

function fill({ orders, working, book }: BrokerState, event: Extract<BrokerEvent, { kind: 'filled' }>): void {
  const one = orders.get(event.id)!;
  book.trade(one.order.asset, event.lots, event.price);
  if (event.charge !== 0) book.charge('commission', event.charge);
  one.filled += event.lots;
  one.paid += event.lots * event.price;
  one.status = one.filled === one.lots ? 'filled' : 'partial';
  if (!isWorking(one)) working.delete(event.id);
}

/** A bar's close: positions are worth it, trails follow its high or low, and the next bar's loss counts from here. */
function close(state: BrokerState, { date, bars }: Extract<BrokerEvent, { kind: 'bar' }>): void {
  for (const [asset, [, , , close]] of Object.entries(bars)) {
    state.book.mark(asset, close);
    state.last.set(asset, { close, date });
  }
  for (const one of state.working.values()) {
    const bar = bars[one.order.asset];
    if (!bar || one.order.trail === undefined) continue;
    const [side, [, high, low, close]] = [-Math.sign(one.lots), bar];
    const mayBeBefore = one.entry?.within && one.entry.date === date; // the bar's high and low may have come before the entry
    const reached = mayBeBefore ? close : side === 1 ? high : low;
    one.best = side * Math.max(side * (one.best ?? close), side * reached);
  }
  state.date = date;
  state.told.set(date, digestOf(bars));
  state.before = state.book.equity();
}

/** Tells a bar from a revised one. */
export const digestOf = (bars: Readonly<Record<string, BarTicks>>): string =>
  sha256(JSON.stringify(Object.entries(bars).sort(([a], [b]) => (a < b ? -1 : 1)))).slice(0, 16);

/** Makes cash and positions those that another's statement has: what is missing is traded at the last close, and the rest of the cash charged. */
function adopt(state: BrokerState, { cash, lots }: Extract<BrokerEvent, { kind: 'adopted' }>): void {
  const { book, last } = state;
  const worth = book.equity();
  for (const asset of new Set([...book.positions.keys(), ...Object.keys(lots)])) {
    const missing = (lots[asset] ?? 0) - (book.positions.get(asset)?.lots ?? 0);
    if (missing !== 0) book.trade(asset, missing, last.get(asset)!.close);
  }
  if (book.cash !== cash) book.charge('reconciliation', book.cash - cash);
  state.before += book.equity() - worth; // no profit or loss of the day
}
