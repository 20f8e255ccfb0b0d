import { type HostArray, type Key, normal, uniform } from '../base/index.js';

/*
 * Weights to start from. A shape is [F, D], inputs before outputs, or [..., F, D] for a kernel whose leading axes are its window:
 *
 *     fan in = window · F        fan out = window · D
 *
 * A gain makes up for what the activation after it takes away: 1 for linear and sigmoid, 5/3 for tanh, √2 for ReLU.
 */

type Weights = HostArray<Float32Array>;

/** Uniform on ±bound. */
export function uniformWithin(bound: number, key: Key, shape: readonly number[]): Weights {
  if (!shape.every((n) => Number.isInteger(n) && n > 0))
    throw new Error(`initialisers: the axes of weights are positive integers, got [${shape}]; look at the numbers of inputs and outputs`);
  const { data, shape: made } = uniform(key, shape);
  return { data: data.map((u) => (2 * u - 1) * bound), shape: made };
}

/**
 * PyTorch's default for linear layers and convolutions.
 *
 *     w ~ U(±1/√fan in)
 *
 * @param shape  [F, D] or [..., F, D]
 * @throws       when an axis is no positive integer, or there are fewer than two
 */
export const fanInUniform = (key: Key, shape: readonly number[]): Weights => uniformWithin(1 / Math.sqrt(fans(shape).fanIn), key, shape);

/**
 * Keeps the variance of a linear layer's signals, forward, and of its gradients, backward, as well as one number can.
 *
 *     w ~ U(±gain √(6 / (fan in + fan out)))
 *
 * @param shape  [F, D] or [..., F, D]
 * @throws       as `fanInUniform`
 *
 * Glorot & Bengio 2010, eq. 16. thm:initialisation.
 */
export const xavierUniform = (key: Key, shape: readonly number[], gain = 1): Weights =>
  uniformWithin(Math.sqrt(3) * xavierDeviation(shape, gain), key, shape);

/**
 * As `xavierUniform`, normal.
 *
 *     w ~ N(0, gain² · 2 / (fan in + fan out))
 *
 * @param shape  [F, D] or [..., F, D]
 * @throws       as `fanInUniform`
 *
 * Glorot & Bengio 2010, eq. 12. thm:initialisation.
 */
export const xavierNormal = (key: Key, shape: readonly number[], gain = 1): Weights => normalWith(xavierDeviation(shape, gain), key, shape);

/**
 * Keeps the variance of signals through layers with a ReLU, however many.
 *
 *     w ~ U(±gain √(3 / fan in))
 *
 * @param shape  [F, D] or [..., F, D]
 * @throws       as `fanInUniform`
 *
 * He et al. 2015, eq. 10, uniform with the same variance. thm:initialisation.
 */
export const kaimingUniform = (key: Key, shape: readonly number[], gain = Math.SQRT2): Weights =>
  uniformWithin(Math.sqrt(3) * kaimingDeviation(shape, gain), key, shape);

/**
 * As `kaimingUniform`, normal.
 *
 *     w ~ N(0, gain² / fan in)
 *
 * @param shape  [F, D] or [..., F, D]
 * @throws       as `fanInUniform`
 *
 * He et al. 2015, eq. 10. thm:initialisation.
 */
export const kaimingNormal = (key: Key, shape: readonly number[], gain = Math.SQRT2): Weights =>
  normalWith(kaimingDeviation(shape, gain), key, shape);

/**
 * A random orthogonal matrix: every singular value is the gain, so that a recurrence neither fades nor explodes at first.
 *
 *     w wᵀ = gain² I for F ≤ D, else wᵀ w = gain² I
 *
 * @param shape  [F, D], or [..., F, D] as one matrix [window · F, D]
 *
 * Saxe et al. 2014. Gram–Schmidt of normal vectors, twice for the last digits: uniform over orthogonal matrices, because no sign is
 * chosen (Mezzadri 2007). It uses + − × ÷ √ alone, so its bits are the same on every machine.
 */
export function orthogonal(key: Key, shape: readonly number[], gain = 1): Weights {
  const { fanIn: F, D } = fans(shape);
  const [count, length] = F <= D ? [F, D] : [D, F];
  const { data: z } = normal(key, [count, length], 'float64');
  const vectors = Array.from({ length: count }, (_, i) => z.subarray(i * length, (i + 1) * length));
  vectors.forEach((vector, i) => {
    for (const other of [...vectors.slice(0, i), ...vectors.slice(0, i)]) addMultiple(vector, -dot(vector, other), other);
    const scale = 1 / Math.sqrt(dot(vector, vector));
    for (let j = 0; j < length; j++) vector[j] *= scale;
  });
  const data = new Float32Array(F * D);
  for (let k = 0; k < data.length; k++) {
    const [row, column] = [Math.floor(k / D), k % D];
    data[k] = gain * (F <= D ? vectors[row][column] : vectors[column][row]);
  }
  return { data, shape: [...shape] };
}

function fans(shape: readonly number[]): { fanIn: number; fanOut: number; D: number } {
  if (shape.length < 2 || shape.some((n) => !(n > 0)))
    throw new Error(`initialisers: weights are [F, D] or [..., F, D] with something in each axis, got [${shape}]; a shift [D] starts at 0`);
  const [F, D] = shape.slice(-2);
  const window = shape.slice(0, -2).reduce((product, n) => product * n, 1);
  return { fanIn: window * F, fanOut: window * D, D };
}

function xavierDeviation(shape: readonly number[], gain: number): number {
  const { fanIn, fanOut } = fans(shape);
  return gain * Math.sqrt(2 / (fanIn + fanOut));
}

const kaimingDeviation = (shape: readonly number[], gain: number) => gain / Math.sqrt(fans(shape).fanIn);

function normalWith(deviation: number, key: Key, shape: readonly number[]): Weights {
  const { data, shape: made } = normal(key, shape);
  return { data: data.map((z) => z * deviation), shape: made };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j] * b[j];
  return sum;
}

function addMultiple(a: Float64Array, factor: number, b: Float64Array): void {
  for (let j = 0; j < a.length; j++) a[j] += factor * b[j];
}
