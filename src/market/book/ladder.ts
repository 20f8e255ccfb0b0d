/**
 * The prices of one side that have orders. The best is the last, and most of what happens happens near it, so that a new price moves few
 * others and a search that starts there is short.
 */
export interface Ladder {
  /** 1 for bids, where higher is better; −1 for asks */
  readonly sign: 1 | -1;
  /** how many prices have orders */
  depth: number;
  /** [depth] sign × price, ascending */
  keys: Float64Array;
  /** [depth] the queue of each price */
  queues: Int32Array;
}

/** A side without orders. */
export const ladder = (sign: 1 | -1): Ladder => ({ sign, depth: 0, keys: new Float64Array(64), queues: new Int32Array(64) });

/** The first place whose key is not below this one: by steps from the best that double, then by halves. */
export function placeOf({ keys, depth }: Ladder, key: number): number {
  let [high, step] = [depth, 1];
  while (high - step >= 0 && keys[high - step] >= key) {
    high -= step;
    step *= 2;
  }
  let low = Math.max(0, high - step);
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keys[middle] < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Puts a price in, at the place that `placeOf` found. */
export function insertPrice(side: Ladder, place: number, key: number, queue: number): void {
  if (side.depth === side.keys.length) {
    side.keys = grown(side.keys);
    side.queues = grown(side.queues);
  }
  const { keys, queues, depth } = side;
  for (let i = depth; i > place; i--) {
    keys[i] = keys[i - 1];
    queues[i] = queues[i - 1];
  }
  keys[place] = key;
  queues[place] = queue;
  side.depth = depth + 1;
}

/** Takes a price out. */
export function removePrice(side: Ladder, place: number): void {
  const { keys, queues } = side;
  side.depth--;
  for (let i = place; i < side.depth; i++) {
    keys[i] = keys[i + 1];
    queues[i] = queues[i + 1];
  }
}

/** The same numbers in an array twice as long. */
export function grown<A extends Float64Array | Int32Array>(former: A): A {
  const longer = new (former.constructor as new (length: number) => A)(2 * former.length);
  longer.set(former);
  return longer;
}
