import type * as tf from '@tensorflow/tfjs';
import { type Attend, multiHeadAttention } from '../../src/nn/attention/attention.js';
import { expectClose } from './close.js';
import { rowsOf } from './dense.js';
import { inDouble } from './gradients.js';
import { gaussian } from './simulated.js';

export const D = 4;
export const SHAPES = [[D, 3 * D], [D], [D], [D, D], [D]];
/** qkv, shiftQ, shiftV, and w and b of the outputs. */
export type Weights = readonly Float64Array[];
export const weightsOf = (seed: number): Weights =>
  SHAPES.map((shape, i) =>
    gaussian(
      seed + i,
      shape.reduce((a, b) => a * b),
    ).map((x) => 0.7 * x),
  );

/** A layer's outputs, row by row. */
export type Layer = (weights: Weights, x: number[][], heads: number, attend: Attend) => number[][];
export const real: Layer = (weights, x, heads, attend) => {
  const call = (x: tf.Tensor, ...[qkv, shiftQ, shiftV, w, b]: tf.Tensor[]) =>
    multiHeadAttention({ qkv, shiftQ, shiftV, out: { w, b } }, x, { heads, attend });
  const points = [{ data: x.flat(), shape: [1, x.length, D] }, ...weights.map((data, i) => ({ data, shape: SHAPES[i] }))];
  return rowsOf(Array.from(inDouble(call, points).y, Number), D);
};
export const inputs = (seed: number, T: number) => rowsOf(gaussian(seed, T * D), D);
export const close = (got: number[][], want: number[][]) => expectClose(got.flat(), want.flat(), 6);
export const differs = (a: number[][], b: number[][]) => Math.max(...a.flat().map((x, i) => Math.abs(x - b.flat()[i])));
