import * as tf from '@tensorflow/tfjs';
import { describeLayer } from '../../../tests/support/layers.js';
import layers from '../layers.reference.json' with { type: 'json' }; // made by ../reference/layers.py with PyTorch 2.13
import { embedding } from './embedding.js';

const labels = tf.tensor2d([2, 0, 3, 3, 3, 1], [2, 3], 'int32');
describeLayer(embedding, {
  PyTorch: { call: (table) => embedding(table, labels), reference: layers.embedding },
  'PyTorch with padding': {
    call: (table) => embedding(table, labels, { paddingIndex: 3 }),
    reference: layers.paddedEmbedding,
    noDifferences: 'as in PyTorch, the vector of padding is held constant',
  },
});
