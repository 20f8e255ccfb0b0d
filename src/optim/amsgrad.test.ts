import { expect, it } from 'vitest';
import { follow } from '../../tests/support/follow.js';
import { amsgrad } from './amsgrad.js';

// m = 0.5 and 0.35, v = 0.025 and then 0.025975: the larger one. A gradient that fades leaves the largest v: after 0s it stays 0.025.
it('divides by the largest mean square so far, with the defaults of Adam', () => {
  const path = (g: readonly number[], weightDecay = 0) =>
    follow(
      (w) => amsgrad(w, { weightDecay }),
      [2],
      (_, t) => [g[t - 1]],
      g.length,
    ).map(({ parameters }) => parameters[0]);
  const second = (1e-3 * (0.35 / 0.19)) / Math.sqrt(0.025975 / 0.001999);
  expect(path([5, -1])[2]).toBeCloseTo(2 - 1e-3 - second, 8);
  const faded = (1e-3 * (0.45 / 0.19)) / Math.sqrt(0.025 / 0.001999);
  expect(path([5, 0])[2]).toBeCloseTo(2 - 1e-3 - faded, 8);
  expect(path([-1.5], 0.5)[1]).toBeCloseTo(2 + 1e-3, 8); // −1.5 + 0.5 · 2 is below 0,
  expect(path([-0.5], 0.5)[1]).toBeCloseTo(2 - 1e-3, 8); // −0.5 + 0.5 · 2 above
});
