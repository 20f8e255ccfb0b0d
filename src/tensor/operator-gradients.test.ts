import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { key, normal, uniform } from '../base/random.js';
import { gradCheck } from './grad-check.js';
import { UNSUPPORTED } from './trace/kernels/unsupported.js';
import { trace } from './trace/trace.js';

type Operator = (...xs: tf.Tensor[]) => tf.Tensor;

// Points: two unlike matrices without ties, one of numbers above ½, one inside (−0.9, 0.9), all far from 0 and from each other's values.
const away = (data: Float32Array) => data.map((v, i) => (Math.abs(v) < 0.05 ? 0.05 + i / 100 : v));
const point = (seed: number, ...shape: number[]) => ({ data: away(normal(key(seed), shape).data), shape });
const [A, B] = [point(1, 3, 4), point(2, 3, 4)];
const POSITIVE = { data: uniform(key(3), [3, 4]).data.map((u) => 0.5 + 2 * u), shape: [3, 4] };
const INSIDE = { data: away(uniform(key(4), [3, 4]).data.map((u) => 1.8 * u - 0.9)), shape: [3, 4] };
const ABOVE_1 = { data: POSITIVE.data.map((v) => v + 1), shape: [3, 4] };
const ROW = point(5, 4);
const IMAGE = point(6, 2, 5, 5, 3);
const CONDITION = tf.tensor2d(
  [
    [1, 0, 0, 1],
    [0, 1, 1, 1],
    [1, 0, 1, 0],
  ],
  undefined,
  'bool',
);
const SEGMENTS = tf.tensor1d([1, 0, 1], 'int32');
const ROWS = tf.tensor1d([2, 0, 2, 1], 'int32');

const of = (f: Operator, ...points: Parameters<typeof gradCheck>[1][number][]) => [f, points] as const;

