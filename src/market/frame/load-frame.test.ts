import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryStore } from '../../../tests/support/temporary-store.js';
import { tradingDays } from '../panel/calendar.js';
import { loadBars, loadPanel } from '../panel/load.js';
import { seriesOf } from '../panel/panel.js';
import { knownAfter } from '../panel/publication.js';
import { importCsv } from '../sources/csv/import-csv.js';
import { asKnown, fieldOf } from './frame.js';
import { loadFrame } from './load-frame.js';

describe('loadFrame', () => {
  it('makes the bars of two indices fields of one frame', async () => {
    const range = { from: '2008-01-01', to: '2008-12-31' };
    const frame = await loadFrame(['arch/sp500', 'arch/nasdaq'], range);
    expect(frame).toMatchObject({ assets: ['SP500', 'NASDAQ'], source: 'arch/sp500 + arch/nasdaq', adjusted: { high: 'splits' } });
    expect(Object.keys(frame.fields)).toEqual(['open', 'high', 'low', 'close', 'adjClose', 'volume']);
    for (const [asset, name] of [
      ['SP500', 'arch/sp500'],
      ['NASDAQ', 'arch/nasdaq'],
    ]) {
      const bars = await loadBars(name, range);
      expect(frame.dates).toEqual(bars.dates);
      for (const field of ['open', 'low', 'volume'] as const) expect(seriesOf(fieldOf(frame, field), asset)).toEqual(bars[field]);
    }
  });

  it('takes the fields that all have, on the dates that all have, and the assets asked for', async () => {
    const frame = await loadFrame(['skfolio/sp500-stocks', 'skfolio/factors'], { assets: ['KO', 'MTUM'], join: 'inner' });
    expect([frame.assets, frame.dates[0], frame.dates.length]).toEqual([['KO', 'MTUM'], '2014-01-02', 2264]);
    expect(fieldOf(frame, 'adjClose').adjusted).toBe('splits and dividends');
    const ko = await loadPanel('skfolio/sp500-stocks', { from: '2014-01-02', assets: ['KO'] });
    expect(seriesOf(fieldOf(frame, 'adjClose'), 'KO')).toEqual(ko.values);
    const outer = await loadFrame(['skfolio/sp500-stocks', 'skfolio/factors'], { join: 'outer', from: '2013-12-30' });
    expect([outer.dates[0], outer.fields.adjClose.slice(20, 25).every(Number.isNaN)]).toEqual(['2013-12-30', true]);
  });

  it('puts beside assets what belongs to none, known by the day of its publication', async () => {
    const frame = await loadFrame('skfolio/sp500-stocks', {
      from: '2018-01-01',
      to: '2018-03-30',
      assets: ['KO'],
      series: ['arch/vix', { name: 'arch/corporate-yields', assets: ['AAA'], knownAt: knownAfter('month', 3) }],
    });
    expect(Object.keys(frame.series)).toEqual(['VIX', 'AAA']);
    const yields = await loadPanel('arch/corporate-yields', { assets: ['AAA'], from: '2017-12-01', to: '2018-02-28' });
    const known = asKnown(frame.series.AAA, ['2018-01-02', '2018-01-03', '2018-02-02', '2018-02-05', '2018-03-05']);
    expect([...known.slice(1)]).toEqual([yields.values[0], yields.values[0], yields.values[1], yields.values[2]]);
    expect(frame.series.VIX.values.some(Number.isNaN)).toBe(false); // 46 holidays are no news
  });

  it('lists a stock whose file ended to its last row, in files of one asset and of many', async () => {
    const dates = tradingDays('2012-01-02', '2012-06-29');
    const file = join(temporaryStore(), 'p.csv');
    const write = async (name: string, header: string, rows: string[]) => {
      writeFileSync(file, [`Date,${header}`, ...rows, ''].join('\n'));
      await importCsv(file, { name, allowMissing: true });
    };
    const price = (t: number) => 100 + Math.sin(t);
    await write(
      'csv/LONG',
      'LONG',
      dates.map((date, t) => `${date},${price(t)}`),
    );
    await write(
      'csv/ENDED',
      'ENDED',
      dates.slice(0, 60).map((date, t) => `${date},${price(t)}`),
    );
    await write(
      'csv/wide',
      'LONG,ENDED,LATE',
      dates.map((date, t) => `${date},${price(t)},${t < 60 ? price(t) : ''},${t < 10 ? '' : price(t)}`),
    );
    const two = await loadFrame(['csv/LONG', 'csv/ENDED'], { join: 'outer' });
    expect([...two.listed!]).toEqual(dates.flatMap((_, t) => [1, Number(t < 60)]));
    const wide = await loadFrame('csv/wide');
    expect([...wide.listed!]).toEqual(dates.flatMap((_, t) => [1, Number(t < 60), Number(t >= 10)]));
    await expect(loadFrame(['csv/LONG', 'csv/ENDED'])).rejects.toThrow(
      `joinFrames: csv/ENDED (ENDED) ends on ${dates[59]}, so the dates that all have leave out ${dates.length - 60} of the ${dates.length} rows of csv/LONG`,
    );
    expect((await loadFrame(['csv/LONG', 'csv/ENDED'], { join: 'inner' })).listed).toBeUndefined();
    expect((await loadFrame(['csv/LONG', 'csv/ENDED'], { to: dates[59] })).dates).toHaveLength(60);
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['nothing', () => loadFrame([]), 'loadFrame needs the name of a dataset or more'],
    [
      'a series as assets',
      () => loadFrame(['skfolio/sp500-stocks', 'arch/vix']),
      "loadFrame: arch/vix is a series (VIX), which belongs to no asset; pass it beside them: series: ['arch/vix']",
    ],
    [
      'datasets without a field in common',
      () => loadFrame(['skfolio/sp500-stocks', 'skfolio/sp500-index']),
      'joinFrames: they have no field in common: skfolio/sp500-stocks has adjClose; skfolio/sp500-index has close',
    ],
    [
      'total returns beside a price index',
      () => loadFrame(['skfolio/sp500-stocks', 'arch/sp500']),
      'joinFrames: adjClose is adjusted for other things in each (skfolio/sp500-stocks splits and dividends, arch/sp500 splits)',
    ],
    [
      'a field that one lacks',
      () => loadFrame(['skfolio/sp500-stocks', 'skfolio/factors'], { fields: ['high'] }),
      'skfolio/sp500-stocks has no high: it has adjClose',
    ],
    ['an asset twice', () => loadFrame(['arch/sp500', 'arch/sp500']), "sideBySide: asset 'SP500' occurs twice"],
    [
      'a series that ended',
      () => loadFrame('skfolio/sp500-stocks', { series: ['arch/vix'] }),
      "loadFrame: series VIX ends on 2019-01-03 and skfolio/sp500-stocks on 2022-12-28, so its last value would stand for 1455 days; select to: '2019-01-03', or leave it out",
    ],
    ['a series twice', () => loadFrame('arch/sp500', { series: ['arch/vix', 'arch/vix'] }), 'loadFrame: two series are called VIX'],
    [
      'an option that it does not have',
      () => loadFrame('arch/sp500', { field: 'close' } as object),
      "loadFrame: there is no option 'field'",
    ],
  ])('refuses %s', async (_, f, message) => {
    await expect(f()).rejects.toThrow(message);
  });

  it('refuses a statistic that is dated by the month it speaks of, until it is told when it was known', async () => {
    const file = join(temporaryStore(), 'p.csv');
    writeFileSync(file, 'Date,A\n2020-02-27,1\n2020-02-28,2\n');
    await importCsv(file, { name: 'csv/prices' });
    writeFileSync(file, 'Date,CPI\n2019-12-01,256\n2020-01-01,257\n');
    await importCsv(file, { name: 'csv/cpi', kind: 'series', calendar: 'none' });
    await expect(loadFrame('csv/prices', { series: ['csv/cpi'] })).rejects.toThrow(
      'loadFrame: the rows of csv/cpi are dated by the first day of a month',
    );
    const { series, dates } = await loadFrame('csv/prices', { series: [{ name: 'csv/cpi', knownAt: knownAfter('month', 28) }] });
    expect([...asKnown(series.CPI, dates)]).toEqual([256, 257]);
  });
});
