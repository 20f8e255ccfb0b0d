import { key, normal, split } from '../../src/base/random.js';
import type { Frame } from '../../src/market/frame/frame.js';
import { tradingDays } from '../../src/market/panel/calendar.js';

/**
 * Simulated daily bars of `assets` over `rows` trading days from 4 January 2010, with a common factor, gaps overnight and volume that moves
 * with the range; and the series VIX, threeMonthYield, tenYearYield, AAA and BAA, each known on some days only.
 */
export function simulatedBars(rows: number, assets: readonly string[] = ['A', 'B', 'C', 'D'], seed = 1): Frame {
  const dates = tradingDays('2010-01-04', '2022-12-30').slice(0, rows);
  const N = assets.length;
  const [common, night, session, up, down, busy, rates] = split(key(seed), 7).map((k) => normal(k, [rows, N], 'float64').data);
  const names = ['open', 'high', 'low', 'close', 'adjClose', 'volume'] as const;
  const fields = Object.fromEntries(names.map((name) => [name, new Float64Array(rows * N)])) as Record<
    (typeof names)[number],
    Float64Array
  >;
  for (let n = 0; n < N; n++)
    for (let t = 0, close = 50 + 10 * n; t < rows; t++) {
      const i = t * N + n;
      const sigma = 0.008 * (1 + 0.5 * Math.sin(t / 90));
      const open = close * Math.exp(0.4 * sigma * night[i]);
      close = open * Math.exp(sigma * (0.6 * common[t * N] + 0.8 * session[i]) + 0.0002);
      const [high, low] = [
        Math.max(open, close) * Math.exp(0.5 * sigma * Math.abs(up[i])),
        Math.min(open, close) * Math.exp(-0.5 * sigma * Math.abs(down[i])),
      ];
      const volume = Math.round(1e6 * Math.exp(0.3 * busy[i] + 20 * Math.log(high / low)));
      const adjClose = close * (0.8 + (0.2 * t) / rows);
      for (const [name, value] of Object.entries({ open, high, low, close, adjClose, volume })) fields[name as 'open'][i] = value;
    }
  const seriesOf = (level: number, size: number, every: number, j: number) => {
    const knownAt = dates.filter((_, t) => t % every === 0);
    let value = level;
    return { knownAt, values: Float64Array.from(knownAt, (_, k) => (value += 0.02 * (level - value) + size * rates[k * N + (j % N)])) };
  };
  const series = {
    VIX: seriesOf(20, 0.4, 1, 0),
    threeMonthYield: seriesOf(0.02, 0.0001, 1, 1),
    tenYearYield: seriesOf(0.04, 0.0001, 1, 2),
    AAA: seriesOf(0.05, 0.0002, 21, 3),
    BAA: seriesOf(0.06, 0.0003, 21, 4),
  };
  return { dates, assets, fields, series, source: 'test' };
}
