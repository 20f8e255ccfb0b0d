import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { key, normal, split, uniform } from '../../src/base/index.js';
import { type Matrix, matVec } from '../../src/linalg/index.js';
import { importCsv, type Panel, tradingDays } from '../../src/market/index.js';

/** What the rows of the table compute on, the same for both sides. */
export interface Data {
  /** Simulated daily log returns of twenty assets over 33 years [8312, 20], as many as the default store has. */
  readonly returns: Panel;
  /** Ten standard normal columns [166240, 10], a third of each in common. */
  readonly x: Matrix;
  /** [166240]: three columns speak of it, and noise. */
  readonly y: Float64Array;
  /** [166240] of 0 and 1, more often 1 where y is high. */
  readonly labels: Float64Array;
  /** The prices that the returns make [8312, 20]. */
  readonly prices: Panel;
  /** Long and short weights on each of its dates [8312, 20], of a gross exposure of at most 0.95. */
  readonly weights: Panel;
}

const [T, N, P] = [8312, 20, 10];

export function simulated(): Data {
  const [forReturns, forColumns, forCommon, forNoise, forLabels] = split(key(1), 5);
  const returns: Panel = {
    dates: tradingDays('1990-01-02', '2023-12-29').slice(0, T),
    assets: Array.from({ length: N }, (_, n) => `A${n}`),
    values: normal(forReturns, [T, N], 'float64').data.map((z) => 0.01 * z),
    field: 'logReturn',
    source: 'simulated',
  };
  const n = T * N;
  const common = normal(forCommon, [n], 'float64').data;
  const own = normal(forColumns, [n, P], 'float64').data;
  const names = Array.from({ length: P }, (_, j) => `x${j}`);
  const x: Matrix = { rows: n, cols: P, names, data: own.map((z, at) => 0.8 * z + 0.6 * common[Math.floor(at / P)]) };
  const noise = normal(forNoise, [n], 'float64').data;
  const y = matVec(x, [0.3, -0.2, 0.1, 0, 0, 0, 0, 0, 0, 0]).map((value, i) => value + noise[i]);
  const chance = uniform(forLabels, [n], 'float64').data;
  const labels = y.map((value, i) => (chance[i] < 1 / (1 + Math.exp(-0.5 * value)) ? 1 : 0));
  const weights = {
    ...returns,
    field: 'weight',
    values: returns.values.map((_, i) => (0.95 / N) * Math.sin(0.05 * Math.floor(i / N) + (i % N))),
  };
  return { returns, x, y, labels, prices: pricesOf(returns), weights };
}

/** Prices from 50, rounded to a tenth of a cent. */
function pricesOf(returns: Panel): Panel {
  const logs = new Float64Array(N).fill(Math.log(50));
  const values = returns.values.map((r, i) => {
    logs[i % N] += r;
    return Math.round(1000 * Math.exp(logs[i % N])) / 1000;
  });
  return { ...returns, values, field: 'close' };
}

/** The dataset of prices that the returns make, rounded as sources round them, and its name in the store. */
export const PRICES = 'bench/prices';

/**
 * Writes them for the peer: statistics.bin, doubles one after the other, and statistics.json with the shape and place of each; and prices as
 * prices.csv and as a dataset of a store in this folder, which is the store of this process from then on.
 */
export async function writeStatistics(folder: string, { returns, x, y, labels, prices, weights }: Data): Promise<void> {
  const arrays: [string, Float64Array, number[]][] = [
    ['returns', returns.values, [returns.dates.length, returns.assets.length]],
    ['x', x.data, [x.rows, x.cols]],
    ['y', y, [y.length]],
    ['labels', labels, [labels.length]],
    ['prices', prices.values, [returns.dates.length, returns.assets.length]],
    ['weights', weights.values, [returns.dates.length, returns.assets.length]],
  ];
  let offset = 0;
  const manifest = arrays.map(([name, { byteLength }, shape]) => {
    offset += byteLength;
    return [name, { offset: offset - byteLength, shape }];
  });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'statistics.json'), JSON.stringify(Object.fromEntries(manifest)));
  writeFileSync(
    join(folder, 'statistics.bin'),
    Buffer.concat(arrays.map(([, { buffer, byteOffset, byteLength }]) => new Uint8Array(buffer, byteOffset, byteLength))),
  );
  const { dates, assets } = returns;
  const lines = dates.map((date, t) => [date, ...prices.values.subarray(t * N, (t + 1) * N)].join());
  const csv = join(folder, 'prices.csv');
  writeFileSync(csv, `${['Date', ...assets].join()}\n${lines.join('\n')}\n`);
  process.env.LEMMATA_DATA = join(folder, 'store');
  await importCsv(csv, { name: PRICES });
}
