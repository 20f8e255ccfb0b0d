import { truncateSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { localServer } from '../../../tests/support/local-server.js';
import { parquetIn, temporaryStore } from '../../../tests/support/temporary-store.js';
import { loadBars, loadPanel } from '../panel/load.js';
import { updateYahoo, type YahooOptions } from './yahoo.js';

const open = (date: string, utc = '14:30:00') => Date.parse(`${date}T${utc}Z`) / 1000; // 9:30 in New York

/** An answer of the chart service in its own form, with four days around Good Friday 2024 in round numbers. */
function answer(change: { timestamp?: number[]; close?: (number | null)[]; timeZone?: string; result?: unknown } = {}) {
  const {
    timestamp = ['2024-03-26', '2024-03-27', '2024-03-28', '2024-04-01'].map((date) => open(date)),
    close = [10, 11, 12, 13],
    timeZone = 'America/New_York',
  } = change;
  const quote = {
    open: [9.5, 10.5, 11.5, 12.5],
    high: [10.5, 11.5, 12.5, 13.5],
    low: [9, 10, 11, 12],
    close,
    volume: [1000, 2000, 3000, 4000],
  };
  const meta = { currency: 'USD', symbol: 'AAPL', exchangeTimezoneName: timeZone, gmtoffset: -14400 };
  const result = { meta, timestamp, indicators: { quote: [quote], adjclose: [{ adjclose: close.map((price) => price && price / 2) }] } };
  return JSON.stringify({ chart: { result: [change.result ?? result], error: null } });
}
const fault = (code: string, description: string) => JSON.stringify({ chart: { result: null, error: { code, description } } });

/** The service on this machine: each request gets the next answer, the last one for ever. */
async function service(...answers: ((response: ServerResponse) => void)[]) {
  const server = await localServer((_, response) => (answers.length > 1 ? answers.shift()! : answers[0])(response));
  const options: YahooOptions = {
    from: '2024-03-27',
    to: '2024-04-01',
    intervalMs: 0,
    backoffMs: 5,
    fetch: (input, init) => {
      const { pathname, search } = new URL(String(input));
      return fetch(server.url + pathname + search, init);
    },
  };
  return { options, paths: server.paths };
}
const send =
  (body: string, status = 200, headers = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(status, headers).end(body);
const ok = send(answer());
const silence = () => {};
const impatient = (options: YahooOptions, answer: unknown): YahooOptions => (answer === silence ? { ...options, timeoutMs: 400 } : options);

describe('updateYahoo', () => {
  it('stores bars of the dates asked for, dated where the exchange is', async () => {
    temporaryStore();
    const { options, paths } = await service(ok);
    const [record] = await updateYahoo(['AAPL'], options);
    const [, symbol, end] = /^\/v8\/finance\/chart\/(\w+)\?.*period2=(\d+)/.exec(paths.join())!;
    expect([symbol, Number(end) > open('2024-04-01')]).toEqual(['AAPL', true]);
    expect(record).toMatchObject({
      name: 'yahoo/AAPL',
      kind: 'bars',
      rows: 3,
      first: '2024-03-27',
      last: '2024-04-01',
      version: 'yahoo-finance2 4.0.2',
    });
    expect(await loadBars('yahoo/AAPL')).toMatchObject({
      asset: 'AAPL',
      dates: ['2024-03-27', '2024-03-28', '2024-04-01'],
      open: Float64Array.of(10.5, 11.5, 12.5),
      low: Float64Array.of(10, 11, 12),
      close: Float64Array.of(11, 12, 13),
      adjClose: Float64Array.of(5.5, 6, 6.5),
      volume: Float64Array.of(2000, 3000, 4000),
    });
    expect((await loadPanel('yahoo/AAPL', { field: 'close' })).assets).toEqual(['AAPL']);
  });

  it('dates the bars of Sydney, stamped on the evening before in UTC', async () => {
    temporaryStore();
    const timestamp = ['2024-03-25', '2024-03-26', '2024-03-27', '2024-04-01'].map((date) => open(date, '23:00:00')); // 10:00 of the next day
    const { options, paths } = await service(send(answer({ timestamp, timeZone: 'Australia/Sydney' })));
    await updateYahoo(['BHP.AX'], { ...options, to: '2024-04-02', calendar: 'none' });
    expect((await loadBars('yahoo/BHP.AX')).dates).toEqual(['2024-03-27', '2024-03-28', '2024-04-02']);
    const asked = new URL(paths[0], 'http://127.0.0.1').searchParams;
    expect(Number(asked.get('period1'))).toBeLessThanOrEqual(timestamp[1]);
    expect(Number(asked.get('period2'))).toBeGreaterThan(timestamp[3]);
  });

  it.each<[string, object]>([
    ['the zone', { exchangeTimezoneName: 'America/Sao_Paulo', gmtoffset: -10_800 }],
    ['the offset, where the zone is unknown here', { exchangeTimezoneName: 'America/Atlantis', gmtoffset: -10_800 }],
    ['the offset alone', { gmtoffset: -10_800 }],
  ])('dates bars that are stamped late the evening before by %s', async (_, zone) => {
    temporaryStore();
    // Brazil gave up summer time in 2019; bars of January 2022 came stamped at 23:00 of the day before (yfinance moves them too).
    const timestamp = ['2022-01-07', '2022-01-10', '2022-01-11'].map((date) => open(date, '02:00:00'));
    const close = [10, 11, 12];
    const meta = { currency: 'BRL', symbol: 'PETR4.SA', ...zone };
    const indicators = { quote: [{ open: close, high: close, low: close, close, volume: close }], adjclose: [{ adjclose: close }] };
    const { options } = await service(send(answer({ result: { meta, timestamp, indicators } })));
    await updateYahoo(['PETR4.SA'], { ...options, from: '2022-01-06', to: '2022-01-11', calendar: 'none' });
    expect((await loadBars('yahoo/PETR4.SA')).dates).toEqual(['2022-01-07', '2022-01-10', '2022-01-11']); // Friday, Monday, Tuesday
  });

  it('asks again only for dates it does not have, for damaged files, and when told to', async () => {
    const folder = temporaryStore();
    const { options, paths } = await service(ok);
    await updateYahoo(['AAPL'], options);
    await updateYahoo(['AAPL'], { ...options, from: '2024-03-28' });
    expect(paths).toHaveLength(1);
    await updateYahoo(['AAPL'], { ...options, from: '2024-03-26' });
    expect(paths).toHaveLength(2);
    truncateSync(parquetIn(join(folder, 'yahoo')), 50);
    await updateYahoo(['AAPL'], options);
    expect(paths).toHaveLength(3);
    await updateYahoo(['AAPL'], { ...options, refresh: true });
    expect(paths).toHaveLength(4);
  });

  it('keeps its distance between requests', async () => {
    temporaryStore();
    const { options } = await service(ok);
    const start = performance.now();
    await updateYahoo(['A', 'B', 'C'], { ...options, intervalMs: 80 });
    expect(performance.now() - start).toBeGreaterThanOrEqual(155); // two pauses
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ['429', send('', 429)],
    ['503', send('', 503)],
    ['an answer cut short', cutShort],
    ['a consent page', send('<html>')],
    ['silence', silence],
  ])('tries again after %s', async (_, bad) => {
    temporaryStore();
    const { options, paths } = await service(bad, bad, ok);
    expect(await updateYahoo(['AAPL'], impatient(options, bad))).toHaveLength(1);
    expect(paths).toHaveLength(3);
  });

  it('waits as long as a busy service asks for', async () => {
    temporaryStore();
    const { options } = await service(send('', 429, { 'retry-after': '1' }), ok);
    const start = performance.now();
    await updateYahoo(['AAPL'], options);
    expect(performance.now() - start).toBeGreaterThanOrEqual(995);
  });

  it.each<[string, (response: ServerResponse) => void, string]>([
    [
      '429',
      send('', 429),
      'it answers 429, too many requests; wait some minutes, or ask for fewer tickers at once (tried 4 times). What was stored before is intact.',
    ],
    ['500', send('', 500), 'it answers 500: the service fails on its side; try again later (tried 4 times)'],
    [
      'silence',
      silence,
      'no complete answer within 0.4 s; the service is slow or a proxy holds the connection; try again later (tried 4 times)',
    ],
    ['an answer cut short', cutShort, 'the answer broke off half-way; try again (tried 4 times)'],
    ['garbage', send('<html>\n<body>Before you continue'), "it sent no JSON but '<html> <body>Before you continue…'"],
    [
      'an unknown ticker',
      send(fault('Not Found', 'No data found, symbol may be delisted'), 404),
      "yahoo/AAPL: unknown ticker 'AAPL': 'No data found, symbol may be delisted'; write it as the service does",
    ],
    [
      'no rows',
      send(answer({ result: { meta: { currency: 'USD', exchangeTimezoneName: 'America/New_York' }, indicators: { quote: [{}] } } })),
      'yahoo/AAPL: no rows in 2024-03-27 … 2024-04-01',
    ],
    [
      'dates without data',
      send(fault('Bad Request', "Data doesn't exist for startDate = 1, endDate = 2"), 400),
      'yahoo/AAPL: no rows in 2024-03-27 … 2024-04-01; it may not have traded then',
    ],
    [
      'another form',
      send(answer({ result: { meta: {}, timestamp: [], indicators: { quote: [{ high: [] }] } } })),
      'yahoo/AAPL: the answer is not of the known form',
    ],
    [
      'a missing price',
      send(answer({ close: [10, 11, null, 13] })),
      "yahoo/AAPL: row 2, column 'close', 2024-03-28: the value is missing (NaN)",
    ],
    [
      'a negative price',
      send(answer({ close: [10, 11, -12, 13] })),
      "yahoo/AAPL: row 2, column 'close', 2024-03-28: got -12; a price must be positive",
    ],
    [
      'a gap',
      send(answer({ timestamp: ['2024-03-25', '2024-03-26', '2024-03-27', '2024-04-01'].map((date) => open(date)) })),
      'yahoo/AAPL: 1 trading day is missing (2024-03-28), the first before row 2',
    ],
    [
      'a date twice',
      send(answer({ timestamp: ['2024-03-26', '2024-03-27', '2024-03-27', '2024-04-01'].map((date) => open(date)) })),
      'yahoo/AAPL: row 2 repeats the date 2024-03-27 of row 1',
    ],
  ])('refuses %s and stores nothing', async (_, bad, message) => {
    temporaryStore();
    const { options } = await service(bad);
    await expect(updateYahoo(['AAPL'], impatient(options, bad))).rejects.toThrow(message);
    await expect(loadBars('yahoo/AAPL')).rejects.toThrow("no dataset 'yahoo/AAPL'");
  });

  it('does not go online for what cannot be a ticker or a range', async () => {
    temporaryStore();
    const { options, paths } = await service(ok);
    await expect(updateYahoo(['../quote'], options)).rejects.toThrow(
      "yahoo: '../quote' is no ticker; write it in capitals as the service does",
    );
    await expect(updateYahoo(['AAPL'], { ...options, to: '2024-01-01' })).rejects.toThrow(
      'yahoo: the range 2024-03-27 … 2024-01-01 is empty: from is after to; swap them',
    );
    await expect(updateYahoo(['AAPL'], { ...options, from: 'yesterday' })).rejects.toThrow(
      "yahoo: from: 'yesterday' is not a date; write it as YYYY-MM-DD",
    );
    expect(paths).toEqual([]);
  });

  it('says so when there is no network', async () => {
    temporaryStore();
    const { options } = await service(ok);
    const offline: YahooOptions = { ...options, fetch: (_, init) => fetch('http://127.0.0.1:9', init) };
    await expect(updateYahoo(['AAPL'], offline)).rejects.toThrow('yahoo/AAPL: Yahoo Finance gave no data: cannot connect (');
  });
});

/** Promises more than it sends, and hangs up. */
function cutShort(response: ServerResponse): void {
  response.writeHead(200, { 'content-length': 10_000 });
  response.write('{"chart":', () => response.socket!.destroy());
}
