import * as tf from '@tensorflow/tfjs';
import { describeLayer } from '../../../tests/support/layers.js';
import losses from '../losses.reference.json' with { type: 'json' }; // made by ../reference/losses.py with PyTorch 2.13
import pytorch from '../pytorch.reference.json' with { type: 'json' }; // made by ../reference/pytorch.py with PyTorch 2.13
import { binaryCrossEntropy } from './binary-cross-entropy.js';
import { crossEntropy } from './cross-entropy.js';
import { gaussianKl } from './gaussian-kl.js';
import { gaussianNll, gaussianNllFromLog } from './gaussian-nll.js';
import { hinge } from './hinge.js';
import { huber } from './huber.js';
import { icLoss } from './information-coefficient.js';
import { meanAbsoluteError } from './mean-absolute-error.js';
import { meanSquaredError } from './mean-squared-error.js';
import { quantileLoss } from './quantile.js';

describeLayer(meanSquaredError, { PyTorch: { call: meanSquaredError, reference: pytorch.meanSquaredError } });
describeLayer(meanAbsoluteError, { PyTorch: { call: meanAbsoluteError, reference: losses.meanAbsoluteError } });
describeLayer(huber, { PyTorch: { call: (p, y) => huber(p, y, { delta: 0.7 }), reference: pytorch.huber } });
describeLayer(binaryCrossEntropy, { PyTorch: { call: binaryCrossEntropy, reference: losses.binaryCrossEntropy } });

const [, signs] = losses.hinge.inputs.map(({ data, shape }) => tf.tensor(data, shape));
describeLayer(hinge, {
  PyTorch: { call: (scores) => hinge(scores, signs), reference: losses.hinge },
  'for its labels too': {
    call: (y) => hinge(tf.tensor(losses.hinge.inputs[0].data, signs.shape), y),
    inputs: [losses.hinge.inputs[1]],
    noDifferences: 'a label is −1 or 1 and nothing between',
  },
});

const labels = tf.tensor1d(pytorch.crossEntropy.inputs[1].data, 'int32');
const classes = tf.tensor1d([2, 0, 1, 0], 'int32');
// Of the script.
const padded = tf.tensor2d([2, 0, -100, 3, -100, -100], [2, 3], 'int32');
const impossible = tf.tensor2d([0, -Infinity, 0, 0, 0, 0, -Infinity, 0, -Infinity, 0, 0, -Infinity], [4, 3]);
const ofClasses = (x: tf.Tensor, table: tf.Tensor) => crossEntropy(x, classes, { weights: table.gather(classes) });
describeLayer(crossEntropy, {
  PyTorch: { call: (x) => crossEntropy(x, labels), reference: pytorch.crossEntropy },
  'PyTorch with weights': { call: (x, weights) => crossEntropy(x, classes, { weights }), reference: losses.weightedCrossEntropy },
  'PyTorch with weights of classes': {
    call: (x) => ofClasses(x, tf.tensor1d([0.5, 2, 4])),
    reference: losses.classWeightedCrossEntropy,
  },
  'weights of classes, differentiated': {
    call: ofClasses,
    inputs: [losses.weightedCrossEntropy.inputs[0], { data: [0.5, 2, 4], shape: [3] }],
  },
  'PyTorch, sequences with padding': {
    call: (x) => crossEntropy(x, padded, { ignoreIndex: -100 }),
    reference: losses.ignoringCrossEntropy,
  },
  'PyTorch, smoothed': {
    call: (x) => crossEntropy(x, padded, { ignoreIndex: -100, labelSmoothing: 0.2 }),
    reference: losses.smoothedCrossEntropy,
  },
  'PyTorch, smoothed and weighted': {
    call: (x, weights) => crossEntropy(x, classes, { weights, labelSmoothing: 0.1 }),
    reference: losses.smoothedWeightedCrossEntropy,
  },
  'PyTorch, classes that cannot be': {
    call: (x) => crossEntropy(x.add(impossible), classes),
    reference: losses.maskedCrossEntropy,
  },
});

const nll = (floor?: number) => (mean: tf.Tensor, variance: tf.Tensor, y: tf.Tensor) => gaussianNll({ mean, variance }, y, { floor });
describeLayer(gaussianNll, {
  PyTorch: { call: nll(), reference: losses.gaussianNll },
  'PyTorch below its floor': {
    call: nll(0.1),
    reference: losses.gaussianNllFloor,
    noDifferences: 'as in PyTorch, ∂σ² passes through the floor, below which the loss does not change',
  },
});
describeLayer(gaussianNllFromLog, {
  PyTorch: { call: (mean, logVariance, y) => gaussianNllFromLog({ mean, logVariance }, y), reference: losses.gaussianNllFromLog },
});
describeLayer(gaussianKl, {
  PyTorch: {
    call: (mean, logVariance, ...q) => gaussianKl({ mean, logVariance }, { mean: q[0], logVariance: q[1] }),
    reference: losses.gaussianKl,
  },
});

const QUANTILES = [0.1, 0.5, 0.9];
describeLayer(quantileLoss, {
  PyTorch: { call: (p, y) => quantileLoss(p, y, { quantiles: QUANTILES }), reference: losses.quantileLoss },
});

const traded = tf.tensor2d([1, 1, 0, 1, 1, 1, 0, 1, 1, 0], [2, 5]);
describeLayer(icLoss, {
  PyTorch: { call: (p, y) => icLoss(p, y), reference: losses.icLoss },
  'PyTorch, masked': { call: (p, y) => icLoss(p, y, { mask: traded }), reference: losses.maskedIcLoss },
});
