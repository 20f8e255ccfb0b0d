import * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../../base/index.js';
import type { Kernel, Kernels, X } from '../kernel.js';
import { padded } from './joining.js';

const { getReshaped, getPermuted, getReshapedPermuted, getSliceBeginCoords, getSliceSize } = tf.backend_util;

/** Blocks of the spatial axes become batches. */
const spaceToBatchND: Kernel<X, { blockShape: number[]; paddings: [number, number][] }> = (on, { x }, { blockShape, paddings }) => {
  const g = on.graph;
  const count = sizeOf(blockShape);
  const widths = x.shape.map((_, axis): [number, number] => paddings[axis - 1] ?? [0, 0]);
  const whole = padded(g, on.full(x), widths, 0);
  const shape = [...whole.shape];
  const blocks = g.reshape(whole, getReshaped(shape, blockShape, count, false));
  const moved = g.transpose(blocks, getPermuted(blocks.shape.length, blockShape.length, false));
  return on.give(g.reshape(moved, getReshapedPermuted(shape, blockShape, count, false)));
};

const batchToSpaceND: Kernel<X, { blockShape: number[]; crops: number[][] }> = (on, { x }, { blockShape, crops }) => {
  const g = on.graph;
  const count = sizeOf(blockShape);
  const blocks = g.reshape(on.full(x), getReshaped(x.shape, blockShape, count));
  const moved = g.transpose(blocks, getPermuted(blocks.shape.length, blockShape.length));
  const whole = g.reshape(moved, getReshapedPermuted(x.shape, blockShape, count));
  const begin = getSliceBeginCoords(crops, blockShape.length);
  const size = getSliceSize([...whole.shape], crops, blockShape.length);
  const axes = begin.map((_, axis) => axis);
  return on.give(
    g.slice(
      whole,
      axes,
      begin,
      begin.map((b, i) => b + size[i]),
    ),
  );
};

/** Channels become blocks of pixels. */
const depthToSpace: Kernel<X, { blockSize: number; dataFormat: 'NHWC' | 'NCHW' }> = (on, { x }, { blockSize: s, dataFormat }) => {
  const g = on.graph;
  const value = on.full(x);
  if (dataFormat === 'NHWC') {
    const [N, H, W, C] = x.shape;
    const blocks = g.reshape(value, [N, H, W, s, s, C / (s * s)]);
    return on.give(g.reshape(g.transpose(blocks, [0, 1, 3, 2, 4, 5]), [N, H * s, W * s, C / (s * s)]));
  }
  const [N, C, H, W] = x.shape;
  const blocks = g.reshape(value, [N, s, s, C / (s * s), H, W]);
  return on.give(g.reshape(g.transpose(blocks, [0, 3, 4, 1, 5, 2]), [N, C / (s * s), H * s, W * s]));
};

export const blocks: Kernels = { SpaceToBatchND: spaceToBatchND, BatchToSpaceND: batchToSpaceND, DepthToSpace: depthToSpace };
