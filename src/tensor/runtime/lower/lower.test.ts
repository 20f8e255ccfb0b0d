import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { fold, key, normal } from '../../../base/index.js';
import type { Graph } from '../../graph/graph.js';
import { interpret } from '../../interpret/interpret.js';
import { trace } from '../../trace/trace.js';
import { extrema } from './extrema.js';
import { withFusedSums } from './gemm-add.js';
import { inJoinOrder } from './join-order.js';
import { products } from './products.js';
import { rewrite } from './rewrite.js';

beforeAll(() => tf.setBackend('cpu'));

const float = (...shape: number[]) => ({ shape, dtype: 'float32' as const });
const ops = ({ nodes }: Graph) => nodes.map(({ op }) => op);
const inputsOf = (graph: Graph) => graph.inputs.map(({ shape }, i) => Float64Array.from(normal(fold(key(3), i), shape).data));

/** The graph after a pass, which gives the same numbers. */
function passed(pass: (graph: Graph) => Graph, graph: Graph): Graph {
  const after = pass(graph);
  const [before, now] = [graph, after].map((g) => interpret(g, inputsOf(graph)));
  for (const [j, y] of before.entries()) for (const [i, x] of y.entries()) expect(now[j][i]).toBeCloseTo(x, 12);
  expect(after.inputs.map(({ name }) => name)).toEqual(graph.inputs.map(({ name }) => name));
  expect(after.outputs.map(({ name, shape }) => [name, shape])).toEqual(graph.outputs.map(({ name, shape }) => [name, shape]));
  return after;
}

describe('rewrite', () => {
  it('keeps what no rule knows, results that are arguments, and ones that are given twice', () => {
    const graph = trace((x, y) => [y, x.add(y).exp(), x.add(y).exp()], [float(3), float(3)]);
    expect(ops(passed((g) => rewrite(g, []), graph))).toEqual(ops(graph));
  });

  it('gives a node to the first family that takes it, and does not rewrite what a rule wrote', () => {
    const graph = trace((x) => [x.exp().neg()], [float(3)]);
    const declines = { Exp: () => undefined };
    const doubles = { Exp: ((g, { inputs: [x] }) => [g.unary('Exp', g.unary('Exp', x))]) as NonNullable<(typeof products)['MatMul']> };
    expect(ops(rewrite(graph, [declines, doubles, { Exp: () => [] }]))).toEqual(['Exp', 'Exp', 'Neg']);
  });
});

describe('products', () => {
  const pass = (graph: Graph) => rewrite(graph, [products]);

  it('multiplies a row by the blocks of a matrix as by the matrix', () => {
    const blocks = (x: tf.Tensor, w: tf.Tensor) => x.reshape([1, 1, 2]).matMul(w.reshape([2, 2, 3]).transpose([1, 0, 2]));
    const graph = trace((x, w) => [blocks(x, w)], [float(2), float(2, 6)]);
    expect(ops(graph)).toEqual(['Reshape', 'Transpose', 'Reshape', 'MatMul']);
    expect(ops(passed(pass, graph))).toEqual(['Reshape', 'Gemm', 'Reshape']);
    const [x, w] = [
      [10, 1],
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    ];
    const numbers = interpret(pass(graph), [Float64Array.from(x), Float64Array.from(w)])[0];
    expect(Array.from(numbers)).toEqual([17, 28, 39, 50, 61, 72]);
    expect(ops(pass(trace((x, w) => [x.matMul(w)], [float(1, 1, 2), float(2, 2, 3)])))).toEqual(['MatMul']); // blocks that stand alone
  });
});

describe('Gemm and Add', () => {
  it('become one, unless a scalar is added or the bare product is used as well', () => {
    const inputs = [float(8, 4), float(4, 3), float(3)];
    const layer = trace((x, w, b) => [x.matMul(w).add(b)], inputs);
    expect(ops(layer)).toEqual(['Gemm', 'Add']);
    expect(passed(withFusedSums, layer).nodes.map(({ op, inputs }) => [op, inputs.length])).toEqual([['Gemm', 3]]);
    const both = trace((x, w, b) => [x.matMul(w).add(b), x.matMul(w)], inputs);
    expect(ops(passed(withFusedSums, both))).toEqual(['Gemm', 'Add']);
    expect(
      ops(
        passed(
          withFusedSums,
          trace((x, w) => [x.matMul(w).add(1)], inputs.slice(0, 2)),
        ),
      ),
    ).toEqual(['Gemm', 'Add']);
  });
});

describe('a join', () => {
  it('has the reshape of what was computed last before it', () => {
    const graph = trace(
      (x) => [
        tf.concat(
          [x.exp(), x.tanh(), x.sin()].map((y) => y.flatten()),
          0,
        ),
      ],
      [float(2, 3)],
    );
    expect(ops(graph)).toEqual(['Exp', 'Tanh', 'Sin', 'Reshape', 'Reshape', 'Reshape', 'Concat']);
    const after = passed(inJoinOrder, graph);
    expect(ops(after)).toEqual(['Exp', 'Tanh', 'Sin', 'Reshape', 'Reshape', 'Reshape', 'Concat']);
    const makerOf = (name: string) => after.nodes.find(({ outputs }) => outputs[0].name === name)!.op;
    expect(after.nodes.slice(3, 6).map(({ inputs }) => makerOf(inputs[0]!.name))).toEqual(['Sin', 'Tanh', 'Exp']);
  });
});

describe('extrema', () => {
  it('bring NaN back by a sum of nothing but NaNs', () => {
    const graph = rewrite(
      trace((x) => [x.max(1)], [float(2, 3)]),
      [extrema],
    );
    expect(ops(graph)).toEqual(['ReduceMax', 'Equal', 'Where', 'ReduceSum', 'Add']);
    const numbers = interpret(graph, [Float64Array.of(1, Number.NaN, 3, 4, 6, 5)])[0];
    expect(Array.from(numbers)).toEqual([Number.NaN, 6]);
  });
});
