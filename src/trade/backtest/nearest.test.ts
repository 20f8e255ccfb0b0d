import { describe, expect, it } from 'vitest';
import { key, uniform } from '../../base/random.js';
import { nearest } from './nearest.js';

describe('nearest', () => {
  it('is what Math.round says, of every size up to 2^53 and at every half', () => {
    const size = uniform(key(1), [20_000], 'float64').data;
    const sign = uniform(key(2), [20_000], 'float64').data;
    const hard = [0, 0.5, 1.5, 2.5, 1e-300, 0.5 + 2 ** -53, 1.5 - 2 ** -52, 2 ** 51 + 0.5, 2 ** 52 - 0.5, 2 ** 52 + 1, 2 ** 53 - 1];
    for (const [i, u] of size.entries()) {
      const x = (sign[i] - 0.5) * 2 ** (110 * u - 55);
      hard.push(x, Math.floor(x) + 0.5);
    }
    for (const x of hard) for (const y of [x, -x]) expect(nearest(y) + 0).toBe(Math.round(y) + 0);
  });
});
