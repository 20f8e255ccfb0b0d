import type * as tf from '@tensorflow/tfjs';
import { describeLayer, type LayerCase } from '../../../tests/support/layers.js';
import { key, normal } from '../../base/random.js';
import recurrent from '../recurrent.reference.json' with { type: 'json' }; // made by ../reference/recurrent.py with PyTorch 2.13
import vision from '../vision.reference.json' with { type: 'json' }; // made by ../reference/vision.py with PyTorch 2.13
import { causalConvolution } from './causal-convolution.js';
import { conv2d, type Padding } from './conv2d.js';
import { averagePool2d, maxPool2d } from './pooling.js';

const dilated = (dilation: number) => (x: tf.Tensor, w: tf.Tensor, b: tf.Tensor) => causalConvolution({ w, b }, x, { dilation });
const { inputs } = recurrent.causalConvolution;
describeLayer(causalConvolution, {
  PyTorch: { call: dilated(2), reference: recurrent.causalConvolution },
  'one step between three taps': { call: dilated(1), inputs },
  'four steps': { call: dilated(4), inputs },
  'more than the sequence has': { call: dilated(7), inputs },
});

const padded =
  (padding: Padding, stride = 1) =>
  (x: tf.Tensor, w: tf.Tensor, b: tf.Tensor) =>
    conv2d({ w, b }, x, { padding, stride });
describeLayer(conv2d, {
  'PyTorch, valid': { call: padded('valid'), reference: vision.valid },
  'PyTorch, same': { call: padded('same'), reference: vision.same },
  'PyTorch, a filter of even size': { call: padded('same'), reference: vision.evenFilter },
  'every second pixel': {
    call: padded('same', 2),
    inputs: [normal(key(8), [2, 6, 5, 2]), normal(key(9), [4, 4, 2, 3]), normal(key(10), [3])],
  },
  'every third pixel, valid': {
    call: padded('valid', 3),
    inputs: [normal(key(8), [2, 8, 7, 2]), normal(key(9), [2, 3, 2, 3]), normal(key(10), [3])],
  },
  'every second pixel, valid, a column over': {
    call: padded('valid', 2),
    inputs: [normal(key(8), [2, 8, 7, 2]), normal(key(9), [4, 2, 2, 3]), normal(key(10), [3])],
  },
  'more channels': { call: padded('same'), inputs: [normal(key(5), [2, 4, 3, 4]), normal(key(6), [3, 3, 4, 5]), normal(key(7), [5])] },
});

/** As a pooled image is used: squared, so that the gradients differ. */
const squares = (pool: typeof maxPool2d, size: number): LayerCase => ({
  call: (x) => pool(x, { size }).square(),
  inputs: [normal(key(1), [2, 2 * size, 3 * size, 2])],
});
describeLayer(maxPool2d, {
  'PyTorch, 2 × 2': { call: (x) => maxPool2d(x, { size: 2 }), reference: vision.maxPool },
  'PyTorch, 3 × 3': { call: (x) => maxPool2d(x, { size: 3 }), reference: vision.maxPool3 },
  'then squared': squares(maxPool2d, 3),
});
describeLayer(averagePool2d, {
  PyTorch: { call: (x) => averagePool2d(x, { size: 2 }), reference: vision.averagePool },
  'then squared': squares(averagePool2d, 2),
});
