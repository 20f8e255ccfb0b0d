import * as tf from '@tensorflow/tfjs';
import * as nn from '../../../src/nn/index.js';
import type { Maker, Want } from '../maker.js';
import { sameAs } from '../shapes.js';
import { COMPOSED, CONDITIONED, EXACT, OF_ONE, type Operator, operator, SUM, type Tolerance, unary } from './operator.js';

/** x (erf(x/√2) + 1)/2 and its kin have an error of units of x where the result is small. */
const OF_OPERANDS: Tolerance = { ...CONDITIONED, ofOperands: true };
const weights = (m: Maker, ...shapes: number[][]) => shapes.map((shape) => m.leaf(shape, 'float32', [-1, 1]));
const sequence = (m: Maker): number => {
  const shape = [m.r.whole(1, 3), m.r.whole(1, 5), m.r.whole(1, 4)];
  return m.pick({ rank: [3, 3], shape, fits: (other) => other.every((n) => n > 0 && n < 9) });
};

/** A loss of a prediction and a target of its shape. */
const loss = (name: string, apply: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, want: Want = {}, right: Want = want): Operator =>
  operator({
    name: `nn.${name}`,
    tolerance: COMPOSED,
    draw: (m) => {
      const a = m.pick({ ...want, rank: [1, 3] });
      return { inputs: [a, m.pick({ ...right, shape: m.shapeOf(a), fits: sameAs(m.shapeOf(a)) })], options: {} };
    },
    apply: ([a, b]) => apply(a, b),
  });

/** A normalisation over the last axis with a gain, and a shift or none. */
const norm = (name: string, shifts: boolean, apply: (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) => tf.Tensor): Operator =>
  operator({
    name: `nn.${name}`,
    tolerance: COMPOSED,
    draw: (m) => {
      const x = m.pick({ rank: [2, 3], fits: (shape) => shape.every((n) => n > 1) });
      const width = m.shapeOf(x).at(-1)!;
      return { inputs: [x, ...weights(m, [width], ...(shifts ? [[width]] : []))], options: {} };
    },
    apply: ([x, gamma, beta]) => apply(x, gamma, beta),
  });

/** A recurrence with `gates` blocks of weights and `last` more shifts. */
const recurrence = (name: string, gates: number, last: boolean, apply: (x: tf.Tensor, w: tf.Tensor[]) => tf.Tensor): Operator =>
  operator({
    name: `nn.${name}`,
    tolerance: OF_ONE,
    draw: (m) => {
      const x = sequence(m);
      const [F, D] = [m.shapeOf(x)[2], m.r.whole(1, 4)];
      return { inputs: [x, ...weights(m, [F, gates * D], [D, gates * D], [gates * D], ...(last ? [[D]] : []))], options: {} };
    },
    apply: ([x, ...w]) => apply(x, w),
  });

const attend = (name: string, apply: (q: tf.Tensor, k: tf.Tensor, v: tf.Tensor) => tf.Tensor): Operator =>
  operator({
    name: `nn.${name}`,
    tolerance: COMPOSED,
    draw: (m) => {
      const q = sequence(m);
      const shape = m.shapeOf(q);
      const like = () => m.pick({ shape, fits: sameAs(shape) });
      return { inputs: [q, like(), like()], options: {} };
    },
    apply: ([q, k, v]) => apply(q, k, v),
  });

