import type * as tf from '@tensorflow/tfjs';
import { broadcast, type GraphBuilder, numberOf } from '../../graph/builder.js';
import type { Value } from '../../graph/graph.js';
import type { Op } from '../../onnx/operators.js';
import { type AB, each, type Kernel, type Kernels } from '../kernel.js';
import { isWithin } from '../scope.js';
import { integerOf } from './cast.js';

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

/**
 * What integers are divided by, and what the quotient is multiplied by then. tfjs says what they give when divided by zero (0), where the
 * runtimes' process ends; and so it does at −2³¹ // −1, which has no quotient. There 1 divides: the rest is 0, and a · 0 or a · −1 (with
 * wrap-around) the quotient.
 */
function divisor(g: GraphBuilder, b: Value): { safe: Value; factor: Value } {
  const one = g.scalar(1, 'int32');
  const known = numberOf(b);
  if (known !== undefined) return known === 0 || known === -1 ? { safe: one, factor: b } : { safe: b, factor: one };
  const equals = (x: number) => g.binary('Equal', b, g.scalar(x, 'int32'), 'bool');
  const traps = g.binary('Or', equals(0), equals(-1));
  return { safe: g.where(traps, one, b), factor: g.where(traps, b, one) };
}

/** The remainder with the divisor's sign. ONNX's Mod has it for integers; for floats Mod is C's fmod, with the dividend's sign. */
const mod: Binary = (g, a, b) => {
  if (a.dtype === 'int32') return g.binary('Mod', a, divisor(g, b).safe);
  const zero = g.scalar(0);
  const remainder = g.node('Mod', [a, b], { shape: broadcast(a.shape, b.shape), dtype: a.dtype }, { fmod: 1 });
  // By the remainder's own sign, not the dividend's: a runtime's fmod may be a rounding below 0, where it should be one below b.
  const isOther = g.binary('Less', g.binary('Mul', g.unary('Sign', remainder), g.unary('Sign', b)), zero, 'bool');
  return g.where(isOther, g.binary('Add', remainder, b), remainder);
};

/**
 * ⌊a / b⌋ as int32. Of floats from (a − a mod b) / b, since their own quotient is rounded: 0.5 / 0.1 is below 5, as float32 has 0.1, and
 * rounds to 5. Of integers from their quotient towards zero, where a float one loses everything beyond 2²⁴.
 */
const floorDiv: Binary = (g, a, b) => {
  if (a.dtype !== 'int32') {
    const whole = g.unary('Round', g.binary('Div', g.binary('Sub', a, mod(g, a, b)), b));
    // a / 0 and a / ∞ have no remainder.
    const quotient = g.unary('Floor', g.binary('Div', a, b));
    return integerOf(g, g.where(g.binary('Equal', whole, whole, 'bool'), whole, quotient));
  }
  const { safe, factor } = divisor(g, b);
  const quotient = g.binary('Div', a, safe); // towards zero
  const rest = g.binary('Sub', a, g.binary('Mul', quotient, safe));
  const isAbove = g.binary('Less', g.binary('Mul', g.unary('Sign', rest), g.unary('Sign', safe)), g.scalar(0, 'int32'), 'bool');
  return g.binary('Mul', g.binary('Sub', quotient, g.cast(isAbove, 'int32')), factor);
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

/**
 * Within tfjs's `logSumExp` the maximum is taken off all, which is NaN where it is infinite: there nothing is, and log Σ e^x is −∞ or ∞ as
 * it should be.
 */
const subtract: Binary = (g, a, b) => {
  if (!isWithin('logSumExp') || b.dtype !== 'float32') return g.binary('Sub', a, b);
  const finite = g.binary('Less', g.unary('Abs', b), g.scalar(Number.POSITIVE_INFINITY), 'bool');
  return g.binary('Sub', a, g.where(finite, b, g.scalar(0)));
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
      Sub: subtract,
      Mod: mod,
      FloorDiv: floorDiv,
      Atan2: atan2,
      SquaredDifference: squaredDifference,
    },
    binary,
  ),
  AddN: addN,
};
