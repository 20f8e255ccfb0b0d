import { describe, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { expectCompiled } from '../../../tests/support/compiled.js';
import { expectReference, expectThreeWays, inDouble } from '../../../tests/support/gradients.js';
import reference from '../pytorch.reference.json' with { type: 'json' }; // made by reference/pytorch.py with PyTorch 2.13
import { gelu, geluPlain } from './gelu.js';

describe('gelu', () => {
  it('equals PyTorch, forward and backward', () => expectReference(gelu, reference.gelu));

  it('backward agrees with differences and autodiff', () => expectThreeWays(gelu, geluPlain, reference.gelu.inputs));

  it('is the same compiled, on both runtimes', () => expectCompiled(gelu, reference.gelu.inputs));

  // At 0: y = 0 and y′ = Φ(0) = ½. Far out: y → x on the right, 0 on the left.
  it('has its limits', () => {
    const { y, grads } = inDouble(gelu, [{ data: [0, 9, -9], shape: [3] }]);
    expectClose(y, [0, 9, 0], 12);
    expectClose(grads[0], [0.5, 1, 0], 12);
  });
});
