import { describe, expect, it } from 'vitest';
import { key, uniform } from '../../base/random.js';
import { NEAREST_BELOW, nearest } from './nearest.js';

describe('nearest', () => {
  it('is what Math.round says, of every size up to 2^51 and at every half, and no less from there on', () => {
    const size = uniform(key(1), [20_000], 'float64').data;
    const sign = uniform(key(2), [20_000], 'float64').data;
    const hard = [0, 0.5, 1.5, 2.5, 1e-300, 0.5 + 2 ** -53, 1.5 - 2 ** -52, 2 ** 51 - 0.5, 2 ** 51 - 1];
    for (const [i, u] of size.entries()) {
      const x = (sign[i] - 0.5) * 2 ** (106 * u - 55);
      hard.push(x, Math.floor(x) + 0.5);
    }
    for (const x of hard) for (const y of [x, -x]) expect(nearest(y) + 0).toBe(Math.round(y) + 0);
    for (const x of [2 ** 51, 2 ** 51 + 0.5, 2 ** 51 + 1, 2 ** 52 - 0.5, 2 ** 53 - 1, 2 ** 60, Infinity])
      expect(!(nearest(x) < NEAREST_BELOW)).toBe(true);
  });
});
