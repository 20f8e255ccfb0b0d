import * as tf from '@tensorflow/tfjs';
import type { Maker } from '../maker.js';
import { sameAs } from '../shapes.js';
import { COMPOSED, CONDITIONED, EXACT, OF_ONE, type Operator, operator, PRODUCT, SUM, type Tolerance } from './operator.js';

interface Along {
  readonly axes?: number[];
  readonly keep: boolean;
}

const along = (m: Maker, x: number): Along => ({ axes: m.axes(x), keep: m.r.chance(0.4) });

const reduction = (
  name: string,
  tolerance: Tolerance,
  apply: (x: tf.Tensor, axes: number[] | undefined, keep: boolean) => tf.Tensor,
  dtypes: readonly ('float32' | 'int32' | 'bool')[] = ['float32', 'float32', 'int32'],
): Operator =>
  operator<Along>({
    name,
    tolerance,
    draw: (m) => {
      const x = m.pick({ dtype: m.r.one(dtypes) });
      return { inputs: [x], options: along(m, x) };
    },
    apply: ([x], { axes, keep }) => apply(x, axes, keep),
  });

const FLOAT = ['float32'] as const;

/** An operator along one axis of an array of rank 1 or more. */
const scan = <Options extends object>(
  name: string,
  tolerance: Tolerance,
  options: (m: Maker) => Options,
  apply: (x: tf.Tensor, axis: number, options: Options) => tf.Tensor,
  dtypes: readonly ('float32' | 'int32')[] = FLOAT,
): Operator =>
  operator<Options & { axis: number }>({
    name,
    tolerance,
    draw: (m) => {
      const x = m.pick({ dtype: m.r.one(dtypes), rank: [1, 5] });
      return { inputs: [x], options: { ...options(m), axis: m.axis(x) } };
    },
    apply: ([x], o) => apply(x, o.axis, o),
  });

const direction = ({ r }: Maker) => ({ exclusive: r.chance(0.3), reverse: r.chance(0.3) });

