import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';

import * as attack from '../src/attack/index.js';
import * as models from '../src/models/index.js';
import * as nn from '../src/nn/index.js';
import * as optim from '../src/optim/index.js';
import * as rl from '../src/rl/index.js';
import { type HostArray, key, map } from '../src/tensor/index.js';
import { batches, run } from '../src/train/index.js';
import { sources, text } from './support/house.js';

const tensors = <P>(params: P) => map(params, ({ data, shape }: HostArray<Float32Array>) => tf.tensor(data, shape)) as never;
const { adam } = optim;
const labels = tf.tensor1d([0, 1], 'int32');
const zeros = (...shape: number[]) => tf.zeros(shape);
const column = (...data: number[]) => ({ data: Float32Array.from(data), shape: [data.length, 1] });

/** What is wrong, the call, and what the message must say: what it got, what is allowed, and where there is one, the likely cause. */
const CASES: [wrong: string, call: () => unknown, message: string][] = [
  [
    'another number of features',
    () => nn.linear(tensors(nn.initLinear(key(1), { inputs: 3, outputs: 2 })), zeros(5, 4)),
    'linear maps x [..., F] by w [F, D] and b [D]: got x [5,4], w [3,2], b [2]',
  ],
  [
    'queries and keys of different batches',
    () => nn.attention(zeros(2, 4, 3), zeros(3, 4, 3), zeros(3, 4, 3)),
    'with equal axes before: got q [2,4,3], k [3,4,3], v [3,4,3]',
  ],
  [
    'sequences without a step',
    () => nn.lstm(tensors(nn.initLstm(key(2), { inputs: 3, width: 2 })), zeros(5, 0, 3)),
    'lstm takes x [B, T, F] of one step or more, wx [F, 4D], wh [D, 4D] and b [4D]: got x [5,0,3]',
  ],
  [
    'a batch without rows',
    () => nn.huber(zeros(0, 1), zeros(0, 1)),
    'huber: the batch is empty, and the mean over nothing is not a number; leave out batches without rows',
  ],
  [
    'data without rows',
    () => batches({ x: column() }, { size: 1, key: key(3) }),
    'data.x has no rows; an empty sample cannot be trained on',
  ],
  [
    'NaN in the data',
    () => batches({ x: { data: Float32Array.of(1, 2, 3, Number.NaN), shape: [2, 2] } }, { size: 1, key: key(4) }),
    'batches: data.x has NaN at row 1, column 1; drop or fill missing values first',
  ],
  [
    'a label out of range',
    () => nn.crossEntropy(zeros(2, 3), tf.tensor1d([0, 3], 'int32')),
    'labels are 0 … 2, one for each of 3 classes; got 3 at index 1',
  ],
  [
    'an action out of range',
    () => rl.categoricalLogProbability(zeros(2, 3), tf.tensor1d([-1, 0], 'int32')),
    'labels are 0 … 2, one for each of 3 classes; got -1 at index 0',
  ],
  ['an edge to no node', () => nn.normaliseAdjacency(3, [[0, 3]]), 'normaliseAdjacency: nodes are 0 to 2, got an edge from 0 to 3'],
  [
    'a mask that masks everything',
    () => nn.maskedAttention(zeros(1, 2, 3), zeros(1, 2, 3), zeros(1, 2, 3), { visible: tf.tensor2d([1, 1, 0, 0], [2, 2], 'bool') }),
    'hides every key from row 1; let a query see at least one',
  ],
  ['sequences that are all padding', () => nn.paddingMask([2, 0], 3), 'got 0 for sequence 1; leave out empty sequences'],
  ['a layer of no width', () => nn.initLinear(key(5), { inputs: 0, outputs: 2 }), 'positive integers, got [0,2]; look at the numbers of'],
  [
    'heads that do not divide the width',
    () => nn.multiHeadAttention(tensors(nn.initMultiHead(key(6), { width: 6 })), zeros(2, 4, 6), { heads: 4 }),
    'with D a multiple of 4 heads: got x [2,4,6]',
  ],
  ['a loss of nothing', () => nn.huber(zeros(3), zeros(3), { delta: 0 }), 'huber: delta must be a finite number above 0, got 0'],
  [
    'a variance of nothing',
    () => nn.gaussianNll({ mean: zeros(3), variance: zeros(3) }, zeros(3), { floor: 0 }),
    'gaussianNll: floor must be a finite number above 0, got 0',
  ],
  ['a model without parameters', () => adam({}), 'the model has no parameters: {}; pass what its init made'],
  [
    'parameters as plain numbers',
    () => adam({ w: [1, 2] } as never),
    'params.w[0] must be a tensor, or a typed array with a shape as init makes it, got number',
  ],
  [
    'a learning rate that is none',
    () => adam({ w: column(1) }, { learningRate: Number.NaN }),
    'adam: learningRate must be a finite number above 0, got NaN',
  ],
];

