import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, it } from 'vitest';
import { expectCompiled } from '../../tests/support/compiled.js';
import { expectReference, type Reference } from '../../tests/support/gradients.js';
import { gradCheck } from '../tensor/grad-check.js';
import { dropout } from './dropout.js';
import { addPositions } from './embedding/positions.js';
import { timestampPositions } from './embedding/timestamps.js';
import layers from './layers.reference.json' with { type: 'json' }; // made by reference/layers.py with PyTorch 2.13
import { criticLoss, gradientPenalty } from './losses/wasserstein.js';
import losses from './losses.reference.json' with { type: 'json' }; // made by reference/losses.py with PyTorch 2.13
import { batchNormEval } from './normalisation/batch-norm.js';

beforeAll(() => tf.setBackend('cpu'));

type T = tf.Tensor;
const constant = ({ data, shape }: { data: number[]; shape: number[] }, dtype: 'float32' | 'int32' = 'float32') =>
  tf.tensor(data, shape, dtype);

const { temporalDropout, batchNormEval: evaluated, learnedPositions, timestamps } = layers;
const mask = constant(temporalDropout.inputs[1]);
const [, mean, variance] = evaluated.inputs.map((t) => constant(t));
const fields = constant(timestamps.fields, 'int32');
const mix = tf.tensor1d([0.125, 0.5, 0.75]);
const penalty = (real: T, fake: T, w1: T, b1: T, w2: T) =>
  gradientPenalty((x) => x.matMul(w1).add(b1).tanh().matMul(w2), real, fake, { mix });

/** What tfjs differentiates itself. */
const FUNCTIONS: [name: string, f: (...inputs: T[]) => T, reference: Reference][] = [
  ['dropout, temporal', (x) => dropout(x, { mask }), { ...temporalDropout, inputs: temporalDropout.inputs.slice(0, 1) }],
  [
    'batchNormEval',
    (x, gamma, beta) => batchNormEval({ gamma, beta }, x, { averages: { mean, variance } }),
    { ...evaluated, inputs: [evaluated.inputs[0], evaluated.inputs[3], evaluated.inputs[4]] },
  ],
  ['addPositions', addPositions, learnedPositions],
  ['timestampPositions', (weekday, month) => timestampPositions({ weekday, month }, fields), timestamps],
  ['criticLoss', criticLoss, losses.criticLoss],
  ['gradientPenalty, whose gradient is a second derivative', penalty as (...inputs: T[]) => T, losses.gradientPenalty],
];

describe.each(FUNCTIONS)('%s', (_, f, reference) => {
  it('equals PyTorch, forward and backward', () => expectReference(f, reference));

  it('agrees with differences', () => void gradCheck(f, reference.inputs));

  it('is the same compiled, on both runtimes', () => expectCompiled(f, reference.inputs));
});
