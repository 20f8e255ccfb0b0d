import { dayOf, parseDay } from '../panel/dates.js';
import type { Adjustment } from '../panel/panel.js';
import { ACTION_FIELDS, type Frame, fieldOf, frameOf } from './frame.js';
import { GAP } from './listing.js';

/**
 * What a company does to its shares, by the first date on which they trade without it, the `exDate`: a `split` gives so many new shares for one old,
 * 7 or 0.1; a `dividend` is money for each share as shares are on that date, after a split of the same date.
 */
export type CorporateAction =
  | { readonly asset: string; readonly exDate: string; readonly split: number }
  | { readonly asset: string; readonly exDate: string; readonly dividend: number };

/**
 * A frame of prices as they were paid with what happened to the shares, as its fields `split`, 1 where there was none, and `dividend`, 0 where there
 * was none: what `adjust` and a backtest take. An empty list says that nothing happened.
 *
 *     withActions(raw, [{ asset: 'AAPL', exDate: '2014-06-09', split: 7 }, { asset: 'AAPL', exDate: '2014-08-07', dividend: 0.47 }])
 *
 * It comes first, before `audit`, which then knows splits from faults, and `adjust`.
 *
 * @param frame  fields [T, N]; those it has called `split` and `dividend` are replaced
 * @throws       on an asset or a date that the frame does not have between its first and last, and a split or a dividend that is not positive; actions
 *               outside its dates are left out
 */
export function withActions(frame: Frame, actions: readonly CorporateAction[]): Frame {
  const { dates, assets, series, listed, source } = frame;
  const N = assets.length;
  const split = new Float64Array(dates.length * N).fill(1);
  const dividend = new Float64Array(dates.length * N);
  const rowOf = new Map(dates.map((date, t) => [dayOf(date), t] as const).reverse()); // of the minutes of a day the first
  for (const action of actions) {
    const { asset, exDate } = action;
    const what = 'split' in action ? 'split' : 'dividend';
    const size = 'split' in action ? action.split : action.dividend;
    const where = `withActions: the ${what} of '${asset}' on ${exDate}`;
    const [day, n] = [parseDay(exDate, where), assets.indexOf(asset)];
    if (n < 0) throw new Error(`${where}: ${source} has no such asset; it has ${assets.slice(0, 20).join(', ')}`);
    if (!(size > 0 && Number.isFinite(size)))
      throw new Error(
        `${where} is ${size}; a split is new shares for one old, 7 or 0.1, and a dividend money per share: both are positive`,
      );
    if (day < parseDay(dates[0], source) || day > parseDay(dates.at(-1)!, source)) continue;
    const t = rowOf.get(exDate);
    if (t === undefined)
      throw new Error(
        `${where}: ${source} has no row of that date; an ex-date is a day of trading, YYYY-MM-DD: load daily rows, or correct the date`,
      );
    if (what === 'split') split[t * N + n] *= size;
    else dividend[t * N + n] += size;
  }
  const kept = Object.keys(frame.fields).filter((field) => !ACTION_FIELDS.includes(field));
  const panels = kept.map((field) => fieldOf(frame, field));
  const made = { split, dividend };
  const more = Object.entries(made).map(([field, values]) => ({ dates, assets, values, field, source }));
  return frameOf([...panels, ...more], { series, source, ...(listed && { listed }) });
}

/** As `adjust` defines them, each [T, N]. */
interface Factors {
  readonly splitFactor: Float64Array;
  readonly dividendFactor: Float64Array;
}

/**
 * Prices per share as shares are on the last date, out of those that were paid: `open`, `high`, `low`, `close` and `dividend` times the split factor,
 * `volume` divided by it, and `adjClose`, the close times both factors, whose returns hold the dividends. The last prices stay as they are.
 *
 *     splitFactor      S_t = Π 1 / split_e                                         over the ex-dates e after t
 *     dividendFactor   D_t = Π (1 − dividend_e / (p_{e−1} / split_e))              p_{e−1} the last close before e, as it was paid
 *
 * So a return over an ex-date is p_e / (p_{e−1} − dividend_e) − 1, of a dividend that is reinvested at the price without it, as Yahoo has it; CRSP's total
 * return is (p_e + dividend_e) / p_{e−1} − 1: 9 % and not 10 % where 10 becomes 9.9 over a dividend of 1.
 * Rows that an audit leaves out are left out of what `adjust` gives, `withUsable(adjust(raw), audit(raw))`, so that p_{e−1} is there; only wrong closes
 * just before a dividend go first, and the one before them stands in. Levels know every action that came later, and change with the next: take returns and ratios of them, never levels, as features.
 *
 * @param raw  with `close`, and `split` and `dividend` as `withActions` makes them
 * @throws     when one of these is not there, a split is not positive or a dividend negative or missing where the asset is listed, the prices are adjusted already, by what they say or by how they move over a split, and when a dividend
 *             is as large as the price, or has had no close for a week before it
 */
