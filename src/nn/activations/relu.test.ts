import { describe, expect, it } from 'vitest';
import { expectCompiled } from '../../../tests/support/compiled.js';
import { expectReference, expectThreeWays, inDouble } from '../../../tests/support/gradients.js';
import reference from '../pytorch.reference.json' with { type: 'json' }; // made by reference/pytorch.py with PyTorch 2.13
import { relu } from './relu.js';

describe('relu', () => {
  it('equals PyTorch, forward and backward', () => expectReference(relu, reference.relu));

  it('backward agrees with differences and with autodiff of the operator', () =>
    expectThreeWays(relu, (x) => x.relu(), reference.relu.inputs));

  it('is the same compiled, on both runtimes', () => expectCompiled(relu, reference.relu.inputs));

  it('has its closed form: 0 and slope 0 up to the kink, x and slope 1 after it', () => {
    const { y, grads } = inDouble(relu, [{ data: [-2, 0, 3], shape: [3] }]);
    expect([[...y], [...grads[0]]]).toEqual([
      [0, 0, 3],
      [0, 0, 1],
    ]);
  });
});
