import { checkNumber, checkOneOf, checkOptions, checkWhole } from '../../base/internal.js';
import { type Frame, fieldOf } from '../frame/frame.js';
import type { Panel } from '../panel/panel.js';
import { requirePositive } from '../panel/returns.js';
import { type RowChoice, rangesOf, rowNumbers } from '../splits/fold.js';

/** Where the barriers of `tripleBarrier` stand. */
export interface Barriers {
  /** rows until the position is closed at the latest */
  readonly horizon: number;
  /** distance of the barrier that gains, in units of `width`, or of the price: 0.04 is 4 % */
  readonly target: number;
  /** distance of the barrier that loses, in the same units */
  readonly stop: number;
  /** [T, N] what is usual, as known at each row: 0.02 is 2 % of the price; the price itself unless told */
  readonly width?: Panel;
  /** bought, unless told, or sold */
  readonly side?: 'long' | 'short';
  /** rows at whose close a position is opened; all unless told */
  readonly rows?: RowChoice;
}

/** Labels of events, [E] each, in the order of their dates. */
export interface BarrierEvents {
  /** when the position is opened, at the close */
  readonly dates: readonly string[];
  /** what is bought or sold */
  readonly assets: readonly string[];
  /** when the label is known: the `horizon` of splits */
  readonly knownAt: readonly string[];
  /** row of the date */
  readonly starts: Int32Array;
  /** row on which the label is known */
  readonly ends: Int32Array;
  /** 1 where the target was reached first, −1 the stop, 0 where time was up */
  readonly labels: Int8Array;
  /** what the position made, before costs: 0.02 is 2 % of its price, whatever its side */
  readonly returns: Float64Array;
}

/**
 * Triple-barrier labels: what comes first of a target, a stop and the end of time, as a trade with those orders would have it.
 *
 * A position is opened at the close of row t and closed on the first of the rows t + 1 … t + horizon whose range holds a barrier, at the
 * barrier, or at the open where the price jumps over it; where both lie within one bar it is the stop, since the bar does not say which came
 * first; else at the close of the last row. Prices are `close` with `open`, `high` and `low` where a frame has them, or closes alone, `close`
 * or `adjClose`, at which barriers are then met; dividends count where those are total returns. On a row without a price nothing is met;
 * an asset that has none up to the end of time is closed at its last one. A bar without high and low counts by its close. An event whose end is not
 * in the data has no label and is left out; so of the last `horizon` rows only those are kept that hit a barrier, which is a selection: leave out
 * all starts after T − 1 − horizon (`rows`) where shares of labels matter.
 *
 *     const events = tripleBarrier(frame, { horizon: 20, target: 2, stop: 1, width });
 *     purgedKFold(events.dates, { folds: 5, horizon: events.knownAt })
 *
 * López de Prado 2018, ch. 3, whose barriers are met by closes.
 *
 * @throws when horizon is no whole number from 1 up, target or stop are not positive, at a price that is not, when `width` has other dates, or `rows` one that is not
 *         there or none
 */
export function tripleBarrier(data: Frame | Panel, barriers: Barriers): BarrierEvents {
  const who = 'tripleBarrier';
  checkOptions(who, barriers, ['horizon', 'target', 'stop', 'width', 'side', 'rows']);
  const { horizon, target, stop, width, side = 'long', rows } = barriers;
  checkWhole(who, 'horizon', horizon);
  checkNumber(who, 'target', target, { above: 0 });
  checkNumber(who, 'stop', stop, { above: 0 });
  checkOneOf(who, 'side', side, ['long', 'short']);
  const bars = barsOf(data);
  const { dates, assets } = bars.close;
  const N = assets.length;
  if (width) requireAligned(width, bars.close);
  const sign = side === 'long' ? 1 : -1;
  const [starts, ends, places, labels, returns]: number[][] = [[], [], [], [], []];
  for (const t of rows ? rowNumbers(rangesOf(`${who}: the choice`, rows, dates.length)) : dates.keys())
    for (let n = 0; n < N; n++) {
      const entry = bars.close.values[t * N + n];
      const unit = width ? width.values[t * N + n] : 1;
      if (Number.isNaN(entry) || !(unit > 0)) continue;
      const gain = (price: number) => sign * (price / entry - 1);
      const exit = firstMet(bars, t, n, { horizon, sign, gain: target * unit, loss: stop * unit, entry });
      if (!exit) continue;
      starts.push(t);
      ends.push(exit.row);
      places.push(n);
      labels.push(exit.label);
      returns.push(gain(exit.price));
    }
  return {
    dates: starts.map((t) => dates[t]),
    assets: places.map((n) => assets[n]),
    knownAt: ends.map((t) => dates[t]),
    starts: Int32Array.from(starts),
    ends: Int32Array.from(ends),
    labels: Int8Array.from(labels),
    returns: Float64Array.from(returns),
  };
}

