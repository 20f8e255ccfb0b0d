import { describe, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { inDouble } from '../../../tests/support/gradients.js';
import { gelu } from './gelu.js';

describe('gelu', () => {
  // At 0: y = 0 and y′ = Φ(0) = ½. Far out: y → x on the right, 0 on the left.
  it('has its limits', () => {
    const { y, grads } = inDouble(gelu, [{ data: [0, 9, -9], shape: [3] }]);
    expectClose(y, [0, 9, 0], 12);
    expectClose(grads[0], [0.5, 1, 0], 12);
  });
});
