import * as tf from '@tensorflow/tfjs';
import { describeLayer } from '../../../tests/support/layers.js';
import reference from '../graph.reference.json' with { type: 'json' }; // made by ../reference/graph.py with PyTorch 2.13
import pytorch from '../pytorch.reference.json' with { type: 'json' }; // made by ../reference/pytorch.py with PyTorch 2.13
import { graphAttention, mixNeighbours } from './graph-attention.js';
import { graphConvolution } from './graph-convolution.js';
import { mixAlongLinks, sparseGraphAttention } from './sparse-graph-attention.js';
import { sparseGraphConvolution } from './sparse-graph-convolution.js';
import { sparseProduct } from './sparse-product.js';

const { visible, from_, to } = reference.graph;
const mask = () => tf.tensor(visible.data, visible.shape, 'bool');
const links = () => ({ from: tf.tensor(from_.data, from_.shape, 'int32'), to: tf.tensor(to.data, to.shape, 'int32') });

const convolve = (graph: tf.Tensor, x: tf.Tensor, w: tf.Tensor, b: tf.Tensor) => graphConvolution({ w, b }, x, { graph });
describeLayer(graphConvolution, {
  'PyTorch, to fewer features': { call: convolve, reference: pytorch.graphConvolution },
  'PyTorch, to more features': { call: convolve, reference: pytorch.wideningGraphConvolution },
});

describeLayer(sparseGraphConvolution, {
  PyTorch: {
    call: (x, weight, w, b) => sparseGraphConvolution({ w, b }, x, { graph: { ...links(), weight } }),
    reference: reference.convolution,
  },
});

const overMask = (x: tf.Tensor, w: tf.Tensor, b: tf.Tensor, source: tf.Tensor, target: tf.Tensor) =>
  graphAttention({ w, b, source, target }, x, { graph: mask() });
describeLayer(mixNeighbours, {
  "the authors' formula": { call: overMask, reference: reference.attention },
  "the authors' formula, for a batch": { call: overMask, reference: reference.attentionBatch },
});

describeLayer(mixAlongLinks, {
  "the authors' formula over the mask": {
    call: (x, w, b, source, target) => sparseGraphAttention({ w, b, source, target }, x, { graph: links() }),
    reference: reference.attention,
  },
});

describeLayer(sparseProduct, {
  PyTorch: { call: (weight, m) => sparseProduct({ ...links(), weight }, m, { rows: 5 }), reference: reference.product },
});
