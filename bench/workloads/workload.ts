import type * as tf from '@tensorflow/tfjs';
import { type Key, normal } from '../../src/base/random.js';

export interface Numbers {
  readonly data: Float32Array | Int32Array;
  readonly shape: readonly number[];
}

/** A tree of arrays as a tree of tensors. */
export type Tensors<A> = A extends Numbers ? tf.Tensor : A extends object ? { readonly [K in keyof A]: Tensors<A[K]> } : never;

/** One training problem: the same numbers, the same loss and Adam's defaults for every framework. */
export interface Workload<P, B, H = B> {
  readonly id: string;
  readonly title: string;
  /** Steps after which the frameworks' losses are compared. */
  readonly steps: number;
  make(key: Key): { params: P; batch: B };
  /** The batch as our training keeps it, where the peers, who are given `batch`, keep it otherwise. */
  hold?(batch: B): H;
  loss(params: Tensors<P>, batch: Tensors<H>): tf.Tensor;
  /** The model alone, where the latency of one sample is measured too. */
  predict?(params: Tensors<P>, x: tf.Tensor): tf.Tensor;
}

/** A workload whose trees only it knows. */
// biome-ignore lint/suspicious/noExplicitAny: the trees of parameters differ from one workload to the next
export type AnyWorkload = Workload<any, any, any>;

/** Ones and zeros, as a layer norm starts. */
export const constant = (value: number, shape: readonly number[]): Numbers => ({
  data: new Float32Array(shape.reduce((n, d) => n * d, 1)).fill(value),
  shape,
});

export const gaussian = (key: Key, ...shape: number[]): Numbers => normal(key, shape);
