import type { Node } from '../graph/graph.js';
import type { Op } from '../onnx/operators.js';
import { erf } from './erf.js';
import { broadcastOffsets, type DoubleKernel, filled, float, integer, type Operand, outputOf, take } from './operand.js';

const unary =
  (f: (x: number, node: Node) => number): DoubleKernel =>
  (node, [x]) => {
    const out = outputOf(node);
    for (let i = 0; i < out.length; i++) out[i] = f(x.data[i], node);
    return [out];
  };

/** Folds any number of inputs from the left, each broadcast to the output's shape. */
const fold =
  (f: (a: number, b: number, node: Node) => number): DoubleKernel =>
  (node, [first, ...others]) => {
    const { shape } = node.outputs[0];
    let total = Float64Array.from(take(first.data, broadcastOffsets(first.shape, shape)));
    for (const { data, shape: from } of others) {
      const at = broadcastOffsets(from, shape);
      total = total.map((a, i) => f(a, data[at[i]], node));
    }
    return [filled(node, total)];
  };

const isInteger = (node: Node) => node.outputs[0].dtype !== 'float32';

const roundHalfToEven = (x: number) => {
  const r = Math.round(x);
  return Math.abs(x % 1) === 0.5 && r % 2 !== 0 ? r - 1 : r;
};

// C's fmod keeps the sign of a; ONNX without `fmod` takes that of b.
const modulo = (a: number, b: number, node: Node) => {
  const r = a % b;
  return integer(node, 'fmod', 0) === 0 && r !== 0 && r < 0 !== b < 0 ? r + b : r;
};

const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const sigmoid = (x: number) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));

const where: DoubleKernel = (node, [condition, yes, no]) => {
  const out = outputOf(node);
  const [c, y, n] = [condition, yes, no].map((x) => broadcastOffsets(x.shape, node.outputs[0].shape));
  for (let i = 0; i < out.length; i++) out[i] = condition.data[c[i]] ? yes.data[y[i]] : no.data[n[i]];
  return [out];
};

const clip: DoubleKernel = (node, [x, low, high]: readonly (Operand | undefined)[]) => {
  const [from, to] = [low?.data[0] ?? -Infinity, high?.data[0] ?? Infinity];
  return unary((v) => Math.min(to, Math.max(from, v)))(node, [x!]);
};

const cast: DoubleKernel = (node, [x]) => {
  const to = node.outputs[0].dtype;
  return unary(to === 'bool' ? (v) => +(v !== 0) : to === 'float32' ? (v) => v : Math.trunc)(node, [x]);
};

export const elementwise = {
  Abs: unary(Math.abs),
  Acos: unary(Math.acos),
  Acosh: unary(Math.acosh),
  Asin: unary(Math.asin),
  Asinh: unary(Math.asinh),
  Atan: unary(Math.atan),
  Atanh: unary(Math.atanh),
  Ceil: unary(Math.ceil),
  Cos: unary(Math.cos),
  Cosh: unary(Math.cosh),
  Elu: unary((x, node) => (x < 0 ? float(node, 'alpha', 1) * Math.expm1(x) : x)),
  Erf: unary(erf),
  Exp: unary(Math.exp),
  Floor: unary(Math.floor),
  Identity: unary((x) => x),
  IsInf: unary(
    (x, node) =>
      +((x === Infinity && integer(node, 'detect_positive', 1) === 1) || (x === -Infinity && integer(node, 'detect_negative', 1) === 1)),
  ),
  IsNaN: unary((x) => +Number.isNaN(x)),
  LeakyRelu: unary((x, node) => (x < 0 ? float(node, 'alpha', 0.01) * x : x)),
  Log: unary(Math.log),
  Neg: unary((x) => -x),
  Not: unary((x) => +!x),
  Reciprocal: unary((x) => 1 / x),
  Relu: unary((x) => Math.max(0, x)),
  Round: unary(roundHalfToEven),
  Sigmoid: unary(sigmoid),
  Sign: unary(Math.sign),
  Sin: unary(Math.sin),
  Sinh: unary(Math.sinh),
  Softplus: unary(softplus),
  Sqrt: unary(Math.sqrt),
  Tan: unary(Math.tan),
  Tanh: unary(Math.tanh),

  Add: fold((a, b) => a + b),
  And: fold((a, b) => a & b),
  BitwiseAnd: fold((a, b) => a & b),
  Div: fold((a, b, node) => (isInteger(node) ? Math.trunc(a / b) : a / b)),
  Equal: fold((a, b) => +(a === b)),
  Greater: fold((a, b) => +(a > b)),
  GreaterOrEqual: fold((a, b) => +(a >= b)),
  Less: fold((a, b) => +(a < b)),
  LessOrEqual: fold((a, b) => +(a <= b)),
  Max: fold((a, b) => Math.max(a, b)),
  Min: fold((a, b) => Math.min(a, b)),
  Mod: fold(modulo),
  Mul: fold((a, b, node) => (node.outputs[0].dtype === 'int32' ? Math.imul(a, b) : a * b)),
  Or: fold((a, b) => a | b),
  Pow: fold((a, b) => a ** b),
  Sub: fold((a, b) => a - b),
  Xor: fold((a, b) => a ^ b),

  Cast: cast,
  Clip: clip,
  Where: where,
} satisfies Record<Op<'unary' | 'binary' | 'choice'>, DoubleKernel>;
