import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryStore } from '../../../tests/support/temporary-store.js';
import { fieldOf, frameOf } from '../frame/frame.js';
import { importCsv } from '../sources/csv/import-csv.js';
import { align, sideBySide } from './align.js';
import { loadBars, loadPanel } from './load.js';
import { logReturns } from './returns.js';

describe('the default data', () => {
  it('two sources of the S&P 500 agree on all 5,031 closes that both have', async () => {
    const [a, b] = align([await loadPanel('arch/sp500', { field: 'close' }), await loadPanel('skfolio/sp500-index')]);
    expect(a.dates).toHaveLength(5_031);
    for (const [t, close] of a.values.entries()) expect(Math.abs(close - b.values[t])).toBeLessThan(2e-4);
  });

  it('has bars whose high and low hold the open and the close', async () => {
    for (const name of ['arch/sp500', 'arch/nasdaq']) {
      const { dates, open, high, low, close } = await loadBars(name);
      for (const t of dates.keys()) {
        expect(low[t]).toBeLessThanOrEqual(Math.min(open[t], close[t]));
        expect(high[t]).toBeGreaterThanOrEqual(Math.max(open[t], close[t]));
      }
    }
  });

  it('has no bars on NASDAQ without volume but the two that its limits name', async () => {
    const { dates, volume } = await loadBars('arch/nasdaq');
    expect(dates.filter((_, t) => volume[t] === 0)).toEqual(['2015-05-12', '2018-01-09']);
  });

  // The files' own cells, in the units the store keeps: the first month of French's factors is 2.96, −2.30, −2.87 and 0.22 percent.
  it.each([
    ['arch/vix', '2014-01-03', { VIX: 13.76 }],
    ['arch/wti', '1986-01-02', { WTI: 25.56 }],
    ['arch/french-factors', '1926-07-31', { MKT: 0.0296, SMB: -0.023, HML: -0.0287, RF: 0.0022 }],
    ['arch/corporate-yields', '1919-01-31', { AAA: 0.0535, BAA: 0.0712 }],
    ['skfolio/factors', '2014-01-02', { MTUM: 52.704, QUAL: 48.351, SIZE: 48.986, USMV: 29.338, VLUE: 47.054 }],
  ])('%s starts on %s with %j', async (name, date, row) => {
    const { dates, assets, values } = await loadPanel(name, { to: date });
    expect(dates).toEqual([date]);
    expect(Object.fromEntries(assets.map((asset, n) => [asset, values[n]]))).toEqual(row);
  });

  it('keeps what is missing as missing: 46 holidays of the VIX, 290 days of oil', async () => {
    expect((await loadPanel('arch/vix')).values.filter(Number.isNaN)).toHaveLength(46);
    expect((await loadPanel('arch/wti')).values.filter(Number.isNaN)).toHaveLength(290);
  });
});

describe('loadPanel', () => {
  it('takes one field of bars, the adjusted close unless told', async () => {
    const selection = { from: '2008-09-15', to: '2008-09-15' };
    expect(await loadPanel('arch/sp500', selection)).toMatchObject({ assets: ['SP500'], field: 'adjClose', source: 'arch/sp500' });
    expect((await loadPanel('arch/sp500', { ...selection, field: 'high' })).values).toEqual((await loadBars('arch/sp500', selection)).high);
    await expect(loadPanel('skfolio/factors', { field: 'volume' })).rejects.toThrow(
      "skfolio/factors holds adjClose only: got field 'volume'; leave field out",
    );
  });

  it('refuses an option that it does not have', async () => {
    await expect(loadPanel('arch/sp500', { form: '2000-01-01' } as object)).rejects.toThrow("loadPanel: there is no option 'form'");
    await expect(loadBars('arch/sp500', { assets: ['A'] } as object)).rejects.toThrow("loadBars: there is no option 'assets'");
  });
});

describe('a panel says for what its prices are adjusted (yfinance PR 2967)', () => {
  it.each([
    ['skfolio/sp500-stocks', undefined, 'splits and dividends'],
    ['arch/sp500', 'adjClose', 'splits'], // a price index
    ['skfolio/sp500-index', undefined, 'splits'],
    ['arch/vix', undefined, undefined],
  ] as const)('%s', async (name, field, adjusted) => {
    const panel = await loadPanel(name, { ...(field && { field }), from: '2018-01-01' });
    expect(panel.adjusted).toBe(adjusted);
    expect(logReturns(panel).adjusted).toBe(adjusted);
    expect(fieldOf(frameOf(panel), panel.field)).toEqual(panel);
  });

  it('as a CSV file was imported, and sideBySide of what differs says nothing', async () => {
    const file = join(temporaryStore(), 'p.csv');
    writeFileSync(file, 'Date,A\n2024-03-27,1\n');
    await importCsv(file, { name: 'csv/raw', adjusted: 'none' });
    await importCsv(file, { name: 'csv/told-nothing' });
    await importCsv(file, { name: 'csv/total', field: 'adjClose' });
    const panels = await Promise.all(['csv/raw', 'csv/told-nothing', 'csv/total'].map((name) => loadPanel(name)));
    expect(panels.map(({ adjusted }) => adjusted)).toEqual(['none', undefined, 'splits and dividends']);
    expect(sideBySide([panels[0], { ...panels[1], assets: ['B'] }], 'close').adjusted).toBeUndefined();
    expect(sideBySide([panels[0], { ...panels[0], assets: ['B'] }], 'close').adjusted).toBe('none');
    await expect(importCsv(file, { name: 'csv/x', adjusted: 'split' as 'splits' })).rejects.toThrow(
      "importCsv: adjusted must be none, splits or splits and dividends, got 'split'",
    );
  });
});