export function adjust(raw: Frame): Frame {
  for (const field of ['close', 'split', 'dividend'])
    if (!(field in raw.fields))
      throw new Error(
        `adjust: ${raw.source} has no ${field}: it has ${Object.keys(raw.fields).join(', ')}; withActions(frame, actions) gives it its actions`,
      );
  const before = raw.adjusted?.close;
  if (before && before !== 'none')
    throw new Error(
      `adjust: close of ${raw.source} is adjusted for ${before} already, and a second time would divide by the splits again; take it as it is`,
    );
  const { splitFactor, dividendFactor } = factorsOf(raw);
  const { dates, assets, series, listed, source } = raw;
  const panel = (field: string, values: Float64Array, adjusted?: Adjustment) => ({
    ...{ dates, assets, values, field, source },
    ...(adjusted && { adjusted }),
  });
  const { close, split: _, adjClose: __, ...others } = raw.fields;
  const panels = Object.entries(others).map(([field, values]) => {
    if (field === 'volume')
      return panel(
        field,
        values.map((value, i) => value / splitFactor[i]),
        'splits',
      );
    if (['open', 'high', 'low', 'dividend'].includes(field))
      return panel(
        field,
        values.map((value, i) => value * splitFactor[i]),
        'splits',
      );
    return fieldOf(raw, field);
  });
  const perShare = close.map((value, i) => value * splitFactor[i]);
  const total = perShare.map((value, i) => value * dividendFactor[i]);
  return frameOf([panel('close', perShare, 'splits'), panel('adjClose', total, 'splits and dividends'), ...panels], {
    series,
    source,
    ...(listed && { listed }),
  });
}

function factorsOf({ dates, assets, fields, listed, source }: Frame): Factors {
  const { close, split, dividend } = fields;
  const [T, N] = [dates.length, assets.length];
  const [splitFactor, dividendFactor] = [new Float64Array(T * N).fill(1), new Float64Array(T * N).fill(1)];
  for (let n = 0; n < N; n++) {
    let [ofSplits, ofDividends] = [1, 1];
    for (let t = T - 1; t >= 0; t--) {
      const i = t * N + n;
      [splitFactor[i], dividendFactor[i]] = [ofSplits, ofDividends];
      const [ratio, paid] = [split[i], dividend[i]];
      if (listed?.[i] === 0 && Number.isNaN(ratio + paid)) continue;
      if (ratio === 1 && paid === 0) continue;
      const where = `adjust: '${assets[n]}' of ${source} on ${dates[t]}`;
      refuseUnknown(where, ratio, paid);
      const last = rowBefore(close, i, N);
      if (last < 0) continue; // nothing before it is to be adjusted
      const price = close[last];
      const gap = (i - last) / N - 1;
      if (paid > 0 && gap > GAP)
        throw new Error(
          `${where}: the dividend ${paid} needs the close before it, and the ${gap} rows before have none, so its share of the price is not known; ` +
            'adjust before withUsable or withUniverse leaves rows out, or leave the dividend out',
        );
      refuseAdjusted(where, price, close[i], ratio);
      if (paid >= price / ratio)
        throw new Error(
          `${where}: the dividend ${paid} is not less than the last close ${price / ratio} per share; is it of another unit, or before a split?`,
        );
      ofSplits /= ratio;
      ofDividends *= 1 - paid / (price / ratio);
    }
  }
  return { splitFactor, dividendFactor };
}

/** The place of the last close before one, negative where there is none. */
function rowBefore(close: Float64Array, i: number, N: number): number {
  let at = i - N;
  while (at >= 0 && Number.isNaN(close[at])) at -= N;
  return at;
}

/**
 * Throws on a split or a dividend that says nothing, which is not the same as none.
 *
 * @param where  who asks, of which asset and date
 */
export function refuseUnknown(where: string, split: number, dividend: number): void {
  if (split > 0 && dividend >= 0) return;
  throw new Error(
    `${where}: split is ${split} and dividend ${dividend}; a split is positive, 1 where there is none, and a dividend 0 or more: was the row masked, or ` +
      'joined to dates that it lacks? withActions(frame, actions) sets both',
  );
}

/** A price that moves less over a large split than it would by it was divided before. */
function refuseAdjusted(where: string, before: number, after: number, ratio: number): void {
  if (Math.abs(Math.log(ratio)) < Math.log(1.5)) return; // small ones do not stand out of a day's move
  const move = Math.log(after / before);
  if (Math.abs(move) < Math.abs(move + Math.log(ratio)))
    throw new Error(
      `${where}: close goes from ${before} to ${after} over a split of ${ratio}, so it is adjusted already; take it as it is, or correct the split`,
    );
}
