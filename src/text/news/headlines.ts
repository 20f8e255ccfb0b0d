import { fold, type Key, type PanelLike, uniform } from '../../base/index.js';
import { checkKey, checkNumber, checkOptions, checkWhole } from '../../base/internal.js';
import { byTime, type NewsItem } from './news-item.js';

/** How headlines are made of prices. */
export interface HeadlineOptions {
  /** Chooses among wordings; what is told, and when, does not depend on it. */
  readonly key: Key;
  /** Names for assets: `{ AAPL: 'Apple' }`; the asset itself where there is none. */
  readonly names?: Readonly<Record<string, string>>;
  /** Deviations of the `window` days before from which a day's return is told; 3 when left out. */
  readonly jump?: number;
  /** Days of history for the size of a usual day; 60 when left out. */
  readonly window?: number;
  /** Days of which a close is the highest or lowest, when it is told; 252 when left out. */
  readonly year?: number;
}

type Event = 'up' | 'down' | 'high' | 'low';

const WORDINGS: Readonly<Record<Event, readonly string[]>> = {
  up: [
    'NAME jumps SIZE %',
    'NAME shares surge SIZE % in a day',
    'Buyers lift NAME by SIZE %',
    'NAME gains SIZE %, far more than on a usual day',
  ],
  down: [
    'NAME tumbles SIZE %',
    'NAME shares slump SIZE % in a day',
    'Sellers push NAME down SIZE %',
    'NAME loses SIZE %, far more than on a usual day',
  ],
  high: ['NAME closes at its highest in DAYS days', 'NAME reaches a DAYS-day high', 'No close of NAME was higher in DAYS days'],
  low: ['NAME closes at its lowest in DAYS days', 'NAME falls to a DAYS-day low', 'No close of NAME was lower in DAYS days'],
};
/** Days for which a high or low is not told again. */
const QUIET = 21;

/**
 * Headlines made of a panel's own prices: dated, deterministic by key, and marked as generated. No one has read them: they serve to build and test what real
 * news will go through, and to ask whether a model finds in text what is in the prices anyway.
 *
 *     headlinesOf(await loadPanel('skfolio/sp500-stocks', { to: '2016-12-31' }), { key: key(1), names: { AAPL: 'Apple' } })
 *
 * Told are days whose log return is `jump` or more deviations of the `window` days before, and closes that are the highest or lowest of `year` days, not
 * again within 21 days. Each is a function of closes up to its day, and published at 22:00 UTC of that day, after New York's close in summer and
 * winter: the next day is the first that can trade on it. In panels with times it is published at the time of its row.
 *
 * @param prices  closes [T, N], NaN where there is none
 * @throws        when a price is not above 0, or an option does not fit
 */
export function headlinesOf(prices: PanelLike, options: HeadlineOptions): NewsItem[] {
  checkOptions('headlinesOf', options, ['key', 'names', 'jump', 'window', 'year']);
  const { key, names = {}, jump = 3, window = 60, year = 252 } = options;
  checkKey('headlinesOf', key);
  checkNumber('headlinesOf', 'jump', jump, { above: 0 });
  checkWhole('headlinesOf', 'window', window, { from: 2 });
  checkWhole('headlinesOf', 'year', year, { from: 2 });
  const { dates, assets, values } = prices;
  const N = assets.length;
  const items: NewsItem[] = [];
  for (const [n, asset] of assets.entries()) {
    const days = dates.map((_, t) => t).filter((t) => !Number.isNaN(values[t * N + n]));
    const closes = days.map((t) => values[t * N + n]);
    const wrong = closes.findIndex((close) => !(close > 0 && close < Infinity));
    if (wrong >= 0)
      throw new Error(`headlinesOf: ${asset} is ${closes[wrong]} on ${dates[days[wrong]]}; prices are above 0, were these returns?`);
    for (const { at, event, size } of eventsOf(closes, { jump, window, year })) {
      const wordings = WORDINGS[event];
      const [u] = uniform(fold(fold(key, n), days[at]), [1], 'float64').data;
      const title = wordings[Math.floor(u * wordings.length)]
        .replace('NAME', () => names[asset] ?? asset)
        .replace('SIZE', size)
        .replace('DAYS', String(year));
      const date = dates[days[at]];
      const published = date.length > 10 ? `${date.slice(0, 16)}:00Z` : `${date}T22:00:00Z`;
      items.push({ published, title, source: `generated from ${prices.source ?? 'a panel'}`, assets: [asset], generated: true });
    }
  }
  return byTime(items);
}

/** What is told of one asset's closes, each from those up to its day. */
function eventsOf(
  closes: readonly number[],
  { jump, window, year }: { jump: number; window: number; year: number },
): { at: number; event: Event; size: string }[] {
  const returns = closes.map((close, t) => (t > 0 ? Math.log(close / closes[t - 1]) : 0));
  const events: { at: number; event: Event; size: string }[] = [];
  const told: Record<'high' | 'low', number> = { high: -Infinity, low: -Infinity };
  for (let t = 1; t < closes.length; t++) {
    if (t > window) {
      const usual = deviation(returns.slice(t - window, t));
      if (usual > 0 && Math.abs(returns[t]) >= jump * usual)
        events.push({ at: t, event: returns[t] > 0 ? 'up' : 'down', size: (100 * Math.abs(Math.expm1(returns[t]))).toFixed(1) });
    }
    if (t + 1 < year) continue;
    const before = closes.slice(t + 1 - year, t);
    for (const [event, beyond] of [
      ['high', closes[t] > Math.max(...before)],
      ['low', closes[t] < Math.min(...before)],
    ] as const)
      if (beyond) {
        if (t - told[event] > QUIET) events.push({ at: t, event, size: '' });
        told[event] = t;
      }
  }
  return events;
}

function deviation(x: readonly number[]): number {
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
  return Math.sqrt(x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (x.length - 1));
}
