import { describe, expect, it } from 'vitest';
import { type Key, key, normal } from '../tensor/index.js';
import { discriminativeScore, predictiveScore } from './generator-scores.js';

const [n, T] = [512, 8];

/** AR(1) series [n, T, 1] of variance 1. */
function series(k: Key, phi: number) {
  const shocks = normal(k, [n, T, 1]);
  for (let i = 0; i < n * T; i++) if (i % T > 0) shocks.data[i] = phi * shocks.data[i - 1] + Math.sqrt(1 - phi * phi) * shocks.data[i];
  return shocks;
}
const options = { key: key(9), steps: 250, size: 64, width: 8 };

describe('discriminativeScore', { timeout: 60_000 }, () => {
  it('tells series with memory from those without, and cannot tell two samples of one law apart', async () => {
    const real = { train: series(key(1), 0.95), test: series(key(2), 0.95) };
    const tell = async (phi: number) =>
      (
        await discriminativeScore(
          { real: real.train, made: series(key(3), phi) },
          [{ real: real.test, made: series(key(4), phi) }],
          options,
        )
      )[0];
    const [apart, alike] = [await tell(0), await tell(0.95)];
    expect(apart.score).toBeGreaterThan(0.35);
    expect(apart.accuracy).toBeCloseTo((apart.accuracyReal + apart.accuracyMade) / 2, 12);
    // an accuracy of 2 · 512 series of which half are right by chance has an error of 0.016
    expect(alike.score).toBeLessThan(4 * 0.016);
  });

  it('names series that do not fit', async () => {
    const short = normal(key(1), [n, T - 1, 1]);
    const fits = series(key(1), 0);
    await expect(discriminativeScore({ real: fits, made: short }, [{ real: fits, made: fits }], options)).rejects.toThrow(
      'discriminativeScore takes series [n, T, F] of one length and one number of features',
    );
    await expect(predictiveScore(normal(key(1), [n, 1, 1]), normal(key(1), [n, 1, 1]), options)).rejects.toThrow('of two steps or more');
  });
});

describe('predictiveScore', { timeout: 60_000 }, () => {
  it('comes near the least there is where made and real have one law: √(2/π) √(1 − φ²)', async () => {
    const phi = 0.9;
    const least = Math.sqrt((2 / Math.PI) * (1 - phi * phi));
    const right = await predictiveScore(series(key(5), phi), series(key(6), phi), options);
    expect(Math.abs(right / least - 1)).toBeLessThan(0.12);
    const wrong = await predictiveScore(series(key(7), 0), series(key(6), phi), options);
    expect(wrong).toBeGreaterThan(1.5 * least);
  });
});
