import { expect, it } from 'vitest';
import { follow } from '../../tests/support/follow.js';
import { adam, adamW } from './adam.js';

// By default m = 0.5 and 0.35, v = 0.025 and 0.025975 after gradients 5 and −1: with the corrections 0.19 and 0.001999 the second step is
// 10⁻³ (0.35/0.19) / √(0.025975/0.001999) = 5.11027e-4. The first is 10⁻³.
const SECOND = (1e-3 * (0.35 / 0.19)) / Math.sqrt(0.025975 / 0.001999);

it('has the defaults of PyTorch', () => {
  const path = (make: typeof adam) =>
    follow(
      (w) => make(w),
      [2],
      (_, t) => [t === 1 ? 5 : -1],
      2,
    ).map(({ parameters }) => parameters[0]);
  const [, first, second] = path(adam);
  expect(first).toBeCloseTo(2 - 1e-3, 8);
  expect(second).toBeCloseTo(2 - 1e-3 - SECOND, 8);
  const [, decayed, twice] = path(adamW);
  expect(decayed).toBeCloseTo(2 * (1 - 1e-5) - 1e-3, 6); // λ = 0.01, and 1 − ηλ in float32
  expect(twice).toBeCloseTo((2 * (1 - 1e-5) - 1e-3) * (1 - 1e-5) - SECOND, 6);
});
