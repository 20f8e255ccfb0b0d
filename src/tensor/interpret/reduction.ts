import { sizeOf } from '../../base/index.js';
import type { Node } from '../graph/graph.js';
import type { Op } from '../onnx/operators.js';
import { around, type DoubleKernel, filled, integer, integers, normalAxis, type Operand, offsets, outputOf, stridesOf } from './operand.js';

/** For each element of x, the element of the output that it is reduced into. */
function destinations(node: Node, [x, axes]: readonly Operand[]): Int32Array {
  const rank = x.shape.length;
  const given = axes ? Array.from(axes.data) : integers(node, 'axes');
  const all = given === undefined || given.length === 0;
  const reduced = all ? x.shape.map((_, axis) => axis) : given.map((axis) => normalAxis(axis, rank));
  if (all && integer(node, 'noop_with_empty_axes', 0) === 1) reduced.length = 0;
  const kept = stridesOf(x.shape.map((n, axis) => (reduced.includes(axis) ? 1 : n)));
  return offsets(
    x.shape,
    kept.map((stride, axis) => (reduced.includes(axis) ? 0 : stride)),
  );
}

const reduce =
  (start: number, f: (total: number, x: number) => number, finish = (total: number, _count: number) => total): DoubleKernel =>
  (node, inputs) => {
    const totals = new Float64Array(sizeOf(node.outputs[0].shape)).fill(start);
    const into = destinations(node, inputs);
    const x = inputs[0].data;
    for (let i = 0; i < x.length; i++) totals[into[i]] = f(totals[into[i]], x[i]);
    return [
      filled(
        node,
        totals.map((total) => finish(total, x.length / totals.length)),
      ),
    ];
  };

const sum = (total: number, x: number) => total + x;
/** Visits each line along the axis: `at(i)` is where its element i sits. */
function alongAxis(shape: readonly number[], axis: number, visit: (at: (i: number) => number, n: number, line: number) => void): void {
  const { outer, n, inner } = around(shape, axis);
  for (let line = 0; line < outer * inner; line++) {
    const start = Math.floor(line / inner) * n * inner + (line % inner);
    visit((i) => start + i * inner, n, line);
  }
}

const softmax =
  (finish: (shifted: number, total: number) => number): DoubleKernel =>
  (node, [x]) => {
    const out = outputOf(node);
    alongAxis(x.shape, integer(node, 'axis', -1), (at, n) => {
      let peak = -Infinity;
      let total = 0;
      for (let i = 0; i < n; i++) peak = Math.max(peak, x.data[at(i)]);
      for (let i = 0; i < n; i++) total += Math.exp(x.data[at(i)] - peak);
      for (let i = 0; i < n; i++) out[at(i)] = finish(x.data[at(i)] - peak, total);
    });
    return [out];
  };

const argBest =
  (better: (a: number, b: number) => boolean): DoubleKernel =>
  (node, [x]) => {
    const out = outputOf(node);
    const last = integer(node, 'select_last_index', 0) === 1;
    alongAxis(x.shape, integer(node, 'axis', 0), (at, n, line) => {
      let best = 0;
      for (let i = 1; i < n; i++) {
        const [a, b] = [x.data[at(i)], x.data[at(best)]];
        if (better(a, b) || (last && a === b)) best = i;
      }
      out[line] = best;
    });
    return [out];
  };

const cumSum: DoubleKernel = (node, [x, axis]) => {
  const out = outputOf(node);
  const [exclusive, reverse] = [integer(node, 'exclusive', 0), integer(node, 'reverse', 0)];
  alongAxis(x.shape, axis.data[0], (at, n) => {
    let total = 0;
    for (let i = 0; i < n; i++) {
      const here = at(reverse ? n - 1 - i : i);
      if (exclusive) out[here] = total;
      total += x.data[here];
      if (!exclusive) out[here] = total;
    }
  });
  return [out];
};

/** Equal values keep the order of their indices. */
const topK: DoubleKernel = (node, [x, k]) => {
  const [values, indices] = [outputOf(node, 0), outputOf(node, 1)];
  const axis = integer(node, 'axis', -1);
  const sign = integer(node, 'largest', 1) === 1 ? 1 : -1;
  const { inner } = around(x.shape, axis);
  const count = k.data[0];
  alongAxis(x.shape, axis, (at, n, line) => {
    const isNumber = (i: number) => Number(!Number.isNaN(x.data[at(i)])); // NaN is above all numbers
    const order = Array.from({ length: n }, (_, i) => i).sort(
      (i, j) => sign * (isNumber(i) - isNumber(j) || x.data[at(j)] - x.data[at(i)]) || i - j,
    );
    const start = Math.floor(line / inner) * count * inner + (line % inner);
    for (let i = 0; i < count; i++) {
      values[start + i * inner] = x.data[at(order[i])];
      indices[start + i * inner] = order[i];
    }
  });
  return [values, indices];
};

export const reductions = {
  ArgMax: argBest((a, b) => a > b),
  ArgMin: argBest((a, b) => a < b),
  CumSum: cumSum,
  LogSoftmax: softmax((shifted, total) => shifted - Math.log(total)),
  ReduceMax: reduce(-Infinity, Math.max),
  ReduceMean: reduce(0, sum, (total, count) => total / count),
  ReduceMin: reduce(Infinity, Math.min),
  ReduceProd: reduce(1, (total, x) => total * x),
  ReduceSum: reduce(0, sum),
  Softmax: softmax((shifted, total) => Math.exp(shifted) / total),
  TopK: topK,
} satisfies Record<Op<'reduction' | 'scan'>, DoubleKernel>;