/** Operators that take many elements to one, or to one each. */
export const reductions: readonly Operator[] = [
  reduction('sum', SUM, (x, axes, keep) => tf.sum(x, axes, keep), ['float32', 'float32', 'int32', 'bool']),
  reduction('mean', SUM, (x, axes, keep) => tf.mean(x, axes, keep)),
  reduction('max', EXACT, (x, axes, keep) => tf.max(x, axes, keep)),
  reduction('min', EXACT, (x, axes, keep) => tf.min(x, axes, keep)),
  reduction('prod', PRODUCT, (x, axes, keep) => tf.prod(x, axes, keep)),
  reduction('any', EXACT, (x, axes, keep) => tf.any(x, axes, keep), ['bool']),
  reduction('all', EXACT, (x, axes, keep) => tf.all(x, axes, keep), ['bool']),
  reduction('logSumExp', OF_ONE, (x, axes, keep) => tf.logSumExp(x, axes, keep), FLOAT),
  reduction('euclideanNorm', COMPOSED, (x, axes, keep) => tf.euclideanNorm(x, axes, keep), FLOAT),
  reduction('norm1', SUM, (x, axes, keep) => tf.norm(x, 1, axes?.[0] ?? null!, keep), FLOAT),
  reduction('variance', COMPOSED, (x, axes, keep) => tf.moments(x, axes ?? null!, keep).variance, FLOAT),
  reduction('momentsMean', SUM, (x, axes, keep) => tf.moments(x, axes ?? null!, keep).mean, FLOAT),
  scan(
    'argMax',
    EXACT,
    () => ({}),
    (x, axis) => tf.argMax(x, axis),
    ['float32', 'float32', 'int32'],
  ),
  scan(
    'argMin',
    EXACT,
    () => ({}),
    (x, axis) => tf.argMin(x, axis),
    ['float32', 'float32', 'int32'],
  ),
  scan(
    'softmax',
    CONDITIONED,
    () => ({}),
    (x) => tf.softmax(x),
  ),
  scan(
    'logSoftmax',
    OF_ONE,
    () => ({}),
    (x) => tf.logSoftmax(x),
  ),
  scan('cumsum', SUM, direction, (x, axis, { exclusive, reverse }) => tf.cumsum(x, positive(axis, x), exclusive, reverse), [
    'float32',
    'int32',
  ]),
  scan('cumprod', PRODUCT, direction, (x, axis, { exclusive, reverse }) => tf.cumprod(x, positive(axis, x), exclusive, reverse)),
  scan(
    'topkValues',
    EXACT,
    ({ r }) => ({ share: r.uniform() }),
    (x, _, { share }) => tf.topk(x, countOf(x, share)).values,
    ['float32', 'int32'],
  ),
  scan(
    'topkIndices',
    EXACT,
    ({ r }) => ({ share: r.uniform() }),
    (x, _, { share }) => tf.topk(x, countOf(x, share)).indices,
    ['float32', 'int32'],
  ),
  ...(
    [
      ['lowerBound', tf.lowerBound],
      ['upperBound', tf.upperBound],
    ] as const
  ).map(([name, bound]) =>
    operator({
      name,
      tolerance: EXACT,
      draw: (m) => {
        const shape = m.shape(1, 2);
        const sorted = m.leaf(shape, 'float32', [-3, 3]);
        const fits = (other: readonly number[]) => other.length === shape.length && (shape.length === 1 || other[0] === shape[0]);
        return { inputs: [sorted, m.pick({ rank: [shape.length, shape.length], fits, shape })], options: {} };
      },
      // Only a sorted sequence has such bounds.
      apply: ([x, values]) => bound(tf.reverse(tf.topk(x, x.shape.at(-1)!).values, -1), values),
    }),
  ),
  scan(
    'softmaxTemperature',
    CONDITIONED,
    ({ r }) => ({ by: r.one([0.5, 4, 50]) }),
    (x, _, { by }) => tf.softmax(x.mul(by)),
  ),
  operator({
    name: 'cosineDistance',
    tolerance: COMPOSED,
    draw: (m) => {
      const a = m.pick({ rank: [1, 3], domain: [-10, 10] });
      const shape = m.shapeOf(a);
      return { inputs: [a, m.pick({ shape, fits: sameAs(shape) })], options: { axis: m.axis(a) } };
    },
    apply: ([a, b], { axis }: { axis: number }) => tf.losses.cosineDistance(a, b, axis),
  }),
  ...(
    [
      ['absoluteDifference', tf.losses.absoluteDifference],
      ['meanSquaredErrorOfTf', tf.losses.meanSquaredError],
      ['huberLoss', tf.losses.huberLoss],
      ['hingeLoss', tf.losses.hingeLoss],
      ['logLoss', tf.losses.logLoss],
      ['sigmoidCrossEntropy', tf.losses.sigmoidCrossEntropy],
    ] as const
  ).map(([name, loss]) =>
    operator({
      name,
      tolerance: name === 'logLoss' ? OF_ONE : COMPOSED, // log(1 + 10⁻⁷)
      draw: (m) => {
        const domain = name === 'logLoss' ? ([0.01, 0.99] as const) : undefined;
        const a = m.pick({ rank: [1, 3], domain });
        const shape = m.shapeOf(a);
        return { inputs: [a, m.pick({ shape, domain, fits: sameAs(shape) })], options: {} };
      },
      apply: ([a, b]) => loss(a, b),
    }),
  ),
  operator({
    name: 'softmaxCrossEntropy',
    tolerance: COMPOSED,
    draw: (m) => {
      const logits = m.pick({ rank: [2, 2] });
      const shape = m.shapeOf(logits);
      return { inputs: [m.leaf(shape, 'float32', [0, 1]), logits], options: {} };
    },
    apply: ([labels, logits]) => tf.losses.softmaxCrossEntropy(labels, logits),
  }),
  operator({
    name: 'batchNormOfTf',
    tolerance: COMPOSED,
    draw: (m) => {
      const x = m.pick({ rank: [2, 4] });
      const shape = [m.shapeOf(x).at(-1)!];
      const leaf = (domain?: [number, number]) => m.leaf(shape, 'float32', domain);
      return { inputs: [x, leaf(), leaf([0.1, 4]), leaf(), leaf([0.5, 2])], options: {} };
    },
    apply: ([x, mean, variance, offset, scale]) =>
      tf.batchNorm(x, mean as tf.Tensor1D, variance as tf.Tensor1D, offset as tf.Tensor1D, scale as tf.Tensor1D),
  }),
  operator({
    name: 'localResponseNormalization',
    tolerance: COMPOSED,
    draw: (m) => ({
      inputs: [m.pick({ rank: [4, 4], domain: [-10, 10] })],
      options: { radius: m.r.whole(1, 3), bias: 1, alpha: m.r.one([0.5, 1]), beta: m.r.one([0.5, 0.75]) },
    }),
    apply: ([x], { radius, bias, alpha, beta }: Record<'radius' | 'bias' | 'alpha' | 'beta', number>) =>
      tf.localResponseNormalization(x as tf.Tensor4D, radius, bias, alpha, beta),
  }),
];

const countOf = (x: tf.Tensor, share: number) => Math.max(1, Math.ceil(share * x.shape.at(-1)!));

/** tfjs's CPU backend gives a running sum along −2 another shape. */
const positive = (axis: number, { rank }: tf.Tensor) => (axis + rank) % rank;