/** Throws unless a width has the dates and the assets of the prices, in their order. */
function requireAligned(width: Panel, { dates, assets }: Panel): void {
  const [T, N] = [dates.length, assets.length];
  if (width.dates.length !== T || width.assets.length !== N || width.dates[0] !== dates[0])
    throw new Error(
      `tripleBarrier: width has ${width.dates.length} dates from ${width.dates[0]} and ${width.assets.length} assets, the prices ${T} from ${dates[0]} and ${N}; align them first`,
    );
  for (const [what, own, other] of [
    ['date', dates, width.dates],
    ['asset', assets, width.assets],
  ] as const) {
    const i = own.findIndex((name, k) => name !== other[k]);
    if (i >= 0)
      throw new Error(`tripleBarrier: ${what} ${i} of width is ${other[i]}, of the prices ${own[i]}; select and align them alike first`);
  }
}

interface Bars {
  readonly close: Panel;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
}

function barsOf(data: Frame | Panel): Bars {
  if (!('fields' in data)) return positive({ close: data, open: data.values, high: data.values, low: data.values });
  const { open, high, low, close } = data.fields;
  if (close && open && high && low) return positive({ close: fieldOf(data, 'close'), open, high, low });
  const only = fieldOf(data, close ? 'close' : 'adjClose');
  return positive({ close: only, open: only.values, high: only.values, low: only.values });
}

function positive(bars: Bars): Bars {
  for (const values of new Set([bars.close.values, bars.open, bars.high, bars.low]))
    requirePositive('tripleBarrier', { ...bars.close, values });
  return bars;
}

interface Trade {
  readonly horizon: number;
  readonly sign: 1 | -1;
  readonly gain: number;
  readonly loss: number;
  readonly entry: number;
}

/** The first barrier that is met, or the last price at the end of time; nothing where the data end before. */
function firstMet({ close, open, high, low }: Bars, t: number, n: number, { horizon, sign, gain, loss, entry }: Trade) {
  const N = close.assets.length;
  const T = close.dates.length;
  const [target, stop] = [entry * (1 + sign * gain), entry * (1 - sign * loss)];
  const reaches = (price: number) => sign * (price - target) >= 0;
  const falls = (price: number) => sign * (price - stop) <= 0;
  let last = entry;
  for (let row = t + 1; row <= t + horizon && row < T; row++) {
    const at = row * N + n;
    if (Number.isNaN(close.values[at])) continue;
    last = close.values[at];
    if (falls(open[at])) return { row, label: -1, price: open[at] };
    if (reaches(open[at])) return { row, label: 1, price: open[at] };
    if (falls(sign > 0 ? low[at] : high[at])) return { row, label: -1, price: stop };
    if (reaches(sign > 0 ? high[at] : low[at])) return { row, label: 1, price: target };
    // A bar without its range has its close.
    if (falls(last)) return { row, label: -1, price: last };
    if (reaches(last)) return { row, label: 1, price: last };
  }
  return t + horizon < T ? { row: t + horizon, label: 0, price: last } : undefined;
}
