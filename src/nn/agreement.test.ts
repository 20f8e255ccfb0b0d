import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, it } from 'vitest';
import { expectCompiled } from '../../tests/support/compiled.js';
import { expectReference, expectThreeWays, type Reference } from '../../tests/support/gradients.js';
import { geluTanh, geluTanhPlain } from './activations/gelu-tanh.js';
import { sigmoid } from './activations/sigmoid.js';
import { silu, siluPlain } from './activations/silu.js';
import { softplus, softplusPlain } from './activations/softplus.js';
import { tanh } from './activations/tanh.js';
import { dropout } from './dropout.js';
import { embedding, embeddingPlain } from './embedding/embedding.js';
import { addPositions } from './embedding/positions.js';
import { timestampPositions } from './embedding/timestamps.js';
import layers from './layers.reference.json' with { type: 'json' }; // made by reference/layers.py with PyTorch 2.13
import { binaryCrossEntropy, binaryCrossEntropyPlain } from './losses/binary-cross-entropy.js';
import { gaussianKl, gaussianKlPlain } from './losses/gaussian-kl.js';
import { gaussianNll, gaussianNllFromLog, gaussianNllFromLogPlain, gaussianNllPlain } from './losses/gaussian-nll.js';
import { hinge, hingePlain } from './losses/hinge.js';
import { icLoss, icLossPlain } from './losses/information-coefficient.js';
import { meanAbsoluteError, meanAbsoluteErrorPlain } from './losses/mean-absolute-error.js';
import { quantileLoss, quantileLossPlain } from './losses/quantile.js';
import { criticLoss, gradientPenalty } from './losses/wasserstein.js';
import losses from './losses.reference.json' with { type: 'json' }; // made by reference/losses.py with PyTorch 2.13
import { batchNorm, batchNormEval, batchNormPlain } from './normalisation/batch-norm.js';
import { rmsNorm, rmsNormPlain } from './normalisation/rms-norm.js';

beforeAll(() => tf.setBackend('cpu'));

type T = tf.Tensor;
type Numbers = { data: number[]; shape: number[] };
type Layer = (...inputs: T[]) => T;
/** Its name, the layer, what tfjs differentiates for comparison (the layer itself where it is of tfjs's operators), and PyTorch's numbers. */
type Row = [name: string, layer: Layer, plain: Layer, reference: Reference];

const constant = ({ data, shape }: Numbers, dtype: 'float32' | 'int32' = 'float32') => tf.tensor(data, shape, dtype);
/** The inputs that have a gradient. */
const differentiable = (reference: Reference): Reference => ({ ...reference, inputs: reference.inputs.slice(0, reference.grads.length) });
const plainOnly = (name: string, layer: Layer, reference: Reference): Row => [name, layer, layer, reference];

const mask = constant(layers.temporalDropout.inputs[1]);
const [, mean, variance] = layers.batchNormEval.inputs.map((t) => constant(t));
const averages = { mean: tf.zeros([3]), variance: tf.ones([3]) };
const labels = tf.tensor2d([2, 0, 3, 3, 3, 1], [2, 3], 'int32');
const fields = constant(layers.timestamps.fields, 'int32');
const QUANTILES = [0.1, 0.5, 0.9];
const signs = constant(losses.hinge.inputs[1]);
const traded = tf.tensor2d([1, 1, 0, 1, 1, 1, 0, 1, 1, 0], [2, 5]);
const mix = tf.tensor1d([0.125, 0.5, 0.75]);
const penalty = (real: T, fake: T, w1: T, b1: T, w2: T) => gradientPenalty((x) => x.matMul(w1).add(b1).tanh().matMul(w2), real, fake, mix);
const evaluated = (x: T, gamma: T, beta: T) => batchNormEval({ gamma, beta }, { mean, variance }, x);
const { inputs: evalInputs } = layers.batchNormEval;

const LAYERS: Row[] = [
  ['sigmoid', sigmoid, tf.sigmoid, layers.sigmoid],
  ['tanh', tanh, tf.tanh, layers.tanh],
  ['silu', silu, siluPlain, layers.silu],
  ['softplus', softplus, softplusPlain, layers.softplus],
  ['geluTanh', geluTanh, geluTanhPlain, layers.geluTanh],
  plainOnly('dropout, temporal', (x) => dropout(x, mask), differentiable(layers.temporalDropout)),
  ['rmsNorm', (x, gamma) => rmsNorm(x, gamma), (x, gamma) => rmsNormPlain(x, gamma), layers.rmsNorm],
  [
    'batchNorm',
    (x, gamma, beta) => batchNorm({ gamma, beta }, averages, x).y,
    (x, gamma, beta) => batchNormPlain({ gamma, beta }, x),
    layers.batchNorm,
  ],
  plainOnly('batchNormEval', evaluated, { ...layers.batchNormEval, inputs: [evalInputs[0], evalInputs[3], evalInputs[4]] }),
  ['embedding', (table) => embedding(table, labels), (table) => embeddingPlain(table, labels), layers.embedding],
  plainOnly('addPositions', addPositions, layers.learnedPositions),
  plainOnly('timestampPositions', (weekday, month) => timestampPositions({ weekday, month }, fields), layers.timestamps),
];

const LOSSES: Row[] = [
  ['meanAbsoluteError', meanAbsoluteError, meanAbsoluteErrorPlain, losses.meanAbsoluteError],
  ['binaryCrossEntropy', binaryCrossEntropy, binaryCrossEntropyPlain, losses.binaryCrossEntropy],
  ['gaussianNll', (m, v, y) => gaussianNll(m, v, y), (m, v, y) => gaussianNllPlain(m, v, y), losses.gaussianNll],
  [
    'gaussianNllFromLog',
    (m, s, y) => gaussianNllFromLog(m, s, y),
    (m, s, y) => gaussianNllFromLogPlain(m, s, y),
    losses.gaussianNllFromLog,
  ],
  ['quantileLoss', (p, y) => quantileLoss(p, y, QUANTILES), (p, y) => quantileLossPlain(p, y, QUANTILES), losses.quantileLoss],
  ['hinge', (s) => hinge(s, signs), (s) => hingePlain(s, signs), differentiable(losses.hinge)],
  [
    'gaussianKl',
    (mean, logVariance, ...q) => gaussianKl({ mean, logVariance }, { mean: q[0], logVariance: q[1] }),
    (mean, logVariance, ...q) => gaussianKlPlain({ mean, logVariance }, { mean: q[0], logVariance: q[1] }),
    losses.gaussianKl,
  ],
  ['icLoss', icLoss as Layer, icLossPlain as Layer, losses.icLoss],
  ['icLoss, masked', (p, y) => icLoss(p, y, traded), (p, y) => icLossPlain(p, y, traded), losses.maskedIcLoss],
  plainOnly('criticLoss', criticLoss, losses.criticLoss),
  plainOnly('gradientPenalty, whose gradient is a second derivative', penalty as Layer, losses.gradientPenalty),
];

describe.each([...LAYERS, ...LOSSES])('%s', (_, layer, plain, reference) => {
  it('equals PyTorch, forward and backward', () => expectReference(layer, reference));

  it('backward agrees with differences and autodiff', () => expectThreeWays(layer, plain, reference.inputs));

  it('is the same compiled, on both runtimes', () => expectCompiled(layer, reference.inputs));
});
