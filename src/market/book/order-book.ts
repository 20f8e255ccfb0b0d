import type { OrderBook, Side } from './book.js';
import { idTable } from './id-table.js';
import { grown, insertPrice, type Ladder, ladder, placeOf, removePrice } from './ladder.js';

/**
 * An empty limit order book, matched by price, then by time. Prices are whole ticks, and may be negative; sizes whole shares or lots; ids whole numbers.
 *
 *     const book = orderBook();
 *     book.limit(1, 1, 100, 10);       // buy 10 at 100
 *     book.limit(2, -1, 99, 4);        // sell 4 at 99 or more: executes 4 at 100, the price that rested
 *
 * An order that executes in part keeps its place. Nothing is allocated per message, but where the book outgrows its arrays.
 *
 * @throws from its methods: when an id is not there, or there already, when a price or a size is no whole number, when an order is to be reduced
 *         by more than is left, and when an order that must rest would cross the other side
 */
export function orderBook(): OrderBook {
  const bids = ladder(1);
  const asks = ladder(-1);
  const table = idTable();
  const orders = slots(1024);
  const queues = slots(256);
  // Of each order: its id, what is left, its queue, and its neighbours there.
  let [ids, sizes] = [new Float64Array(1024), new Float64Array(1024)];
  let [queueOf, before, behind] = [new Int32Array(1024), new Int32Array(1024), new Int32Array(1024)];
  // Of each price with orders: its key in the ladder, its side, how much rests there, and its first and last order, −1 for none.
  let [keys, totals] = [new Float64Array(256), new Float64Array(256)];
  let [signs, firsts, lasts] = [new Int32Array(256), new Int32Array(256), new Int32Array(256)];
  const fills = { count: 0, ids: new Float64Array(64), prices: new Float64Array(64), sizes: new Float64Array(64) };

  const ladderOf = (side: number): Ladder => (side === 1 ? bids : asks);

  function newOrder(): number {
    const order = orders.take();
    if (order === ids.length) {
      [ids, sizes] = [grown(ids), grown(sizes)];
      [queueOf, before, behind] = [grown(queueOf), grown(before), grown(behind)];
    }
    return order;
  }

  /** The queue of a price, new where nothing rests there. */
  function queueAt(side: Ladder, key: number): number {
    const place = placeOf(side, key);
    if (place < side.depth && side.keys[place] === key) return side.queues[place];
    const queue = queues.take();
    if (queue === keys.length) {
      [keys, totals] = [grown(keys), grown(totals)];
      [signs, firsts, lasts] = [grown(signs), grown(firsts), grown(lasts)];
    }
    keys[queue] = key;
    signs[queue] = side.sign;
    totals[queue] = 0;
    firsts[queue] = lasts[queue] = -1;
    insertPrice(side, place, key, queue);
    return queue;
  }

  function enqueue(id: number, side: Side, price: number, size: number): void {
    const queue = queueAt(ladderOf(side), side * price);
    const order = newOrder();
    const last = lasts[queue];
    ids[order] = id;
    sizes[order] = size;
    queueOf[order] = queue;
    before[order] = last;
    behind[order] = -1;
    if (last < 0) firsts[queue] = order;
    else behind[last] = order;
    lasts[queue] = order;
    totals[queue] += size;
    table.add(id, order);
  }

  /** Takes an order out of its queue, and its price out of the book where it was the last there. */
  function dequeue(order: number): void {
    const queue = queueOf[order];
    const [former, next] = [before[order], behind[order]];
    if (former < 0) firsts[queue] = next;
    else behind[former] = next;
    if (next < 0) lasts[queue] = former;
    else before[next] = former;
    totals[queue] -= sizes[order];
    table.remove(ids[order]);
    orders.give(order);
    if (firsts[queue] >= 0) return;
    const side = ladderOf(signs[queue]);
    removePrice(side, placeOf(side, keys[queue]));
    queues.give(queue);
  }

  function noteFill(id: number, price: number, size: number): void {
    if (fills.count === fills.ids.length) [fills.ids, fills.prices, fills.sizes] = [fills.ids, fills.prices, fills.sizes].map(grown);
    fills.ids[fills.count] = id;
    fills.prices[fills.count] = price;
    fills.sizes[fills.count++] = size;
  }

  /** Executes up to `size` of an order against the other side, where that is priced at `limit` (a key there) or better. Returns what is left. */
  function match(side: Side, limit: number, size: number): number {
    const other = ladderOf(-side);
    fills.count = 0;
    while (size > 0 && other.depth > 0 && other.keys[other.depth - 1] >= limit) {
      const queue = other.queues[other.depth - 1];
      const order = firsts[queue];
      const executed = Math.min(size, sizes[order]);
      noteFill(ids[order], other.sign * keys[queue], executed);
      size -= executed;
      if (executed === sizes[order]) dequeue(order);
      else {
        sizes[order] -= executed;
        totals[queue] -= executed;
      }
    }
    return size;
  }

  function limit(id: number, side: Side, price: number, size: number): number {
    checkNew(id, side, price, size);
    const left = match(side, -side * price, size);
    if (left > 0) enqueue(id, side, price, left);
    return size - left;
  }

  function checkNew(id: number, side: Side, price: number, size: number): void {
    if (!Number.isSafeInteger(id)) throw new Error(`order ${id}: an order's id must be a whole number`);
    if (side !== 1 && side !== -1) throw new Error(`order ${id}: side must be 1 to buy or -1 to sell, got ${side}`);
    if (!Number.isSafeInteger(price))
      throw new Error(`order ${id}: price must be a whole number of ticks, got ${price}; divide the price by the tick and round`);
    checkSize(id, size);
    if (table.get(id) >= 0) throw new Error(`order ${id} rests in the book already; give each order its own id, or modify it`);
  }

  function find(id: number): number {
    const order = table.get(id);
    if (order < 0)
      throw new Error(
        `order ${id} is not in the book: it never came, executed in full or was cancelled; see has(${id}) before changing it`,
      );
    return order;
  }

  return {
    limit,
    market(side, size) {
      if (side !== 1 && side !== -1) throw new Error(`market order: side must be 1 to buy or -1 to sell, got ${side}`);
      checkSize('sent to the market', size);
      return size - match(side, Number.NEGATIVE_INFINITY, size);
    },
    rest(id, side, price, size) {
      checkNew(id, side, price, size);
      const other = ladderOf(-side);
      if (other.depth > 0 && other.keys[other.depth - 1] >= -side * price)
        throw new Error(
          `order ${id} would cross the book: it ${side === 1 ? 'buys' : 'sells'} at ${price}, and the best ${side === 1 ? 'ask' : 'bid'} is ` +
            `${other.sign * other.keys[other.depth - 1]}; messages are missing or out of order, or it should match: use limit`,
        );
      enqueue(id, side, price, size);
    },
    reduce(id, by) {
      const order = find(id);
      checkSize(id, by);
      const left = sizes[order] - by;
      if (left < 0) throw new Error(`order ${id} has ${sizes[order]} left and cannot be reduced by ${by}`);
      if (left === 0) dequeue(order);
      else {
        sizes[order] = left;
        totals[queueOf[order]] -= by;
      }
    },
    cancel(id) {
      const order = find(id);
      dequeue(order);
      return sizes[order];
    },
    modify(id, price, size) {
      const order = find(id);
      const queue = queueOf[order];
      const side = signs[queue] as Side;
      checkSize(id, size);
      if (keys[queue] === side * price && size <= sizes[order]) {
        totals[queue] -= sizes[order] - size;
        sizes[order] = size;
        fills.count = 0;
        return 0;
      }
      if (!Number.isSafeInteger(price)) throw new Error(`order ${id}: price must be a whole number of ticks, got ${price}`);
      dequeue(order);
      return limit(id, side, price, size);
    },
    has: (id) => table.get(id) >= 0,
    sideOf: (id) => signs[queueOf[find(id)]] as Side,
    priceOf(id) {
      const queue = queueOf[find(id)];
      return signs[queue] * keys[queue];
    },
    sizeOf: (id) => sizes[find(id)],
    ahead(id) {
      let sum = 0;
      for (let order = before[find(id)]; order >= 0; order = before[order]) sum += sizes[order];
      return sum;
    },
    sizeAt(side, price) {
      const levels = ladderOf(side);
      const place = placeOf(levels, side * price);
      return place < levels.depth && levels.keys[place] === side * price ? totals[levels.queues[place]] : 0;
    },
    best: (side) => priceIn(ladderOf(side), 0),
    bestSize: (side) => sizeIn(ladderOf(side), 0),
    depth: (side) => ladderOf(side).depth,
    snapshot(levels, into, at = 0) {
      for (let level = 0; level < levels; level++) {
        into[at++] = priceIn(asks, level);
        into[at++] = sizeIn(asks, level);
        into[at++] = priceIn(bids, level);
        into[at++] = sizeIn(bids, level);
      }
    },
    fills,
  };

  function priceIn({ sign, keys, depth }: Ladder, level: number): number {
    return level < depth ? sign * keys[depth - 1 - level] : Number.NaN;
  }
  function sizeIn({ queues, depth }: Ladder, level: number): number {
    return level < depth ? totals[queues[depth - 1 - level]] : 0;
  }
}

function checkSize(id: number | string, size: number): void {
  if (!(Number.isSafeInteger(size) && size > 0)) throw new Error(`order ${id}: size must be a whole number from 1 up, got ${size}`);
}

/** Places in arrays: the one given back last, else the next that was never taken. */
function slots(room: number): { take(): number; give(slot: number): void } {
  let free = new Int32Array(room);
  let [spare, next] = [0, 0];
  return {
    take: () => (spare > 0 ? free[--spare] : next++),
    give(slot) {
      if (spare === free.length) free = grown(free);
      free[spare++] = slot;
    },
  };
}
