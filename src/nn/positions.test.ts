import { expect, it } from 'vitest';
import { expectClose } from '../../tests/close.js';
import { sinusoidalPositions } from './positions.js';

// Vaswani et al. 2017, section 3.5, by hand for D = 4: wavelengths 2π and 2π·10000^(2/4) = 2π·100.
it('sinusoidalPositions are sin and cos of t and of t/100', () => {
  const { data, shape } = sinusoidalPositions(3, 4);
  expect(shape).toEqual([3, 4]);
  const want = [0, 1, 2].flatMap((t) => [Math.sin(t), Math.cos(t), Math.sin(t / 100), Math.cos(t / 100)]);
  expectClose(data, want, 6);
});
