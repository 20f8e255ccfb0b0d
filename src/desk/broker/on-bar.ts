import type { BarTicks, BrokerEvent } from './events.js';
import { fillPrice } from './fill.js';
import { isWorking, type Order } from './order.js';
import type { BrokerState, Working } from './state.js';

/** Takes an event into the state and into what is to be written. */
export type Emit = (event: BrokerEvent) => void;

/**
 * Lets a bar of some assets trade the working orders, and values what is held at its close. Orders that only reduce come first, then the others, each in
 * the order in which they came; an exit of this bar's entry comes right behind it. An exit that fills ends what waits of its entry.
 *
 * An order works from the bar after it came on, an exit from its own entry's. Assets without a bar are passed over: their orders wait. Where the
 * terms have a `participation`, all orders of an asset share that part of its volume, and what is left works on.
 */
export function trade(state: BrokerState, date: string, bars: Readonly<Record<string, BarTicks>>, emit: Emit): void {
  const { working, limits, terms, book } = state;
  for (const [id, { order }] of [...working]) if (order.until !== undefined && order.until < date) emit({ kind: 'expired', id });
  const room = new Map(
    Object.entries(bars).map(([asset, [, , , , volume]]) => [
      asset,
      terms.participation === undefined ? Infinity : floorTo(Math.max(1, terms.lot), terms.participation * (volume ?? 0)),
    ]),
  );
  const queue = [...working.values()].sort((a, b) => Number(b.reduces) - Number(a.reduces));
  for (let one = queue.shift(); one; one = queue.shift()) {
    const bar = bars[one.order.asset];
    if (!bar || !isWorking(one)) continue;
    const exit = tradeOne(state, one, { date, bar, room }, emit);
    if (exit) queue.unshift(exit);
  }
  for (const [id, { order }] of [...working])
    if (working.get(id)?.reduces && isPointless(state, order))
      emit({ kind: 'cancelled', id, reason: `nothing of ${order.asset} is left to leave` });
  const before = state.before;
  emit({ kind: 'bar', date, bars });
  const lost = (before - book.equity()) / (state.units.ticks * state.units.lots);
  if (limits.loss !== undefined && lost >= limits.loss && state.stopped === undefined)
    halt(state, `${date} lost ${Number(lost.toFixed(2))}, and limits.loss is ${limits.loss}`, emit);
}

/** Stops a broker: what could only add to a position is cancelled, and what is against one only takes from it now. */
export function halt(state: BrokerState, reason: string, emit: Emit): void {
  for (const [id, { order, reduces }] of [...state.working])
    if (!reduces) emit(isPointless(state, order) ? { kind: 'cancelled', id, reason: `stopped: ${reason}` } : { kind: 'narrowed', id });
  emit({ kind: 'stopped', reason });
}

const floorTo = (step: number, x: number) => step * Math.floor(x / step);

/** Whether an order that only reduces has nothing against it. */
function isPointless({ book }: BrokerState, { asset, shares }: Order): boolean {
  return !(Math.sign(book.positions.get(asset)?.lots ?? 0) === -Math.sign(shares));
}

/** Fills what a bar fills of an order; the exit of that, when it has one. */
function tradeOne(
  state: BrokerState,
  one: Working,
  { date, bar, room }: { date: string; bar: BarTicks; room: Map<string, number> },
  emit: Emit,
): Working | undefined {
  const { book, orders, terms, units } = state;
  const { order } = one;
  const { id, asset, exits } = order;
  const within = one.entry?.within && one.entry.date === date ? one.entry.price : undefined;
  const price = fillPrice(one, bar, units.ticks, within);
  if (price === undefined) return undefined;
  const held = Math.abs(book.positions.get(asset)?.lots ?? 0);
  const most = Math.min(Math.abs(one.lots - one.filled), room.get(asset)!, one.reduces ? (isPointless(state, order) ? 0 : held) : Infinity);
  if (most === 0) return undefined;
  room.set(asset, room.get(asset)! - most);
  const lots = Math.sign(one.lots) * most;
  emit({ kind: 'filled', id, lots, price, charge: Math.round(terms.commission * Math.abs(lots * price)) });
  const { entry } = one;
  if (entry && isWorking(orders.get(entry.id)!)) emit({ kind: 'cancelled', id: entry.id, reason: `its exit ${id} was reached` });
  if (!exits) return undefined;
  const { stop, target, trail } = exits;
  const number = one.exits + 1;
  const exit: Order = {
    ...{ id: `${id}/exit-${number}`, asset, shares: -lots / units.lots, reduce: true },
    ...{ ...(stop !== undefined && { stop }), ...(target !== undefined && { limit: target }), ...(trail !== undefined && { trail }) },
  };
  emit({ kind: 'accepted', order: exit, entry: { id, date, price, within: price !== bar[0] } });
  return orders.get(exit.id);
}
