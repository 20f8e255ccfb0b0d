import { beforeAll, describe, expect, it } from 'vitest';
import { asKnown, type Frame, fieldOf } from '../frame/frame.js';
import { loadFrame } from '../frame/load-frame.js';
import type { Dated } from './compare.js';
import { assertNextBar } from './next-bar.js';

/** A position of row t − lag, made of that row and those before it, that earns the return of row t, less costs of changes at its close. */
const strategy =
  (position: (frame: Frame) => (t: number) => number, lag: number, cost = 0) =>
  (frame: Frame): Dated => {
    const { adjClose } = frame.fields;
    const weight = position(frame);
    const values = frame.dates.map((_, t) => {
      if (t < 2) return Number.NaN;
      return weight(t - lag) * (adjClose[t] / adjClose[t - 1] - 1) - cost * Math.abs(weight(t) - weight(t - 1));
    });
    return { dates: frame.dates, values };
  };
const sharpe = ({ values }: Dated) => {
  const seen = Array.from(values).filter((value) => !Number.isNaN(value));
  const mean = seen.reduce((a, b) => a + b, 0) / seen.length;
  return (Math.sqrt(252) * mean) / Math.sqrt(seen.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (seen.length - 1));
};

/** [what, its position, its Sharpe ratio where signal and fill are of the same bar] */
const POSITIONS: [string, (frame: Frame) => (t: number) => number, number][] = [
  [
    'the candle',
    ({ fields: { open, close } }) =>
      (t) =>
        Math.sign(close[t] - open[t]),
    14.0,
  ],
  [
    'the close location',
    ({ fields: { high, low, close } }) =>
      (t) =>
        Math.sign(2 * close[t] - high[t] - low[t]),
    11.2,
  ],
  [
    'the change of the VIX',
    (frame) => {
      const vix = asKnown(frame.series.VIX, frame.dates);
      return (t) => Math.sign(vix[t - 1] - vix[t]);
    },
    11.44,
  ],
  [
    'the size of the return',
    ({ fields: { adjClose } }) =>
      (t) =>
        Math.abs(adjClose[t] / adjClose[t - 1] - 1) < 0.01 ? 1 : 2,
    Number.NaN,
  ],
  [
    'the volume',
    ({ fields: { volume } }) =>
      (t) =>
        volume[t] > volume[t - 1] ? 1 : -1,
    Number.NaN,
  ],
  [
    'the gap from the close before',
    ({ fields: { open, close } }) =>
      (t) =>
        Math.sign(open[t] - close[t - 1]),
    Number.NaN,
  ],
  [
    'the range',
    ({ fields: { high, low, close } }) =>
      (t) =>
        high[t] - low[t] < 0.01 * close[t] ? 1 : 0,
    Number.NaN,
  ],
];

describe('assertNextBar of bars and series', () => {
  let data: Frame;
  beforeAll(async () => {
    data = await loadFrame('arch/sp500', { from: '2014-02-01', to: '2018-11-30', series: ['arch/vix'] });
  });

  it.each(POSITIONS)('refuses a position of %s of its own row', async (_, position, expected) => {
    const leak = strategy(position, 0);
    if (!Number.isNaN(expected)) expect(sharpe(leak(data))).toBeCloseTo(expected, 1);
    await expect(assertNextBar(leak, data)).rejects.toThrow('is earned by a position that follows the move of that row');
  });

  it.each(POSITIONS)('passes a position of %s of the row before, before and after costs of 0.1 %%', async (_, position) => {
    await assertNextBar(strategy(position, 1), data);
    await assertNextBar(strategy(position, 1, 0.001), data);
  });

  it('passes what is bought at the open and sold at the close', async () => {
    const day = ({ dates, fields: { open, close } }: Frame): Dated => ({
      dates,
      values: dates.map((_, t) => (t < 2 ? Number.NaN : Math.sign(close[t - 1] - close[t - 2]) * (close[t] / open[t] - 1))),
    });
    await assertNextBar(day, data);
  });

  it('passes log returns and the equity of a position that is held', async () => {
    const { adjClose } = data.fields;
    const log = (frame: Frame): Dated => ({
      dates: frame.dates,
      values: frame.dates.map((_, t) => Math.log(fieldOf(frame, 'adjClose').values[t] / adjClose[0])),
    });
    await assertNextBar(log, data);
  });
});
