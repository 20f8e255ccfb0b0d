// A sum of 2²⁷ numbers on both runtimes, in one process: prints |Σ − exact| / Σ|x| of each.
import type * as tf from '@tensorflow/tfjs';
import { compile, fromArray } from '../../src/tensor/index.js';

const [n, term] = [2 ** 27, Math.fround(0.1)];
const x = fromArray(new Float32Array(n).fill(0.1), [n]);
const errors: Record<string, number[]> = {};
for (const runtime of ['openvino', 'onnxruntime'] as const) {
  const f = compile((x: tf.Tensor) => ({ sum: x.sum(), mean: x.mean() }), { runtime });
  const { sum, mean } = await f(x);
  errors[runtime] = [Math.abs(sum.item() / (term * n) - 1), Math.abs(mean.item() / term - 1)];
  f.release();
}
console.log(JSON.stringify(errors));