/** Calls with an option that does not exist, or with something else in the place of options: in JavaScript they did nothing. */
const UNKNOWN: [call: () => unknown, message: string][] = [
  [
    () => nn.crossEntropy(zeros(2, 3), labels, { weight: zeros(2) } as never),
    "crossEntropy: there is no option 'weight'; it takes weights, ",
  ],
  [
    () => nn.crossEntropy(zeros(2, 3), labels, zeros(2) as never),
    'crossEntropy: options must be an object such as { weights }, got a Tensor',
  ],
  [() => nn.huber(zeros(3), zeros(3), { delt: 1 } as never), "huber: there is no option 'delt'; it takes delta (did you mean delta?)"],
  [() => nn.layerNorm(tensors(nn.initNorm({ width: 3 })), zeros(2, 3), { eps: 1 } as never), "layerNorm: there is no option 'eps'"],
  [() => nn.embedding(zeros(3, 2), labels, { padding_idx: 0 } as never), "embedding: there is no option 'padding_idx'"],
  [
    () => nn.attentionWeights(zeros(1, 2, 3), zeros(1, 2, 3), { mask: zeros(2, 2) } as never),
    "attentionWeights: there is no option 'mask'",
  ],
  [() => nn.lstm(tensors(nn.initLstm(key(1), { inputs: 3, width: 2 })), zeros(1, 2, 3), { h: 0 } as never), "lstm: there is no option 'h'"],
  [() => nn.initLstmVariant(key(1), { inputs: 3, width: 2, peephole: true } as never), "there is no option 'peephole'"],
  [
    () => nn.residual(tensors(nn.initNorm({ width: 3 })), zeros(2, 3), { norm: 'Pre', branch: nn.relu } as never),
    "got 'Pre' (did you mean pre?)",
  ],
  [
    () => models.mlp(tensors(models.initMlp(key(1), [3, 2])), zeros(1, 3), { activate: nn.relu } as never),
    "mlp: there is no option 'activate'",
  ],
  [
    () => models.initTransformer(key(1), { inputs: 3, outputs: 1, width: 4, heads: 2, layers: 1, hiden: 8 } as never),
    "initTransformer: there is no option 'hiden'",
  ],
  [() => models.dLinear(zeros(1) as never, zeros(1, 30, 1), { kernal: 5 } as never), "dLinear: there is no option 'kernal'"],
  [() => optim.averaged({ w: column(1) }, adam({ w: column(1) }), { dekay: 0.9 } as never), "averaged: there is no option 'dekay'"],
  [() => optim.cosine({ from: 1, steps: 2, min: 0.1 } as never), "cosine: there is no option 'min'; it takes from, to, steps"],
  [() => attack.fgsm((x) => x.sum(), zeros(2, 3), { epsilon: 1, clip: [0, 1] } as never), "fgsm: there is no option 'clip'"],
  [() => attack.pgd((x) => x.sum(), zeros(2, 3), { epsilon: 1, steps: 1, alpha: 1 } as never), "pgd: there is no option 'alpha'"],
  [() => rl.ppoLoss(zeros(2), zeros(2), { old: zeros(2), epsilon: 0.1 } as never), "ppoLoss: there is no option 'epsilon'"],
  [() => rl.ppoObjective({ clip: 0.2, clipcritic: true } as never), "ppoObjective: there is no option 'clipcritic'"],
  [() => rl.dqnStep(models.mlp as never, adam({ w: column(1) }) as never, { gamma: 0.9 } as never), "dqnStep: there is no option 'gamma'"],
  [() => batches({ x: column(1, 2) }, { size: 1, key: key(1), shuffle: false } as never), "batches: there is no option 'shuffle'"],
  [() => run(1, { title: 'x' } as never), "run: there is no option 'title'"],
];

/** The types of a file that hold options which may be left out: a misspelt one of these would do nothing. */
const optional = (code: string): string[] =>
  [...code.matchAll(/interface (\w+(?:Options|Config|Weights|Validation|Ball))\b[^{]*\{\n(.*?)\n\}/gs)]
    .filter(([, , fields]) => /^ {2}readonly \w+\?:/m.test(fields))
    .map(([, name]) => name);

describe('bad input', () => {
  it('is looked for by name in every file of these rooms that takes options', () => {
    const rooms = ['nn', 'models', 'attack', 'rl', 'train', 'optim'].map((room) => `src/${room}/`);
    const files = sources.filter((file) => rooms.some((room) => file.startsWith(room)) && optional(text(file)).length > 0);
    expect(files.length).toBeGreaterThan(25);
    // Optimisers are made by `byRule`, which checks.
    expect(files.filter((file) => !/checkOptions[<(]|byRule[<(]/.test(text(file)))).toEqual([]);
    expect(optional('export interface FooOptions {\n  readonly bar?: number;\n}\ninterface BarConfig {\n  readonly foo: 1;\n}')).toEqual([
      'FooOptions',
    ]);
  });

  it.each(UNKNOWN)('%s is refused by name', (call, message) => {
    expect(call).toThrow(message);
  });

  it.each(CASES)('%s is named', (_, call, message) => {
    expect(call).toThrow(message);
  });
});
