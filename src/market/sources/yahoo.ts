import { z } from 'zod';
import { checkOptions, sha256 } from '../../base/internal.js';
import { previousTradingDay } from '../panel/calendar.js';
import { dayOf, fromDay, parseDay } from '../panel/dates.js';
import { checkTable } from '../store/check.js';
import type { Provenance } from '../store/provenance.js';
import { findDamage, readRecord, saveDataset } from '../store/store.js';
import { barsAdjusted, type Table } from '../store/table.js';
import { findingsOf } from './findings.js';
import { type Politeness, politeFetch } from './polite-fetch.js';

/** Which bars to fetch, and how politely. */
export interface YahooOptions extends Politeness {
  /** first date */
  readonly from: string;
  /** last date; the last trading day before today unless told, since today's bar is not final */
  readonly to?: string;
  /** trading days the rows must match; `none` for other markets */
  readonly calendar?: 'nyse' | 'none';
  /** keep rows without a price as NaN instead of refusing them */
  readonly allowMissing?: boolean;
  /** fetch even if the store covers the dates: adjusted closes are restated with every dividend */
  readonly refresh?: boolean;
  /** least time between two requests */
  readonly intervalMs?: number;
}

/**
 * Daily bars from Yahoo Finance into the store, as `yahoo/<ticker>`, one ticker after the other.
 *
 *     await updateYahoo(['AAPL', 'MSFT'], { from: '2010-01-01' });   await loadBars('yahoo/AAPL')
 *
 * A ticker whose dates the store covers is not fetched again. Otherwise the whole range is, because adjusted closes of two
 * fetches do not fit together.
 *
 * @returns the records of all tickers, in order; their `findings` say what looks like a fault of the service
 * @throws  on an unknown ticker, an empty range, a gap, a price that is missing or not positive, and when the service does not answer
 */
export async function updateYahoo(tickers: readonly string[], options: YahooOptions): Promise<Provenance[]> {
  checkOptions('yahoo', options, [
    'from',
    'to',
    'calendar',
    'allowMissing',
    'refresh',
    'intervalMs',
    'attempts',
    'timeoutMs',
    'backoffMs',
    'maxPauseMs',
    'fetch',
  ]);
  const asked = { from: options.from, to: options.to ?? lastFinalDay(options.calendar ?? 'nyse') };
  const backwards = parseDay(asked.from, 'yahoo: from') > parseDay(asked.to, 'yahoo: to');
  const range = { from: dayOf(asked.from), to: dayOf(asked.to) }; // bars are daily
  if (backwards) throw new Error(`yahoo: the range ${range.from} … ${range.to} is empty: from is after to; swap them`);
  tickers.forEach(requireTicker);
  const client = await connect(options);
  const records: Provenance[] = [];
  for (const ticker of tickers) {
    const record = await readRecord(`yahoo/${ticker}`).catch(() => undefined); // a broken record is replaced
    const current = record && !options.refresh && covers(record, range) && !(await findDamage(record));
    records.push(current ? record : await fetchTicker(client, ticker, range, options));
  }
  return records;
}

type Client = InstanceType<Awaited<typeof import('yahoo-finance2')>['default']>;
type Range = { readonly from: string; readonly to: string };

async function connect({ intervalMs = 500, ...politeness }: YahooOptions): Promise<Client> {
  const { default: YahooFinance } = await import('yahoo-finance2');
  const quiet = () => {};
  return new YahooFinance({
    fetch: politeFetch(politeness),
    queue: { concurrency: 1, interval: intervalMs },
    logger: { info: quiet, warn: quiet, error: quiet, debug: quiet, dir: quiet },
    validation: { logErrors: false },
    versionCheck: false,
  });
}

async function fetchTicker(
  client: Client,
  ticker: string,
  range: Range,
  { calendar = 'nyse', allowMissing = false }: YahooOptions,
): Promise<Provenance> {
  const where = `yahoo/${ticker}`;
  // A day more on either side: bars are stamped with the opening in UTC, which in Asia and Australia can be the day before.
  const period = {
    period1: new Date((parseDay(range.from, where) - 1) * MS_PER_DAY),
    period2: new Date((parseDay(range.to, where) + 2) * MS_PER_DAY),
  };
  const answer = await client.chart(ticker, { ...period, interval: '1d', events: '' }, { validateResult: false }).catch((error: Error) => {
    throw explain(error, where, ticker, range);
  });
  const chart = answerSchema.safeParse(answer);
  if (!chart.success)
    throw new Error(
      `${where}: the answer is not of the known form: ${z.prettifyError(chart.error).split('\n')[0]}; ` +
        'the service may have changed: upgrade lemmata',
    );
  const { meta, quotes } = chart.data;
  const table = toTable(quotes, dayIn(where, meta), range);
  if (table.dates.length === 0)
    throw new Error(`${where}: no rows in ${range.from} … ${range.to}; it may not have traded then; choose another range`);
  checkTable(table, { where, kind: 'bars', calendar, allowMissing, line: (row) => `row ${row + 1}` });
  return saveDataset(
    {
      name: where,
      kind: 'bars',
      field: 'bars',
      unit: `${meta.currency ?? 'points'}; volume in shares`,
      source: 'Yahoo Finance',
      version: 'yahoo-finance2 4.0.2',
      sourceSha256: sha256(Buffer.from(JSON.stringify(quotes))),
      licence: 'personal use, under the terms of Yahoo',
      adjusted: barsAdjusted('splits', 'splits and dividends'),
      limits: ['delisted companies are absent: survivorship', 'adjusted closes are restated with every dividend, so a later fetch differs'],
      asked: range,
      findings: findingsOf(table, 'bars'),
    },
    table,
  );
}

