import type * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { compile } from '../../src/tensor/compile.js';
import { valueAndGrad } from '../../src/tensor/grad.js';
import type { Point } from '../../src/tensor/grad-check.js';
import { distance, inDouble } from './gradients.js';

export const RUNTIMES = ['openvino', 'onnxruntime'] as const;

/** Output and gradients (of Σ y) of a layer, as one compiled graph on each runtime, against double precision to 1e-5. */
export async function expectCompiled(layer: (...inputs: tf.Tensor[]) => tf.Tensor, inputs: readonly Point[]): Promise<void> {
  const expected = inDouble(layer, inputs);
  const arrays = (inputs as { data: ArrayLike<number>; shape: number[] }[]).map(({ data, shape }) => ({
    data: Float32Array.from(data),
    shape,
  }));
  for (const runtime of RUNTIMES) {
    const program = (xs: tf.Tensor[]) => ({ y: layer(...xs), grads: valueAndGrad((xs: tf.Tensor[]) => layer(...xs).sum())(xs).grads });
    const compiled = compile(program, { runtime });
    const { y, grads } = await compiled(arrays);
    expect(distance(y.data(), expected.y), runtime).toBeLessThan(1e-5);
    for (const [i, g] of grads.entries()) expect(distance(g.data(), expected.grads[i]), `${runtime}, gradient ${i}`).toBeLessThan(1e-5);
    compiled.release();
  }
}
