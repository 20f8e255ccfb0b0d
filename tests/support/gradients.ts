import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { valueAndGrad } from '../../src/tensor/grad.js';
import type { Point } from '../../src/tensor/grad-check.js';
import { type Elements, interpret } from '../../src/tensor/interpret/interpret.js';
import { trace } from '../../src/tensor/trace/trace.js';

type Layer = (...inputs: tf.Tensor[]) => tf.Tensor;

/** A case of a reference file: the output of some inputs, and the gradients of Σ dy ⊙ y. */
export interface Reference {
  readonly inputs: readonly Point[];
  readonly dy: Point;
  readonly y: Point;
  readonly grads: readonly Point[];
}

const numbers = (point: Point) => Float64Array.from(point instanceof tf.Tensor ? point.dataSync() : point.data);

/** The output of a layer and the gradients of Σ dy ⊙ y (Σ y without a seed), all in double precision. */
export function inDouble(layer: Layer, inputs: readonly Point[], dy?: Point): { y: Elements; grads: Elements[] } {
  const specs = [...inputs, ...(dy ? [dy] : [])].map(({ shape }) => ({ shape, dtype: 'float32' as const }));
  const program = (...args: tf.Tensor[]) => {
    const xs = args.slice(0, inputs.length);
    const seeded = (y: tf.Tensor) => (dy ? y.mul(args.at(-1)!) : y).sum();
    const { grads } = valueAndGrad((xs: tf.Tensor[]) => seeded(layer(...xs)))(xs);
    return [layer(...xs), ...grads];
  };
  const [y, ...grads] = interpret(trace(program, specs), [...inputs, ...(dy ? [dy] : [])].map(numbers));
  return { y: y, grads };
}

/** The largest |a − b| relative to max(1, max|b|). */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  const scale = Math.max(1, ...Array.from(b, Math.abs));
  return Math.max(...Array.from(b, (v, i) => Math.abs(a[i] - v) / scale));
}

/** In double, value and gradients of two forms of a function: one with hand-derived backwards, and one that tfjs differentiates. */
export function expectSameDerivatives(layer: Layer, plain: Layer, inputs: readonly Point[], dy?: Point): void {
  const [hand, automatic] = [inDouble(layer, inputs, dy), inDouble(plain, inputs, dy)];
  expect(distance(hand.y, automatic.y)).toBeLessThan(1e-7);
  for (const [i, g] of hand.grads.entries()) expect(distance(g, automatic.grads[i]), `gradient ${i}`).toBeLessThan(1e-7);
}

/** Output and gradients against a reference: in double to 1e-7, and as tfjs computes them eagerly to 1e-5, leaking nothing. */
export function expectReference(layer: Layer, reference: Reference): void {
  const { y, grads } = inDouble(layer, reference.inputs, reference.dy);
  expect(distance(y, numbers(reference.y))).toBeLessThan(1e-7);
  for (const [i, g] of grads.entries()) expect(distance(g, numbers(reference.grads[i])), `gradient ${i}`).toBeLessThan(1e-7);

  const tensors = [...reference.inputs, reference.dy].map((point) => tf.tensor(Float32Array.from(numbers(point)), [...point.shape]));
  const before = tf.memory().numTensors;
  tf.tidy(() => {
    const [xs, dy] = [tensors.slice(0, -1), tensors.at(-1)!];
    expect(distance(layer(...xs).dataSync(), numbers(reference.y))).toBeLessThan(1e-5);
    valueAndGrad((xs: tf.Tensor[]) =>
      layer(...xs)
        .mul(dy)
        .sum(),
    )(xs).grads.forEach((g, i) => {
      expect(distance((g as tf.Tensor).dataSync(), numbers(reference.grads[i])), `eager gradient ${i}`).toBeLessThan(1e-5);
    });
  });
  expect(tf.memory().numTensors).toBe(before);
}
