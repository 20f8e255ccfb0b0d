import { constantOf, type GraphBuilder } from '../../../graph/builder.js';
import type { Value } from '../../../graph/graph.js';
import type { Rewrite, Rewrites } from '../../lower/rewrite.js';

/** More rounds than this are left to a runtime whose TopK keeps the order of equal elements. */
const MOST = 64;

/**
 * The k largest along the last axis, NaN above all numbers, equal ones in their order, in k rounds of k N steps in all. OpenVINO 2026.4's own TopK puts equal
 * elements in no fixed order.
 *
 * In each round the maximum of what is left is compared with all elements, and the first place that is NaN or has it is taken. Where all that is left
 * is −∞, which its ReduceMax calls −3.4·10³⁸, none has it, and the first place that is left is taken.
 */
const topK: Rewrite = (g, { inputs: [x, count], attributes, outputs: [values, indices] }) => {
  const k = Number(constantOf(count)![0]);
  const last = x.shape.length - 1;
  if (k > MOST || attributes.axis !== last) return undefined;
  const places = g.constant(
    Int32Array.from({ length: x.shape[last] }, (_, i) => i),
    [x.shape[last]],
    'int32',
  );
  const nan = x.dtype === 'float32' && g.cast(g.unary('Not', g.binary('Equal', x, x, 'bool')), 'float32');
  const rounds: { value: Value; index: Value }[] = [];
  let taken: Value | undefined;
  while (rounds.length < k) {
    const best = g.reduce('ReduceMax', taken ? without(g, x, taken) : x, [last], true);
    const isBest = g.cast(g.binary('Equal', x, best, 'bool'), 'float32');
    const hasIt = nan ? g.binary('Add', isBest, g.binary('Add', nan, nan)) : isBest;
    const score = taken ? g.binary('Mul', g.binary('Add', hasIt, g.scalar(1)), g.cast(g.unary('Not', taken), 'float32')) : hasIt;
    const index = g.node('ArgMax', [score], { shape: best.shape, dtype: 'int64' }, { axis: last, keepdims: 1 });
    const hit = g.binary('Equal', g.cast(index, 'int32'), places, 'bool');
    taken = taken ? g.binary('Or', taken, hit) : hit;
    rounds.push({ value: g.reduce('ReduceSum', only(g, x, hit), [last], true), index });
  }
  const joined = (key: 'value' | 'index') =>
    g.concat(
      rounds.map((round) => round[key]),
      last,
    );
  return [g.reshape(joined('value'), values.shape), g.reshape(joined('index'), indices.shape)];
};

/** x, and the least number where it is taken. */
function without(g: GraphBuilder, x: Value, taken: Value): Value {
  if (x.dtype === 'float32') return g.where(taken, g.scalar(Number.NEGATIVE_INFINITY), x);
  return g.binary('Add', x, g.binary('Mul', g.binary('Sub', g.scalar(-(2 ** 31), 'int32'), x), g.cast(taken, 'int32')));
}

/** x where it is hit, 0 elsewhere. */
const only = (g: GraphBuilder, x: Value, hit: Value): Value =>
  x.dtype === 'float32' ? g.where(hit, x, g.scalar(0)) : g.binary('Mul', x, g.cast(hit, 'int32'));

/** The largest, of equal ones the first. */
export const ties: Rewrites = { TopK: topK };
