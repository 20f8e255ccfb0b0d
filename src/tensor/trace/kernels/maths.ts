import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../graph/graph.js';
import type { Op } from '../../onnx/operators.js';
import { each, elementwise, type Kernels } from '../kernel.js';

/** Functions of a real number: an integer argument is taken as one. */
const REAL: Readonly<Record<string, Op>> = {
  Exp: 'Exp',
  Log: 'Log',
  Sqrt: 'Sqrt',
  Reciprocal: 'Reciprocal',
  Erf: 'Erf',
  Sin: 'Sin',
  Cos: 'Cos',
  Tan: 'Tan',
  Asin: 'Asin',
  Acos: 'Acos',
  Atan: 'Atan',
  Sinh: 'Sinh',
  Cosh: 'Cosh',
  Tanh: 'Tanh',
  Asinh: 'Asinh',
  Acosh: 'Acosh',
  Atanh: 'Atanh',
};

/** Functions that change nothing on integers. */
const ROUNDING: Readonly<Record<string, Op>> = { Floor: 'Floor', Ceil: 'Ceil', Round: 'Round' };

/** tfjs's sign of NaN is 0, ONNX's is NaN. */
function sign(g: GraphBuilder, x: Value): Value {
  if (x.dtype !== 'float32') return g.unary('Sign', x);
  const zero = g.scalar(0);
  const notPositive = g.where(g.binary('Less', x, zero, 'bool'), g.scalar(-1), zero);
  return g.where(g.binary('Less', zero, x, 'bool'), g.scalar(1), notPositive);
}

const rsqrt = (g: GraphBuilder, x: Value) => g.unary('Reciprocal', g.unary('Sqrt', x));

/** eˣ − 1 = tanh(x/2)·(eˣ + 1), which loses no digits near 0. */
function expm1(g: GraphBuilder, x: Value): Value {
  const half = g.unary('Tanh', g.binary('Mul', x, g.scalar(0.5)));
  return g.binary('Mul', half, g.binary('Add', g.unary('Exp', x), g.scalar(1)));
}

/** log(1 + x): with u = fl(1 + x), log(u)·x/(u − 1) makes good what rounding u lost (Kahan; Goldberg 1991, theorem 4). */
function log1p(g: GraphBuilder, x: Value): Value {
  const one = g.scalar(1);
  const u = g.binary('Add', x, one);
  const log = g.unary('Log', u);
  const corrected = g.binary('Mul', log, g.binary('Div', x, g.binary('Sub', u, one)));
  const small = g.where(g.binary('Equal', u, one, 'bool'), x, corrected);
  return g.where(g.binary('Less', x, one, 'bool'), small, log);
}

const finite = (g: GraphBuilder, x: Value) =>
  g.unary('Not', g.binary('Or', g.unary('IsNaN', x, 'bool'), g.unary('IsInf', x, 'bool'), 'bool'));

export const maths: Kernels = {
  ...each(REAL, (op) => elementwise(({ graph }, x) => graph.unary(op, graph.cast(x, 'float32')))),
  ...each({ Neg: 'Neg', Abs: 'Abs' } as const, (op) => elementwise(({ graph }, x) => graph.unary(op, x))),
  ...each(ROUNDING, (op) => elementwise(({ graph }, x) => (x.dtype === 'float32' ? graph.unary(op, x) : x))),
  ...each({ Rsqrt: rsqrt, Expm1: expm1, Log1p: log1p }, (f) => elementwise(({ graph }, x) => f(graph, graph.cast(x, 'float32')))),
  ...each({ IsNan: 'IsNaN', IsInf: 'IsInf' } as const, (op) =>
    elementwise(({ graph }, x) => graph.unary(op, graph.cast(x, 'float32'), 'bool')),
  ),
  IsFinite: elementwise(({ graph }, x) => finite(graph, graph.cast(x, 'float32'))),
  Sign: elementwise(({ graph }, x) => sign(graph, x)),
  Square: elementwise(({ graph }, x) => graph.binary('Mul', x, x)),
};
