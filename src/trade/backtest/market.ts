import type { Frame } from '../../market/index.js';
import { GAP } from '../../market/internal.js';
import { NEAREST_BELOW } from './nearest.js';

/** Prices as a run reads them: arrays [T, M] of the frame, of which `columns` [N] are traded. */
export interface Market {
  readonly dates: readonly string[];
  /** [N] */
  readonly assets: readonly string[];
  /** M, the frame's assets */
  readonly width: number;
  readonly columns: Int32Array;
  /** [T, M] prices of trades and of valuation: one array for `nextClose` */
  readonly traded: Float64Array;
  readonly close: Float64Array;
  readonly split?: Float64Array;
  readonly dividend?: Float64Array;
  readonly listed?: Uint8Array;
  /** [N] rows from which on an asset has no price while the frame goes on and does not say that it is delisted, T where it has; absent where all have */
  readonly ends?: Int32Array;
  readonly source: string;
}

/** What of a frame a run needs; throws where it lacks a price. */
export function marketOf(prices: Frame, assets: readonly string[], execution: 'nextOpen' | 'nextClose'): Market {
  const { fields, source, dates, listed } = prices;
  const has = Object.keys(fields).join(', ');
  const close = fields.close ?? fields.adjClose;
  if (!close)
    throw new Error(
      `backtest: prices need close, or adjClose: ${source} has ${has}; a run takes prices, not returns, and makes its own of them`,
    );
  if (execution === 'nextOpen' && !(fields.open && fields.close))
    throw new Error(
      `backtest: nextOpen needs open and close: ${source} has ${has}; load bars, or trade at 'nextClose'` +
        (fields.open ? '. adjClose is not on the scale of open' : ''),
    );
  const actions = fields.close ? { split: fields.split, dividend: fields.dividend } : {};
  refuseTwice(prices);
  const columns = Int32Array.from(assets, (asset) => prices.assets.indexOf(asset));
  const ends = endsOf(prices, close, columns);
  return {
    dates,
    assets,
    width: prices.assets.length,
    columns,
    traded: execution === 'nextOpen' ? fields.open : close,
    close,
    ...(actions.split && { split: actions.split }),
    ...(actions.dividend && { dividend: actions.dividend }),
    ...(listed && { listed }),
    ...(ends.some((row) => row < dates.length) && { ends }),
    source,
  };
}

/** A week without a price at the end is a gap, and is valued at the last. */
function endsOf({ dates, assets, listed }: Frame, close: Float64Array, columns: Int32Array): Int32Array {
  const [T, M] = [dates.length, assets.length];
  return columns.map((n) => {
    let t = T - 1;
    while (t >= 0 && Number.isNaN(close[t * M + n]) && listed?.[t * M + n] !== 0) t--;
    const isTold = t >= 0 && listed?.[t * M + n] === 0;
    return n < 0 || isTold || T - 1 - t <= GAP ? T : t + 1;
  });
}

/** Stops where an asset is held that has no price any more: it would stay at its last for ever. */
export function refuseEnded({ dates, assets, source, ends }: Market, lots: Float64Array, t: number): void {
  const n = lots.findIndex((count, i) => count !== 0 && ends![i] <= t);
  if (n < 0) return;
  throw new Error(
    `backtest: '${assets[n]}' is held, and its last price in ${source} is of ${dates[ends![n] - 1]}, ${dates.length - ends![n]} rows before the end; ` +
      'is it delisted, or is its file cut short? Give the frame `listed` (loadFrame and joinFrames make it) and say { delisting }, or weigh it 0 before',
  );
}

/** Stops at splits and dividends that the prices say they hold already. */
function refuseTwice({ fields, adjusted, source }: Frame): void {
  const held = fields.close && adjusted?.close;
  const splits = held && held !== 'none' && fields.split?.some((ratio) => ratio > 0 && ratio !== 1);
  const dividends = held === 'splits and dividends' && fields.dividend?.some((paid) => paid > 0);
  if (!(splits || dividends)) return;
  throw new Error(
    `backtest: close of ${source} is adjusted for ${held}, and there is a field of ${splits ? 'splits' : 'dividends'} that a run would apply ` +
      'once more; take closes as they were paid, or leave the field out',
  );
}

/** [T] calendar time from the date before to each in years of 365 days, 0 for the first; dates may have a time. */
export function yearsOf(dates: readonly string[]): Float64Array {
  const years = new Float64Array(dates.length);
  for (let t = 0, before = 0; t < dates.length; t++) {
    const now =
      dates[t].length === 10
        ? Date.UTC(digits(dates[t], 0, 4), digits(dates[t], 5, 7) - 1, digits(dates[t], 8, 10))
        : Date.parse(`${dates[t]}Z`);
    years[t] = t === 0 ? 0 : (now - before) / (365 * 86_400_000);
    before = now;
  }
  return years;
}

/** A part of a date as a number, without a string of its own: half a run's time would go into making those. */
function digits(date: string, from: number, to: number): number {
  let number = 0;
  for (let i = from; i < to; i++) number = 10 * number + date.charCodeAt(i) - 48;
  return number;
}

/** Stops at a price that is none: not finite, not positive, or of too few or too many ticks. */
export function refusePrice({ dates, assets, source }: Market, price: number, ticks: number, t: number, n: number): never {
  const cause =
    price === Infinity
      ? 'and prices are finite, missing ones NaN: was something divided by 0?'
      : price * ticks >= NEAREST_BELOW
        ? `which is more than what is counted exactly, 2^51 ticks of ${1 / ticks}: take a coarser one`
        : price > 0
          ? `which is less than half a tick of ${1 / ticks}: take a finer one`
          : 'and prices are positive, missing ones NaN: are these returns, or differences?';
  throw new Error(`backtest: the price of '${assets[n]}' is ${price} on ${dates[t]} in ${source}, ${cause}`);
}
