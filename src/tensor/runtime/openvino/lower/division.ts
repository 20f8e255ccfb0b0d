import type { GraphBuilder } from '../../../graph/builder.js';
import type { Graph, Node, Value } from '../../../graph/graph.js';
import { type Rewrite, type Rewrites, rewrite } from '../../lower/rewrite.js';

/*
 * OpenVINO 2026.4 divides by multiplying with the reciprocal, x · (1/y), which is a rounding off: 41/41 is a little below 1, and its floor 0.
 * Where a quotient is made whole afterwards that matters, and only there is it corrected.
 */

const MAKES_WHOLE = new Set(['Floor', 'Ceil', 'Round']);
/** What may stand between a quotient and that. */
const BETWEEN = new Set(['Abs', 'Concat', 'Expand', 'Max', 'Min', 'Neg', 'Reshape', 'Slice', 'Squeeze', 'Transpose', 'Where']);

const makesWhole = ({ op, outputs: [y] }: Node) => MAKES_WHOLE.has(op) || (op === 'Cast' && y.dtype === 'int32');

/** The graph with the quotients that are made whole rounded as IEEE 754 says where they are near a whole number. */
export function withWholeQuotients(graph: Graph): Graph {
  const wanted = new Set<string>();
  const quotients = new Set<string>();
  for (const node of graph.nodes.toReversed()) {
    const name = node.outputs[0].name;
    if (node.op === 'Div' && wanted.has(name) && node.outputs[0].dtype === 'float32') quotients.add(name);
    if (makesWhole(node) || (BETWEEN.has(node.op) && wanted.has(name))) for (const input of node.inputs) if (input) wanted.add(input.name);
  }
  if (quotients.size === 0) return graph;
  const corrected: Rewrite = (g, { inputs: [x, y], outputs: [quotient] }) => {
    if (!quotients.has(quotient.name)) return undefined;
    const plain = g.binary('Div', x, y);
    const whole = g.unary('Round', plain);
    return [g.where(g.binary('Equal', g.binary('Mul', whole, y), x, 'bool'), whole, plain)];
  };
  return rewrite(graph, [{ Div: corrected }]);
}

/**
 * x − q y without a rounding, where q is a whole number near x / y: q and y in two halves of 12 bits each, whose products are exact
 * (Dekker 1971), taken off x from the largest to the smallest.
 */
function without(g: GraphBuilder, x: Value, y: Value): Value {
  const q = g.unary('Round', g.binary('Div', x, y));
  const [[qHigh, qLow], [yHigh, yLow]] = [halves(g, q), halves(g, y)];
  return [
    [qHigh, yHigh],
    [qHigh, yLow],
    [qLow, yHigh],
    [qLow, yLow],
  ].reduce((rest, [a, b]) => g.binary('Sub', rest, g.binary('Mul', a, b)), x);
}

/** The first 12 bits of a number, and the others (Veltkamp 1968). */
function halves(g: GraphBuilder, x: Value): [Value, Value] {
  const moved = g.binary('Mul', x, g.scalar(2 ** 12 + 1));
  const high = g.binary('Sub', moved, g.binary('Sub', moved, x));
  return [high, g.binary('Sub', x, high)];
}

/**
 * C's fmod of floats, which its own Mod is up to roundings of x. Twice: the second time takes what the first leaves of a quotient beyond 2²⁴,
 * whose whole part is rounded.
 */
const remainder: Rewrite = (g, { inputs: [x, y], outputs: [r], attributes }) => {
  if (r.dtype !== 'float32') return undefined;
  const nearest = without(g, without(g, x, y), y);
  const [size, divisor] = [g.unary('Abs', x), g.unary('Abs', y)];
  // From the nearest multiple of y to the one towards zero.
  const isPast = g.binary('Less', g.binary('Mul', g.unary('Sign', nearest), g.unary('Sign', x)), g.scalar(0), 'bool');
  const exact = g.where(isPast, g.binary('Add', nearest, g.binary('Mul', divisor, g.unary('Sign', x))), nearest);
  const large = g.binary('Less', g.scalar(LARGE), divisor, 'bool'); // its halves would overflow
  const rest = g.where(large, g.node('Mod', [x, y], r, attributes), exact);
  return [g.where(g.binary('Less', size, divisor, 'bool'), x, rest)];
};
const LARGE = 2 ** 100;

/** Remainders of floats. */
export const division: Rewrites = { Mod: remainder };
