import type { Flag } from './check.js';
import type { Opinion } from './opinions.js';
import { isLeaf, type Leaf, type Program } from './program.js';

/** A difference that is known, why it is no fault here, and exactly where it may occur. */
export interface Explanation {
  readonly reason: string;
  readonly opinions: readonly Opinion[];
  /** Operators of the minimised program, all of which must be named. */
  readonly operators: readonly string[];
  readonly kinds?: readonly Flag['kind'][];
  /** What the numbers must be like. */
  readonly when?: (flag: Flag, program: Program) => boolean;
}

/** The documented differences. A flag is explained only by its minimised program. */
export const EXPLANATIONS: Readonly<Record<string, Explanation>> = {
  'tfjs: mean of nothing': {
    reason: 'the mean of no elements is NaN, as in NumPy and PyTorch; 0 in tfjs',
    opinions: ['tfjs'],
    operators: ['mean', 'momentsMean', 'variance'],
    when: ({ got, right }, program) => got === 0 && right.every(Number.isNaN) && leaves(program).some(({ shape }) => shape.includes(0)),
  },
  'tfjs: integers as float32': {
    reason: 'tfjs sums integers by segment in float32, which loses those beyond 2^24',
    opinions: ['tfjs'],
    operators: ['unsortedSegmentSum'],
    when: (_, program) => hasIntegersBeyond(2 ** 24, program),
  },
  'tfjs: segments of NaN': {
    reason: 'tfjs multiplies what belongs to another segment by 0, so that NaN and ∞ go into all of them',
    opinions: ['tfjs'],
    operators: ['unsortedSegmentSum'],
    when: ({ got }, program) => Number.isNaN(got) && hasNumber(program, (x) => !Number.isFinite(x)),
  },
  'tfjs: integers as doubles': {
    reason: 'tfjs multiplies integers as doubles, which lose the last bits of products beyond 2^53; int32 wraps around',
    opinions: ['tfjs'],
    operators: ['mul', 'square', 'squaredDifference', 'prod', 'cumprod', 'matMul'],
    when: (_, program) => hasIntegersBeyond(2 ** 24, program),
  },
  'ONNX Runtime: products of integers': {
    reason: 'ONNX Runtime keeps a product along an axis that leaves int32 at the nearest int32, where the others wrap around',
    opinions: ['onnxruntime'],
    operators: ['prod'],
    when: ({ got }) => got === 2 ** 31 - 1 || got === -(2 ** 31),
  },
  'tfjs: mod of a tiny number': {
    reason: 'the least representable remainder below the divisor rounds to the divisor, as in NumPy; tfjs gives 0',
    opinions: ['tfjs'],
    operators: ['mod'],
    when: ({ got, right }, program) =>
      got === 0 &&
      right.every((r) => hasNumber(program, (x) => Math.fround(x) === Math.fround(r))) &&
      hasNumber(program, (x) => Math.abs(x) < 1e-9),
  },
  'tfjs: all of nothing': {
    reason: 'of no elements all are true, as in NumPy and PyTorch; tfjs says false',
    opinions: ['tfjs'],
    operators: ['all'],
    when: ({ got }, program) => got === 0 && leaves(program).some(({ shape }) => shape.includes(0)),
  },
  'tfjs: extremum of nothing': {
    reason: 'the largest of no elements is −∞ and the smallest ∞, the neutral ones; NaN in tfjs',
    opinions: ['tfjs'],
    operators: ['max', 'min'],
    when: ({ got }, program) => Number.isNaN(got) && leaves(program).some(({ shape }) => shape.includes(0)),
  },
  'ONNX Runtime: convolutions of infinities': {
    reason: 'ONNX Runtime multiplies the border’s zeros with infinite weights: NaN where the others leave the border out',
    opinions: ['onnxruntime'],
    operators: ['conv1d', 'conv2d', 'fusedConv2d', 'depthwiseConv2d', 'separableConv2d', 'nn.conv2d', 'nn.causalConvolution'],
    when: ({ got }, program) => Number.isNaN(got) && hasNumber(program, (x) => Math.abs(x) === Number.POSITIVE_INFINITY),
  },
  'OpenVINO: softmax of a row with NaN or ∞': {
    reason: 'OpenVINO’s softmax of a row that holds NaN or ∞ is NaN there only: to spread it would make every softmax slower',
    opinions: ['openvino'],
    operators: ['softmax', 'softmaxTemperature', 'logSoftmax', 'nn.attention', 'nn.causalAttention'],
    when: ({ right }, program) => right.some(Number.isNaN) && hasNumber(program, (x) => !Number.isFinite(x)),
  },
  'remainders by ∞': {
    reason: 'the remainder by ∞ is the number itself, or the divisor; OpenVINO and tfjs compute it by a quotient, and get NaN',
    opinions: ['openvino', 'tfjs'],
    operators: ['mod'],
    when: ({ got }, program) => Number.isNaN(got) && hasNumber(program, (x) => Math.abs(x) === Number.POSITIVE_INFINITY),
  },
  'OpenVINO: quotients by huge numbers': {
    reason: 'OpenVINO multiplies by the reciprocal, which is denormal and so 0 where the divisor is beyond 8.5e37',
    opinions: ['openvino'],
    operators: ['div', 'divNoNan', 'atan2'],
    when: (_, program) => hasNumber(program, (x) => Math.abs(x) > 8.5e37 && Number.isFinite(x)),
  },
  'tfjs: logSumExp of ∞': {
    reason: 'tfjs subtracts ∞ from itself; the logarithm of an infinite sum is ∞',
    opinions: ['tfjs'],
    operators: ['logSumExp'],
    when: ({ got }, program) => Number.isNaN(got) && hasNumber(program, (x) => x === Number.POSITIVE_INFINITY),
  },
  'a remainder at its seam': {
    reason: 'the remainder of a small negative number is the divisor less a little, which rounds to the divisor and so to 0',
    opinions: ['openvino', 'onnxruntime'],
    operators: ['mod'],
    kinds: ['forward'],
    when: ({ got }) => got === 0,
  },
  'tfjs: the angle of two infinities': {
    reason: 'atan2 of two infinities is NaN in compiled functions, whose quotient is NaN; tfjs has the diagonals',
    opinions: ['tfjs'],
    operators: ['atan2'],
    when: ({ right }, program) => right.every(Number.isNaN) && hasNumber(program, (x) => Math.abs(x) === Number.POSITIVE_INFINITY),
  },
  'tfjs: the place of NaN': {
    reason: 'NaN has no place among sorted numbers',
    opinions: ['tfjs'],
    operators: ['lowerBound', 'upperBound'],
    when: (_, program) => hasNumber(program, Number.isNaN),
  },
  'tfjs: the largest beside NaN': {
    reason: 'NaN is above all numbers, as in NumPy and PyTorch; tfjs compares with it, and loses the order of the others',
    opinions: ['tfjs'],
    operators: ['topkValues', 'topkIndices'],
    when: (_, program) => hasNumber(program, Number.isNaN),
  },
  'means of large integers': {
    reason: 'the mean of integers is one of float32, which rounds those beyond 2^24',
    opinions: ['tfjs', 'openvino', 'onnxruntime'],
    operators: ['mean'],
    when: (_, program) => hasIntegersBeyond(2 ** 24, program),
  },
  'OpenVINO: gradients of convolutions of infinities': {
    reason: 'between the gradient’s elements there are zeros where the stride is above 1, and infinite weights times 0 are NaN',
    opinions: ['openvino'],
    operators: ['conv1d', 'conv2d', 'fusedConv2d', 'depthwiseConv2d', 'separableConv2d'],
    kinds: ['gradient'],
    when: ({ got }, program) => Number.isNaN(got) && hasNumber(program, (x) => Math.abs(x) === Number.POSITIVE_INFINITY),
  },
  'tfjs: the logarithm of no probability': {
    reason: 'outside 0 … 1 the loss is the logarithm of a negative number, and its gradient NaN times 0',
    opinions: ['tfjs'],
    operators: ['logLoss', 'gatherPerBatch'],
    kinds: ['gradient'],
    when: (_, program) => hasNumber(program, (x) => x < 0 || x > 1),
  },
  'powers of denormals': {
    reason: 'a denormal is 0 to one operator, another one or nearly itself to the next, and its power or logarithm tells them apart',
    opinions: ['openvino', 'onnxruntime'],
    operators: ['pow', 'log'],
    when: (_, program) => hasNumber(program, (x) => x !== 0 && Math.abs(x) < 2 ** -126),
  },
  'OpenVINO: windows of the lowest number': {
    reason:
      'OpenVINO’s maximum over a window starts from the lowest number, and where nothing is above it we say −∞: to look for it would be a second pass',
    opinions: ['openvino'],
    operators: ['maxPool', 'dilatedMaxPool', 'maxPoolWithArgmax'],
    kinds: ['forward'],
    when: ({ got, right }) => got === Number.NEGATIVE_INFINITY && right.every((r) => Math.fround(r) === LOWEST),
  },
  'windows without a number': {
    reason: 'where a window holds nothing above −∞, its maximum has no place: tfjs says −1, compiled functions the first',
    opinions: ['tfjs'],
    operators: ['maxPoolWithArgmax', 'maxPool', 'dilatedMaxPool'],
    when: (_, program) => hasNumber(program, (x) => !(x > Number.NEGATIVE_INFINITY)),
  },
};

const LOWEST = -3.4028234663852886e38;

const leaves = ({ nodes }: Program): Leaf[] => nodes.filter(isLeaf);

const hasNumber = (program: Program, is: (x: number) => boolean): boolean =>
  leaves(program).some(({ dtype, data }) => dtype === 'float32' && data.some(is));

const hasIntegersBeyond = (bound: number, program: Program): boolean =>
  leaves(program).some(({ dtype, data }) => dtype === 'int32' && data.some((x) => Math.abs(x) >= bound));

/** The name of what explains a flag. */
export function explanationOf(flag: Flag, program: Program): string | undefined {
  const used = program.nodes.flatMap((node) => (isLeaf(node) ? [] : [node.op]));
  for (const [name, { opinions, operators, kinds, when }] of Object.entries(EXPLANATIONS)) {
    if (!opinions.includes(flag.opinion) || (kinds && !kinds.includes(flag.kind))) continue;
    if (used.every((op) => operators.includes(op)) && (when?.(flag, program) ?? true)) return name;
  }
  return undefined;
}