/** An expression for each kernel whose gradient tfjs has; the kernel must occur in it. */
const table: Record<string, ReturnType<typeof of>> = {
  Abs: of((x) => x.abs(), A),
  Acos: of((x) => x.acos(), INSIDE),
  Acosh: of((x) => x.acosh(), ABOVE_1),
  Add: of((x, y) => x.add(y), A, ROW),
  AddN: of((x, y) => tf.addN([x, y, x]), A, B),
  Asin: of((x) => x.asin(), INSIDE),
  Asinh: of((x) => x.asinh(), A),
  Atan: of((x) => x.atan(), A),
  Atan2: of((x, y) => tf.atan2(x, y), A, B),
  Atanh: of((x) => x.atanh(), INSIDE),
  AvgPool: of((x) => tf.avgPool(x as tf.Tensor4D, [3, 2], [2, 1], 'same'), IMAGE),
  BatchMatMul: of((x, y) => x.matMul(y, true), A, B),
  BatchToSpaceND: of(
    (x) =>
      tf.batchToSpaceND(
        x,
        [2, 2],
        [
          [0, 0],
          [0, 1],
        ],
      ),
    point(7, 4, 2, 3),
  ),
  BroadcastTo: of((x) => x.broadcastTo([2, 3, 4]), ROW),
  Cast: of((x) => x.cast('float32').mul(x.greater(0).cast('float32')), A),
  ClipByValue: of((x) => x.clipByValue(-0.5, 0.7), A),
  Concat: of((x, y) => tf.concat([x, y], 1), A, B),
  Conv2D: of((x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, [2, 1], 'same'), IMAGE, point(8, 3, 2, 3, 4)),
  Conv2DBackpropInput: of(
    (x, w) => tf.conv2dTranspose(x as tf.Tensor4D, w as tf.Tensor4D, [2, 7, 7, 2], 2, 'valid'),
    point(9, 2, 3, 3, 3),
    point(10, 3, 3, 2, 3),
  ),
  Cos: of((x) => x.cos(), A),
  Cosh: of((x) => x.cosh(), A),
  Cumsum: of((x) => x.cumsum(1, true, true).add(x.square().cumsum(0)), A),
  DepthwiseConv2dNative: of((x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'), IMAGE, point(11, 3, 3, 3, 2)),
  Elu: of((x) => x.elu(), A),
  Erf: of((x) => x.erf(), A),
  Exp: of((x) => x.exp(), A),
  ExpandDims: of((x) => x.expandDims(1).mul(2), A),
  Expm1: of((x) => x.expm1(), A),
  FusedBatchNorm: of(
    (x, m, v, b, s) => tf.batchNorm(x, m as tf.Tensor1D, v as tf.Tensor1D, b as tf.Tensor1D, s as tf.Tensor1D, 1e-3),
    A,
    ROW,
    { data: POSITIVE.data.slice(0, 4), shape: [4] },
    point(12, 4),
    point(13, 4),
  ),
  GatherV2: of((x) => x.gather(ROWS), A),
  Identity: of((x) => x.clone().mul(x), A),
  LRN: of((x) => tf.localResponseNormalization(x as tf.Tensor4D, 1, 1, 0.5, 0.6), IMAGE),
  LeakyRelu: of((x) => x.leakyRelu(0.3), A),
  Log: of((x) => x.log(), POSITIVE),
  Log1p: of((x) => x.log1p(), POSITIVE),
  Max: of((x) => x.max(1), A),
  MaxPool: of((x) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid'), IMAGE),
  Maximum: of((x, y) => x.maximum(y), A, B),
  Mean: of((x) => x.mean(0).square(), A),
  Min: of((x) => x.min(0), A),
  Minimum: of((x, y) => x.minimum(y), A, B),
  MirrorPad: of(
    (x) =>
      tf.mirrorPad(
        tf.mirrorPad(
          x,
          [
            [1, 2],
            [2, 0],
          ],
          'reflect',
        ),
        [
          [2, 1],
          [0, 3],
        ],
        'symmetric',
      ),
    A,
  ),
  Mod: of((x, y) => x.mod(y), ABOVE_1, { data: POSITIVE.data.map((v) => 0.37 * v), shape: [3, 4] }),
  Multiply: of((x, y) => x.mul(y), A, ROW),
  Neg: of((x) => x.neg(), A),
  Pack: of((x, y) => tf.stack([x, y], 1), A, B),
  PadV2: of(
    (x) =>
      x.pad(
        [
          [1, 0],
          [0, 2],
        ],
        3,
      ),
    A,
  ),
  Pow: of((x, y) => x.pow(y), POSITIVE, B),
  Prelu: of((x, a) => x.prelu(a), A, ROW),
  Prod: of((x) => x.prod(1), A),
  RealDiv: of((x, y) => x.div(y), A, POSITIVE),
  Reciprocal: of((x) => x.reciprocal(), POSITIVE),
  Relu: of((x) => x.relu(), A),
  Relu6: of((x) => x.mul(5).relu6(), A),
  Reshape: of((x) => x.reshape([2, 6]).square(), A),
  Reverse: of((x) => x.reverse(1), A),
  Rsqrt: of((x) => x.rsqrt(), POSITIVE),
  Select: of((x, y) => tf.where(CONDITION, x, y), A, B),
  Selu: of((x) => x.selu(), A),
  Sigmoid: of((x) => x.sigmoid(), A),
  Sin: of((x) => x.sin(), A),
  Sinh: of((x) => x.sinh(), A),
  Slice: of((x) => x.slice([1, 0], [2, 3]), A),
  Softmax: of((x) => x.softmax(), A),
  Softplus: of((x) => x.softplus(), A),
  SpaceToBatchND: of((x) => tf.spaceToBatchND(x, [2], [[1, 1]]), A),
  SplitV: of((x) => tf.split(x, [1, 3], 1)[1], A),
  Sqrt: of((x) => x.sqrt(), POSITIVE),
  Square: of((x) => x.square(), A),
  SquaredDifference: of((x, y) => x.squaredDifference(y), A, ROW),
  Sub: of((x, y) => x.sub(y), A, ROW),
  Sum: of((x) => x.sum(0, true).square(), A),
  Tan: of((x) => x.tan(), INSIDE),
  Tanh: of((x) => x.tanh(), A),
  Tile: of((x) => x.tile([2, 3]), A),
  Transpose: of((x) => x.transpose().matMul(x), A),
  Unpack: of((x) => x.unstack(1)[2], A),
  UnsortedSegmentSum: of((x) => tf.unsortedSegmentSum(x, SEGMENTS, 2), A),
  LogSoftmax: of((x) => tf.engine().runKernel('LogSoftmax', { logits: x }, { axis: 1 }) as tf.Tensor, A),
};

/** Steps and tests: their derivative is 0 wherever there is one. */
const STEPS = [
  'ArgMax', 'ArgMin', 'Ceil', 'Equal', 'Floor', 'FloorDiv', 'Greater', 'GreaterEqual', 'IsFinite', 'IsInf', 'IsNan', 'Less', 'LessEqual',
  'LogicalAnd', 'LogicalNot', 'LogicalOr', 'NotEqual', 'OneHot', 'OnesLike', 'Round', 'Sign', 'Step', 'ZerosLike',
]; // biome-ignore format: a list to read

describe('the gradient of every traced operator that has one', () => {
  it('is in this table', () => {
    trace((x) => [x], [{ shape: [1], dtype: 'float32' }]); // registers the kernels
    const kernels = tf.getKernelsForBackend('trace').map(({ kernelName }) => kernelName);
    const differentiable = kernels.filter((name) => !UNSUPPORTED.has(name) && tf.getGradient(name) && !STEPS.includes(name));
    expect(differentiable.filter((name) => !(name in table))).toEqual([]);
  });

  it.each(Object.entries(table))('%s agrees with central differences to 1e-7', (_, [f, points]) => {
    gradCheck(f, points);
  });
});