/** Layers and losses of `src/nn`: their backwards are derived by hand. */
export const layers: readonly Operator[] = [
  unary('nn.gelu', OF_OPERANDS, nn.gelu),
  unary('nn.geluTanh', { ...OF_OPERANDS, mayOverflow: true }, nn.geluTanh),
  unary('nn.silu', OF_OPERANDS, nn.silu),
  unary('nn.softplus', CONDITIONED, nn.softplus),
  unary('nn.sigmoid', OF_ONE, nn.sigmoid),
  unary('nn.tanh', CONDITIONED, nn.tanh),
  unary('nn.relu', EXACT, nn.relu),
  norm('layerNorm', true, (x, gamma, beta) => nn.layerNorm({ gamma, beta }, x)),
  norm('rmsNorm', false, (x, gamma) => nn.rmsNorm({ gamma }, x)),
  norm('batchNorm', true, (x, gamma, beta) => {
    const width = x.shape.at(-1)!;
    return nn.batchNorm({ gamma, beta }, x, { averages: { mean: tf.zeros([width]), variance: tf.ones([width]) } }).y;
  }),
  loss('meanSquaredError', nn.meanSquaredError),
  loss('meanAbsoluteError', nn.meanAbsoluteError),
  loss('huber', nn.huber),
  loss('hinge', (a, b) => nn.hinge(a, b.sign())),
  loss('binaryCrossEntropy', nn.binaryCrossEntropy, {}, { domain: [0, 1] }),
  loss('gaussianNll', (mean, target) => nn.gaussianNll({ mean, variance: mean.square().add(0.5) }, target)),
  loss('gaussianNllFromLog', (mean, target) => nn.gaussianNllFromLog({ mean, logVariance: mean.clipByValue(-3, 3) }, target)),
  operator({
    name: 'nn.quantileLoss',
    tolerance: COMPOSED,
    draw: (m) => {
      const target = m.pick({ rank: [1, 2] });
      return { inputs: [m.leaf([...m.shapeOf(target), 2], 'float32'), target], options: {} };
    },
    apply: ([prediction, target]) => nn.quantileLoss(prediction, target, { quantiles: [0.1, 0.75] }),
  }),
  operator({
    name: 'nn.crossEntropy',
    tolerance: COMPOSED,
    draw: (m) => {
      const logits = m.pick({ rank: [2, 2], fits: ([rows, classes]) => rows > 0 && classes > 0 });
      const [rows, classes] = m.shapeOf(logits);
      return { inputs: [logits, m.integers([rows], 0, classes - 1)], options: {} };
    },
    apply: ([logits, labels]) => nn.crossEntropy(logits, labels),
  }),
  operator({
    name: 'nn.linear',
    tolerance: SUM,
    draw: (m) => {
      const x = m.pick({ rank: [1, 4] });
      const width = m.r.whole(1, 6);
      return { inputs: [x, ...weights(m, [m.shapeOf(x).at(-1)!, width], [width])], options: {} };
    },
    apply: ([x, w, b]) => nn.linear({ w, b }, x),
  }),
  operator({
    name: 'nn.embedding',
    tolerance: EXACT,
    draw: (m) => {
      const table = m.pick({ rank: [2, 2], fits: ([rows]) => rows > 0 });
      return { inputs: [table, m.integers(m.shape(1, 2), 0, m.shapeOf(table)[0] - 1)], options: {} };
    },
    apply: ([table, labels]) => nn.embedding(table, labels),
  }),
  attend('attention', nn.attention),
  attend('causalAttention', nn.causalAttention),
  recurrence('rnn', 1, false, (x, [wx, wh, b]) => nn.rnn({ wx, wh, b }, x).outputs),
  recurrence('lstm', 4, false, (x, [wx, wh, b]) => nn.lstm({ wx, wh, b }, x).outputs),
  recurrence('lstmLast', 4, false, (x, [wx, wh, b]) => nn.lstmLast({ wx, wh, b }, x)),
  recurrence('gru', 3, true, (x, [wx, wh, b, bn]) => nn.gru({ wx, wh, b, bn }, x).outputs),
  operator<{ dilation: number }>({
    name: 'nn.causalConvolution',
    tolerance: SUM,
    draw: (m) => {
      const x = sequence(m);
      const out = m.r.whole(1, 4);
      return { inputs: [x, ...weights(m, [m.r.whole(1, 3), m.shapeOf(x)[2], out], [out])], options: { dilation: m.r.whole(1, 2) } };
    },
    apply: ([x, w, b], { dilation }) => nn.causalConvolution({ w, b }, x, { dilation }),
  }),
  operator<{ padding: 'same' | 'valid' }>({
    name: 'nn.conv2d',
    tolerance: SUM,
    draw: (m) => {
      const x = m.pick({
        rank: [4, 4],
        shape: [m.r.whole(1, 2), 5, 6, m.r.whole(1, 3)],
        fits: (other) => other.every((n) => n > 0 && n < 9),
      });
      const out = m.r.whole(1, 3);
      const inputs = [x, ...weights(m, [m.r.whole(1, 3), m.r.whole(1, 3), m.shapeOf(x)[3], out], [out])];
      return { inputs, options: { padding: m.r.one(['same', 'valid'] as const) } };
    },
    apply: ([x, w, b], { padding }) => nn.conv2d({ w, b }, x, { padding }),
  }),
  ...(
    [
      ['maxPool2d', nn.maxPool2d, EXACT],
      ['averagePool2d', nn.averagePool2d, SUM],
    ] as const
  ).map(([name, pool, tolerance]) =>
    operator({
      name: `nn.${name}`,
      tolerance,
      draw: (m) => ({ inputs: [m.pick({ rank: [4, 4], shape: [m.r.whole(1, 2), 4, 6, m.r.whole(1, 3)] })], options: {} }),
      apply: ([x]) => pool(x, { size: 2 }),
    }),
  ),
  operator({
    name: 'nn.graphConvolution',
    tolerance: SUM,
    draw: (m) => {
      const x = m.pick({ rank: [2, 2] });
      const [N, F] = m.shapeOf(x);
      return { inputs: [m.leaf([N, N], 'float32', [0, 1]), x, ...weights(m, [F, 3], [3])], options: {} };
    },
    apply: ([graph, x, w, b]) => nn.graphConvolution({ w, b }, x, { graph }),
  }),
];
