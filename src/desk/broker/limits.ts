import type { Order } from './order.js';
import type { BrokerState } from './state.js';

/** Why an order must not go out now, or undefined. Positions are what they would be if every working order of their side were filled. */
export function reasonAgainst(state: BrokerState, order: Order, at: number): string | undefined {
  const { limits, stopped, units, book, last, date } = state;
  if (stopped !== undefined && !order.reduce) return `the broker is stopped, and takes orders with reduce: true alone: ${stopped}`;
  const price = last.get(order.asset);
  if (!price)
    return `no price of ${order.asset} is known yet, so that its value can not be checked; send a bar, then the order under another id`;
  if (price.date !== date)
    return `the last price of ${order.asset} is of ${price.date}, and the last bar of ${date}: no order goes out on an old price`;
  if (order.until !== undefined && order.until <= date) return `it ends on ${order.until}, and the last bar is of ${date}`;
  const recent = state.recent.filter((time) => time > at - 60_000).length;
  if (limits.rate !== undefined && recent >= limits.rate)
    return `${recent} orders came in the last 60 s, and limits.rate is ${limits.rate}`;
  const size = Math.abs(Math.round(order.shares * units.lots));
  if (!Number.isSafeInteger(100 * size * price.close))
    return `${order.shares} shares at ${price.close / units.ticks} can not be counted to the cent`;
  const exposures = extremes(state, order);
  if (order.reduce || exposures.get(order.asset) === extremes(state).get(order.asset)) return undefined; // it adds nothing, whatever the limits
  const worth = book.equity();
  if (worth <= 0) return 'the account has nothing left';
  const lots = exposures.get(order.asset)!;
  const shares = lots / units.lots;
  const own = (lots * price.close) / worth;
  if (limits.position !== undefined && shares > limits.position)
    return `with it ${order.asset} may come to ${shares} shares, and limits.position is ${limits.position}`;
  if (limits.concentration !== undefined && own > limits.concentration)
    return `with it ${order.asset} may come to ${percent(own)} of equity, and limits.concentration is ${percent(limits.concentration)}`;
  const { gross = 1 } = limits;
  const all = [...exposures].reduce((sum, [asset, lots]) => sum + (lots * (last.get(asset)?.close ?? 0)) / worth, 0);
  if (all > gross) return `with it all positions may come to ${percent(all)} of equity, and limits.gross is ${percent(gross)}`;
  return undefined;
}

/** By asset, the most lots long or short, without their sign, that may be held when working orders, and this one, fill. */
function extremes({ book, working, units }: BrokerState, order?: Order): Map<string, number> {
  const range = new Map<string, [low: number, high: number]>();
  const add = (asset: string, lots: number, both = false) => {
    const [low, high] = range.get(asset) ?? [0, 0];
    range.set(asset, both ? [low + lots, high + lots] : [low + Math.min(lots, 0), high + Math.max(lots, 0)]);
  };
  for (const [asset, { lots }] of book.positions) add(asset, lots, true);
  for (const one of working.values()) if (!one.reduces) add(one.order.asset, one.lots - one.filled);
  if (order && !order.reduce) add(order.asset, Math.round(order.shares * units.lots));
  return new Map([...range].map(([asset, [low, high]]) => [asset, Math.max(-low, high)]));
}

const percent = (share: number) => `${Number((100 * share).toPrecision(4))} %`;