const MS_PER_DAY = 86_400_000;
const price = z.number().nullish();
const answerSchema = z.object({
  meta: z
    .object({ exchangeTimezoneName: z.string().nullish(), gmtoffset: z.number().nullish(), currency: z.string().nullish() })
    .refine((meta) => (meta.exchangeTimezoneName ?? meta.gmtoffset) != null, 'neither a time zone nor an offset'),
  quotes: z.array(z.object({ date: z.date(), open: price, high: price, low: price, close: price, adjclose: price, volume: price })),
});
type Meta = z.infer<typeof answerSchema>['meta'];
type Quote = z.infer<typeof answerSchema>['quotes'][number];

/**
 * The day of a daily bar, where its exchange is. Bars are stamped with the opening or with midnight, and some that are meant for midnight an
 * hour or two before it, where summer time was abolished (Brazil since 2019): from 22:00 on a stamp belongs to the next day.
 */
function dayIn(where: string, { exchangeTimezoneName: timeZone, gmtoffset }: Meta): (stamp: Date) => string {
  const later = (stamp: Date, seconds: number) => new Date(stamp.getTime() + 1000 * seconds);
  try {
    // The locale en-CA writes dates as YYYY-MM-DD.
    const local = new Intl.DateTimeFormat('en-CA', { timeZone: timeZone ?? 'none', year: 'numeric', month: '2-digit', day: '2-digit' });
    return (stamp) => local.format(later(stamp, 2 * 3600));
  } catch {
    if (typeof gmtoffset === 'number')
      return (stamp) =>
        later(stamp, 2 * 3600 + gmtoffset)
          .toISOString()
          .slice(0, 10);
    throw new Error(
      `${where}: the answer names no time zone that is known ('${timeZone}') and no offset, so its bars have no date; upgrade lemmata`,
    );
  }
}

function toTable(quotes: readonly Quote[], dayOf: (stamp: Date) => string, { from, to }: Range): Table {
  const rows = quotes.map((quote) => ({ quote, date: dayOf(quote.date) })).filter(({ date }) => date >= from && date <= to);
  const values = (field: Exclude<keyof Quote, 'date'>) => Float64Array.from(rows, ({ quote }) => quote[field] ?? Number.NaN);
  return {
    dates: rows.map(({ date }) => date),
    columns: new Map([
      ['open', values('open')],
      ['high', values('high')],
      ['low', values('low')],
      ['close', values('close')],
      ['adjClose', values('adjclose')],
      ['volume', values('volume')],
    ]),
  };
}

function explain(error: Error, where: string, ticker: string, { from, to }: Range): Error {
  const told = error.message;
  if (/No data found|delisted|Not Found/i.test(told))
    return new Error(
      `${where}: unknown ticker '${ticker}': '${told}'; ` +
        'write it as the service does (BRK-B, ^GSPC, 7203.T); delisted companies are not kept',
      { cause: error },
    );
  if (/Data doesn't exist/i.test(told))
    return new Error(`${where}: no rows in ${from} … ${to}; it may not have traded then; choose another range`, { cause: error });
  return new Error(`${where}: Yahoo Finance gave no data: ${told}. What was stored before is intact.`, { cause: error });
}

function requireTicker(ticker: string): void {
  if (!/^[A-Z0-9^][A-Z0-9.=^-]*$/.test(ticker))
    throw new Error(`yahoo: '${ticker}' is no ticker; write it in capitals as the service does, for example AAPL, BRK-B, ^GSPC, 7203.T`);
}

const covers = ({ asked }: Provenance, { from, to }: Range): boolean => asked !== undefined && asked.from <= from && asked.to >= to;

function lastFinalDay(calendar: 'nyse' | 'none'): string {
  const today = Math.floor(Date.now() / MS_PER_DAY);
  return calendar === 'nyse' ? previousTradingDay(fromDay(today)) : fromDay(today - 1);
}
