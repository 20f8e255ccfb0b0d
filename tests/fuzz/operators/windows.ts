import * as tf from '@tensorflow/tfjs';
import type { Maker } from '../maker.js';
import { COMPOSED, EXACT, type Operator, operator, SUM } from './operator.js';

type Padding = 'valid' | 'same';
interface Window {
  readonly stride: number;
  readonly padding: Padding;
  readonly dilation: number;
}

function windowOf({ r }: Maker): Window {
  const dilation = r.chance(0.2) ? 2 : 1;
  return { stride: dilation > 1 ? 1 : r.whole(1, 2), padding: r.one(['valid', 'same'] as const), dilation };
}

const image = (m: Maker): number => {
  const shape = [m.r.whole(1, 2), m.r.whole(3, 7), m.r.whole(3, 6), m.r.whole(1, 3)];
  return m.pick({ rank: [4, 4], shape, fits: ([, height, width, channels]) => height > 1 && width > 1 && channels > 0 && channels < 9 });
};

const filter = (m: Maker, channels: number, out: number): number => m.leaf([m.r.whole(1, 3), m.r.whole(1, 3), channels, out], 'float32');

const convolution = (
  name: string,
  out: (m: Maker, channels: number) => number,
  apply: (x: tf.Tensor4D, w: tf.Tensor4D, window: Window) => tf.Tensor,
): Operator =>
  operator<Window>({
    name,
    tolerance: SUM,
    draw: (m) => {
      const x = image(m);
      const channels = m.shapeOf(x)[3];
      return { inputs: [x, filter(m, channels, out(m, channels))], options: windowOf(m) };
    },
    apply: ([x, w], window) => apply(x as tf.Tensor4D, w as tf.Tensor4D, window),
  });

const pool = (name: string, apply: (x: tf.Tensor4D, size: [number, number], window: Window) => tf.Tensor, isSum: boolean): Operator =>
  operator<Window & { size: [number, number] }>({
    name,
    tolerance: isSum ? SUM : EXACT,
    draw: (m) => ({ inputs: [image(m)], options: { ...windowOf(m), size: [m.r.whole(1, 3), m.r.whole(1, 3)] } }),
    apply: ([x], { size, ...window }) => apply(x as tf.Tensor4D, size, window),
  });

/** Convolutions and pooling. */
export const windows: readonly Operator[] = [
  convolution(
    'conv2d',
    ({ r }) => r.whole(1, 4),
    (x, w, { stride, padding, dilation }) => tf.conv2d(x, w, stride, padding, 'NHWC', dilation),
  ),
  convolution(
    'depthwiseConv2d',
    ({ r }) => r.whole(1, 2),
    (x, w, { stride, padding, dilation }) => tf.depthwiseConv2d(x, w, stride, padding, 'NHWC', dilation),
  ),
  operator<Window>({
    name: 'conv1d',
    tolerance: SUM,
    draw: (m) => {
      const shape = [m.r.whole(1, 2), m.r.whole(3, 9), m.r.whole(1, 3)];
      const x = m.pick({ rank: [3, 3], shape, fits: ([, width, channels]) => width > 2 && channels > 0 });
      return { inputs: [x, m.leaf([m.r.whole(1, 3), m.shapeOf(x)[2], m.r.whole(1, 4)], 'float32')], options: windowOf(m) };
    },
    apply: ([x, w], { stride, padding, dilation }) => tf.conv1d(x as tf.Tensor3D, w as tf.Tensor3D, stride, padding, 'NWC', dilation),
  }),
  operator<Window>({
    name: 'conv2dTranspose',
    tolerance: SUM,
    draw: (m) => {
      const x = image(m);
      return { inputs: [x, filter(m, m.r.whole(1, 3), m.shapeOf(x)[3])], options: { ...windowOf(m), dilation: 1 } };
    },
    apply: ([x, w], { stride, padding }) => {
      const [N, H, W] = x.shape;
      const [height, width, out] = w.shape;
      const size = (n: number, k: number) => (padding === 'same' ? n * stride : (n - 1) * stride + k);
      return tf.conv2dTranspose(x as tf.Tensor4D, w as tf.Tensor4D, [N, size(H, height), size(W, width), out], stride, padding);
    },
  }),
  operator<Window>({
    name: 'separableConv2d',
    tolerance: SUM,
    draw: (m) => {
      const x = image(m);
      const channels = m.shapeOf(x)[3];
      return { inputs: [x, filter(m, channels, 2), m.leaf([1, 1, 2 * channels, m.r.whole(1, 3)], 'float32')], options: windowOf(m) };
    },
    apply: ([x, depthwise, pointwise], { stride, padding, dilation }) =>
      tf.separableConv2d(x as tf.Tensor4D, depthwise as tf.Tensor4D, pointwise as tf.Tensor4D, stride, padding, dilation),
  }),
  operator<Window & { activation: 'linear' | 'relu' }>({
    name: 'fusedConv2d',
    tolerance: COMPOSED,
    draw: (m) => {
      const x = image(m);
      const out = m.r.whole(1, 3);
      const inputs = [x, filter(m, m.shapeOf(x)[3], out), m.leaf([out], 'float32')];
      return { inputs, options: { ...windowOf(m), activation: m.r.one(['linear', 'relu'] as const) } };
    },
    apply: ([x, w, bias], { stride, padding, dilation, activation }) =>
      tf.fused.conv2d({
        x: x as tf.Tensor4D,
        filter: w as tf.Tensor4D,
        strides: stride,
        pad: padding,
        dilations: dilation,
        bias: bias as tf.Tensor1D,
        activation,
      }),
  }),
  pool('avgPool', (x, size, { stride, padding }) => tf.avgPool(x, size, stride, padding), true),
  pool('maxPool', (x, size, { stride, padding }) => tf.maxPool(x, size, stride, padding), false),
  pool('dilatedMaxPool', (x, size, { padding, dilation }) => tf.pool(x, size, 'max', padding, dilation, 1), false),
  pool('dilatedAvgPool', (x, size, { padding, dilation }) => tf.pool(x, size, 'avg', padding, dilation, 1), true),
  pool('maxPoolWithArgmax', (x, size, { stride, padding }) => tf.maxPoolWithArgmax(x, size, stride, padding).indexes, false),
];
