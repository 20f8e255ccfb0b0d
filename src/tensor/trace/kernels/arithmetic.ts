import type * as tf from '@tensorflow/tfjs';
import { broadcast, type GraphBuilder, numberOf } from '../../graph/builder.js';
import type { Value } from '../../graph/graph.js';
import type { Op } from '../../onnx/operators.js';
import { type AB, each, type Kernel, type Kernels } from '../kernel.js';

type Binary = (g: GraphBuilder, a: Value, b: Value) => Value;

const binary =
  (apply: Binary): Kernel<AB> =>
  (on, { a, b }) => {
    const g = on.graph;
    const [x, y] = [on.compact(a), on.compact(b)];
    const shape = broadcast(a.shape, b.shape);
    // tfjs computes on truth values as on the numbers 0 and 1; ONNX does not.
    if (x.dtype === 'bool') return on.give(g.cast(apply(g, g.cast(x, 'int32'), g.cast(y, 'int32')), 'bool'), shape);
    return on.give(apply(g, x, y), shape);
  };

/** tfjs says what integers give when divided by zero (0); the runtimes crash. So zero is replaced where it cannot be ruled out. */
function divisor(g: GraphBuilder, b: Value): { safe: Value; guard: (quotient: Value) => Value } {
  const known = numberOf(b);
  if (known !== undefined && known !== 0) return { safe: b, guard: (quotient) => quotient };
  const isZero = g.binary('Equal', b, g.scalar(0, 'int32'), 'bool');
  return { safe: g.where(isZero, g.scalar(1, 'int32'), b), guard: (quotient) => g.where(isZero, g.scalar(0, 'int32'), quotient) };
}

/** The remainder with the divisor's sign. ONNX's Mod has it for integers; for floats Mod is C's fmod, with the dividend's sign. */
const mod: Binary = (g, a, b) => {
  if (a.dtype === 'int32') {
    const { safe, guard } = divisor(g, b);
    return guard(g.binary('Mod', a, safe));
  }
  const zero = g.scalar(0);
  const remainder = fmod(g, a, b);
  const sameSign = g.binary('Equal', g.binary('Less', a, zero, 'bool'), g.binary('Less', b, zero, 'bool'), 'bool');
  return g.where(sameSign, remainder, fmod(g, g.binary('Add', remainder, b), b));
};
const fmod: Binary = (g, a, b) => g.node('Mod', [a, b], { shape: broadcast(a.shape, b.shape), dtype: a.dtype }, { fmod: 1 });

/** ⌊a / b⌋ as int32. On integers (a − a mod b) / b is exact, where a float quotient loses everything beyond 2²⁴. */
const floorDiv: Binary = (g, a, b) => {
  if (a.dtype !== 'int32') return g.cast(g.unary('Floor', g.binary('Div', a, b)), 'int32');
  const { safe, guard } = divisor(g, b);
  return guard(g.binary('Div', g.binary('Sub', a, g.binary('Mod', a, safe)), safe));
};

/** The angle of (b, a): atan(a / b), moved by ±π in the left half-plane. */
const atan2: Binary = (g, a, b) => {
  const zero = g.scalar(0);
  const less = (x: Value) => g.binary('Less', x, zero, 'bool');
  const half = g.where(less(a), g.scalar(-Math.PI), g.scalar(Math.PI));
  const angle = g.unary('Atan', g.binary('Div', a, b));
  const vertical = g.binary('Mul', g.unary('Sign', a), g.scalar(Math.PI / 2));
  return g.where(g.binary('Equal', b, zero, 'bool'), vertical, g.where(less(b), g.binary('Add', angle, half), angle));
};

const squaredDifference: Binary = (g, a, b) => {
  const difference = g.binary('Sub', a, b);
  return g.binary('Mul', difference, difference);
};

const addN: Kernel<tf.TensorInfo[]> = (on, tensors) => {
  const list = Object.values(tensors);
  return on.give(
    list.map((x) => on.compact(x)).reduce((sum, x) => on.graph.binary('Add', sum, x)),
    list[0].shape,
  );
};

const OPERATORS: Readonly<Record<string, Op>> = {
  Add: 'Add',
  Sub: 'Sub',
  Multiply: 'Mul',
  RealDiv: 'Div',
  Pow: 'Pow',
  Maximum: 'Max',
  Minimum: 'Min',
  BitwiseAnd: 'BitwiseAnd',
};

export const arithmetic: Kernels = {
  ...each(OPERATORS, (op) => binary((g, a, b) => g.binary(op, a, b))),
  ...each(
    {
      Mod: mod,
      FloorDiv: floorDiv,
      Atan2: atan2,
      SquaredDifference: squaredDifference,
    },
    binary,
  ),
  AddN: addN,
};
