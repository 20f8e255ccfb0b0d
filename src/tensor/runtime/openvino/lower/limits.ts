import type { GraphBuilder } from '../../../graph/builder.js';
import type { Value } from '../../../graph/graph.js';
import type { Rewrite, Rewrites } from '../../lower/rewrite.js';

/* Where OpenVINO 2026.4 loses what lies at the end of a scale. */

const LOWEST = -3.4028234663852886e38;
/** The float32 above it. */
const SECOND = -3.4028232635611926e38;

/** Its maximum starts from the lowest finite number, so that of nothing but −∞ is that number. */
const unbounded = (g: GraphBuilder, maximum: Value, lowest = LOWEST) =>
  g.where(g.binary('LessOrEqual', maximum, g.scalar(lowest), 'bool'), g.scalar(Number.NEGATIVE_INFINITY), maximum);

/**
 * The extremum of nothing but the infinity that it starts below, where the lowest number itself may be what is sought, as in a row that a mask has
 * filled with it: how many elements lie within is counted, in the sum that also brings back NaN.
 */
const most =
  (op: 'ReduceMax' | 'ReduceMin'): Rewrite =>
  (g, { inputs: [x, axes], attributes, outputs: [y] }) => {
    if (x.dtype !== 'float32') return undefined;
    const end = g.scalar(op === 'ReduceMax' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
    const within = g.cast(op === 'ReduceMax' ? g.binary('Less', end, x, 'bool') : g.binary('Less', x, end, 'bool'), 'float32');
    const count = g.node('ReduceSum', [g.where(g.binary('Equal', x, x, 'bool'), within, x), axes], y, attributes);
    const extremum = g.binary('Add', g.binary('Sub', count, count), g.node(op, [x, axes], y, attributes));
    return [g.where(g.binary('Equal', count, g.scalar(0), 'bool'), end, extremum)];
  };

/** What is not above where it starts has no place in its window, so what is lower is the second lowest number there, and the first of those is taken. */
const maxPool: Rewrite = (g, { inputs: [x], attributes, outputs }) => {
  if (outputs.length === 1) return [unbounded(g, g.node('MaxPool', [x], outputs[0], attributes))];
  const [maximum, places] = g.add('MaxPool', [g.binary('Max', g.scalar(SECOND), x)], outputs, attributes);
  return [unbounded(g, maximum, SECOND), places];
};

/**
 * log x, whose own error near 1 is that of a number of size 1: with s = (x − 1) / (x + 1) it is 2 (s + s³/3 + s⁵/5 + …) there.
 */
function logarithm(g: GraphBuilder, x: Value): Value {
  const one = g.scalar(1);
  const from = g.binary('Sub', x, one);
  const s = g.binary('Div', from, g.binary('Add', x, one));
  const square = g.binary('Mul', s, s);
  const series = [5, 3].reduce((sum, power) => g.binary('Add', g.binary('Mul', sum, square), g.scalar(2 / power)), g.scalar(2 / 7));
  const near = g.binary('Add', g.binary('Mul', g.binary('Mul', series, square), s), g.binary('Add', s, s));
  return g.where(g.binary('Less', g.unary('Abs', from), g.scalar(0.25), 'bool'), near, g.unary('Log', x));
}
const log: Rewrite = (g, { inputs: [x] }) => [logarithm(g, x)];

/** log(1 + eˣ) = max(x, 0) + log(1 + e), e = e^−|x|: its own has no digits below e^−15, and the wrong sign. */
const softplus: Rewrite = (g, { inputs: [x] }) => {
  const one = g.scalar(1);
  const e = g.unary('Exp', g.unary('Neg', g.unary('Abs', x)));
  const u = g.binary('Add', one, e);
  // With u = fl(1 + e), log(u)·e/(u − 1) makes good what rounding u lost (Kahan; Goldberg 1991, theorem 4).
  const corrected = g.binary('Mul', logarithm(g, u), g.binary('Div', e, g.binary('Sub', u, one)));
  return [g.binary('Add', g.binary('Max', g.scalar(0), x), g.where(g.binary('Equal', u, one, 'bool'), e, corrected))];
};

/** Extrema of nothing but an infinity, logarithms near 1, and the softplus below zero. */
export const limits: Rewrites = {
  ReduceMax: most('ReduceMax'),
  ReduceMin: most('ReduceMin'),
  MaxPool: maxPool,
  Log: log,
  Softplus: softplus,
};
