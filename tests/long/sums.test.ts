import { expect, it } from 'vitest';
import { runChild } from '../support/child.js';

// 2²⁷ times 0.1 in float32, one term after another, stops growing at 2²¹.
it('the sum and the mean of 2²⁷ numbers are right to 10⁻⁶ on both runtimes', () => {
  const { openvino, onnxruntime } = runChild('long-sum.ts');
  for (const error of [...openvino, ...onnxruntime]) expect(error).toBeLessThan(1e-6);
});
