/** The trades of one asset, one after the other; several may have one time. */
export interface Ticks {
  readonly asset: string;
  /** [K] milliseconds since 1970-01-01T00:00 UTC, never falling */
  readonly times: Float64Array;
  /** [K] in the asset's currency, or in index points */
  readonly prices: Float64Array;
  /** [K] shares, contracts or coins, above zero */
  readonly sizes: Float64Array;
  /** where they came from: the path of a file */
  readonly source: string;
}

/**
 * Throws on ticks that no bar can be made of.
 *
 * @throws when there is none, arrays have not one length, times fall, a price is no number, or a size is not above zero
 */
export function checkTicks({ times, prices, sizes, source }: Ticks): void {
  if (times.length === 0) throw new Error(`${source}: there is no tick`);
  if (prices.length !== times.length || sizes.length !== times.length)
    throw new Error(`${source}: ${times.length} times, ${prices.length} prices and ${sizes.length} sizes; each tick has one of each`);
  for (let i = 0; i < times.length; i++) {
    const fault = faultOfTick(times[i], prices[i], sizes[i], i > 0 ? times[i - 1] : times[i]);
    if (fault) throw new Error(`${source}: tick ${i + 1}: ${fault}`);
  }
}

/** What is wrong with a tick that follows one of the time `former`, or undefined. */
export function faultOfTick(time: number, price: number, size: number, former: number): string | undefined {
  if (Number.isNaN(time)) return 'its time is none';
  if (time < former) return `its time falls, from ${stamp(former)} to ${stamp(time)}; sort the ticks by time`;
  if (!Number.isFinite(price)) return 'its price is no number';
  return size > 0 && Number.isFinite(size) ? undefined : `its size must be above zero, got ${size}`;
}

const stamp = (time: number): string => new Date(time).toISOString();
