import { describe, expect, it } from 'vitest';
import { inDouble } from '../../../tests/support/gradients.js';
import { relu } from './relu.js';

describe('relu', () => {
  it('has its closed form: 0 and slope 0 up to the kink, x and slope 1 after it', () => {
    const { y, grads } = inDouble(relu, [{ data: [-2, 0, 3], shape: [3] }]);
    expect([[...y], [...grads[0]]]).toEqual([
      [0, 0, 3],
      [0, 0, 1],
    ]);
  });
});
