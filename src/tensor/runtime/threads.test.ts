import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { trace } from '../trace/trace.js';
import { threadsFor } from './threads.js';

const product = (m: number, k: number, n: number) =>
  trace(
    (a, b) => [tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D)],
    [
      { shape: [m, k], dtype: 'float32' },
      { shape: [k, n], dtype: 'float32' },
    ],
  );

describe('threadsFor', () => {
  it('is one for small products, however many', () => {
    expect(threadsFor(product(256, 128, 128), 8)).toBe(1); // 4.2 million multiplications
  });

  it('grows with the largest product, up to the cores', () => {
    expect(threadsFor(product(500, 500, 64), 8)).toBe(3); // 16 million
    expect(threadsFor(product(4096, 256, 1024), 8)).toBe(8);
    expect(threadsFor(product(4096, 256, 1024), 1)).toBe(1);
  });

  it('is one where large products are a small part of the work', () => {
    const graph = product(500, 500, 64);
    const small = product(256, 128, 128);
    expect(threadsFor({ ...graph, nodes: [...graph.nodes, ...Array.from({ length: 5 }, () => small.nodes).flat()] }, 8)).toBe(1);
  });
});
