import * as tf from '@tensorflow/tfjs';
import { shapeError } from '../../base/index.js';
import { checkOptions, checkWhole } from '../../base/internal.js';
import { layer } from '../../tensor/index.js';

/** How large the windows are that become one pixel. */
export interface PoolingOptions {
  /** p, the rows and columns of a window. */
  readonly size: number;
}

/**
 * The largest pixel of each window of p × p pixels, windows side by side.
 *
 *     y = max over the window        ∂x = ∂y at the window's first maximum, else 0
 *
 * @param x  [B, rows, columns, F]
 * @returns  [B, rows / p, columns / p, F]
 * @throws   when p does not divide rows and columns
 *
 * Where several pixels are the largest, which is a kink, the first takes all of ∂y, as in PyTorch; in the plain form each takes it.
 */
export const maxPool2d = layer({
  name: 'maxPool2d',
  forward(x: tf.Tensor, options: PoolingOptions) {
    checkOptions('maxPool2d', options, ['size']);
    const { size } = options;
    requireWindows('maxPool2d', x, size);
    const parts = partsOf(x, size);
    const y = parts.reduce((most, part) => tf.maximum(most, part));
    const value = y.reshape(pooled(x, size));
    return { value, saved: { y, parts, size } };
  },
  backward(dy, { y, parts, size }) {
    let rest = dy.reshape(y.shape);
    const grads = parts.map((part, k) => {
      if (k === parts.length - 1) return rest;
      const taken = tf.where(part.equal(y), rest, 0);
      rest = rest.sub(taken);
      return taken;
    });
    return [together(grads, size).reshape(unpooled(dy, size))];
  },
  plain: (x, { size }) => windowsOf(x, size).max([2, 4]),
});

/**
 * The mean of each window of p × p pixels, windows side by side.
 *
 *     y = mean over the window        ∂x = ∂y / p²
 *
 * @param x  [B, rows, columns, F]
 * @returns  [B, rows / p, columns / p, F]
 * @throws   when p does not divide rows and columns
 */
export const averagePool2d = layer({
  name: 'averagePool2d',
  forward(x: tf.Tensor, options: PoolingOptions) {
    checkOptions('averagePool2d', options, ['size']);
    const { size } = options;
    requireWindows('averagePool2d', x, size);
    const value = tf
      .addN(partsOf(x, size))
      .div(size * size)
      .reshape(pooled(x, size));
    return { value, saved: { size } };
  },
  backward(dy, { size }) {
    const [B, rows, columns, F] = dy.shape as Shape4;
    const share = dy.div(size * size).reshape([B, rows, 1, columns, 1, F]);
    return [tf.broadcastTo(share, [B, rows, size, columns, size, F]).reshape(unpooled(dy, size))];
  },
  plain: (x, { size }) => windowsOf(x, size).mean([2, 4]),
});

/** x with the windows' own axes: [B, rows / p, p, columns / p, p, F]. */
function windowsOf(x: tf.Tensor, size: number): tf.Tensor {
  const [B, rows, columns, F] = pooled(x, size);
  return x.reshape([B, rows, size, columns, size, F]);
}

/** The pixels at each position of a window, row by row: [B · rows / p, 1, columns / p, F]. Faster than a kernel for pooling. */
function partsOf(x: tf.Tensor, size: number): tf.Tensor[] {
  const [B, rows, columns, F] = pooled(x, size);
  const side = x.reshape([B * rows, size, columns, size * F]);
  return Array.from({ length: size * size }, (_, k) => side.slice([0, Math.floor(k / size), 0, (k % size) * F], [B * rows, 1, columns, F]));
}

/** The parts put back: [B · rows / p, p, columns / p, p F]. */
function together(parts: readonly tf.Tensor[], size: number): tf.Tensor {
  const row = (i: number) => tf.concat(parts.slice(i * size, (i + 1) * size), 3);
  return tf.concat(
    Array.from({ length: size }, (_, i) => row(i)),
    1,
  );
}

type Shape4 = [number, number, number, number];
const pooled = ({ shape: [B, rows, columns, F] }: tf.Tensor, size: number): Shape4 => [B, rows! / size, columns! / size, F!];
const unpooled = ({ shape: [B, rows, columns, F] }: tf.Tensor, size: number): Shape4 => [B, rows! * size, columns! * size, F!];

function requireWindows(layer: string, x: tf.Tensor, size: number): void {
  checkWhole(layer, 'size', size);
  if (x.rank !== 4 || x.shape[1]! % size !== 0 || x.shape[2]! % size !== 0)
    throw shapeError(`${layer} takes x [B, rows, columns, F] with rows and columns that windows of ${size} × ${size} fill exactly`, { x });
}
