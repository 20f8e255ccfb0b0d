import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { allocate } from '../../src/tensor/buffers/memory.js';
import type { Graph } from '../../src/tensor/graph/graph.js';
import { onnxruntime } from '../../src/tensor/runtime/onnxruntime/onnxruntime.js';
import { openvino } from '../../src/tensor/runtime/openvino/openvino.js';
import type { GraphRuntime } from '../../src/tensor/runtime/runtime.js';
import { trace } from '../../src/tensor/trace/trace.js';

// Float32 holds every integer up to 2²⁴ = 16,777,216 and then every second one: tfjs-core's tests stay below, prices in cents do not.
const X = [16777217, -16777219, 33554433, 2147483647];
const Y = [3, 16777217, -7, 1];

type Operator = (x: tf.Tensor, y: tf.Tensor) => tf.Tensor;
const CASES: Record<string, readonly [Operator, number[]]> = {
  add: [(x, y) => x.add(y), [16777220, -2, 33554426, -2147483648]],
  sub: [(x, y) => x.sub(y), [16777214, -33554436, 33554440, 2147483646]],
  mul: [(x, y) => x.mul(y), X.map((x, i) => Math.imul(x, Y[i]))],
  floorDiv: [(x, y) => x.floorDiv(y), X.map((x, i) => Math.floor(x / Y[i]))],
  mod: [(x, y) => x.mod(y), X.map((x, i) => x - Math.floor(x / Y[i]) * Y[i])],
  squaredDifference: [(x, y) => tf.squaredDifference(x, y), X.map((x, i) => Math.imul((x - Y[i]) | 0, (x - Y[i]) | 0))],
  maximum: [(x) => x.maximum(tf.scalar(16777216, 'int32')), [16777217, 16777216, 33554433, 2147483647]],
  minimum: [(x) => x.minimum(tf.scalar(16777216, 'int32')), [16777216, -16777219, 16777216, 16777216]],
  neg: [(x) => x.neg(), [-16777217, 16777219, -33554433, -2147483647]],
  abs: [(x) => x.abs(), [16777217, 16777219, 33554433, 2147483647]],
  sign: [(x) => x.sign(), [1, -1, 1, 1]],
  less: [(x) => x.less(tf.scalar(16777217, 'int32')), [0, 1, 0, 0]],
  greater: [(x) => x.greater(tf.scalar(16777216, 'int32')), [1, 0, 1, 1]],
  equal: [(x) => x.equal(tf.scalar(16777216, 'int32')), [0, 0, 0, 0]],
  where: [(x, y) => tf.where(y.less(tf.scalar(2, 'int32')), x, x.neg()), [-16777217, 16777219, 33554433, 2147483647]],
  sum: [(x) => x.slice(0, 3).sum(), [33554431]],
  prod: [(x, y) => x.slice(0, 1).prod().mul(y.slice(0, 1).prod()), [50331651]],
  max: [(x) => x.slice(0, 2).max(), [16777217]],
  min: [(x) => x.min(), [-16777219]],
  cumsum: [(x) => x.slice(0, 3).cumsum(), [16777217, -2, 33554431]],
  matMul: [(x, y) => x.reshape([2, 2]).matMul(y.reshape([2, 2])), [167772184, 16777214, -2046820342, -2097152000]],
  transpose: [(x) => x.reshape([2, 2]).transpose(), [16777217, 33554433, -16777219, 2147483647]],
  concat: [(x, y) => tf.concat([x.slice(0, 1), y.slice(1, 1)]), [16777217, 16777217]],
  gather: [(x) => tf.gather(x, tf.tensor1d([3, 0], 'int32')), [2147483647, 16777217]],
  pad: [(x) => x.slice(0, 1).pad([[1, 0]], 16777219), [16777219, 16777217]],
  tile: [(x) => x.slice(0, 1).tile([2]), [16777217, 16777217]],
  reverse: [(x) => x.reverse(), [2147483647, 33554433, -16777219, 16777217]],
  argMax: [(x) => x.slice(0, 3).argMax(), [2]],
  argMaxOfNear: [
    (x) =>
      x
        .slice(0, 1)
        .sub(tf.tensor1d([1, 0], 'int32'))
        .argMax(),
    [1],
  ],
  whereSmall: [
    (x, y) => tf.where(y.less(tf.scalar(2, 'int32')), tf.scalar(1, 'int32'), tf.scalar(2, 'int32')).add(x),
    [16777219, -16777217, 33554434, -2147483648],
  ],
  count: [(x) => x.greater(tf.scalar(5, 'int32')).sum(), [3]],
  agreement: [
    (x) =>
      x
        .slice(0, 2)
        .reshape([2, 1])
        .toFloat()
        .argMax(1)
        .equal(tf.tensor1d([0, 1], 'int32')),
    [1, 0],
  ],
  scatterND: [(x) => tf.scatterND(tf.tensor2d([[1], [0]], [2, 1], 'int32'), x.slice(0, 2) as tf.Tensor, [3]), [-16777219, 16777217, 0]],
  unsortedSegmentSum: [(x) => tf.unsortedSegmentSum(x, tf.tensor1d([0, 0, 1, 2], 'int32'), 2), [-2, 33554433]],
  bitwiseAnd: [(x, y) => tf.bitwiseAnd(x, y), X.map((x, i) => x & Y[i])],
};

const spec = { shape: [4], dtype: 'int32' as const };
const runtimes = [onnxruntime(), openvino()].filter((runtime): runtime is GraphRuntime => typeof runtime !== 'string');

/** What OpenVINO would compute through float32. */
const REFUSED = ['floorDiv', 'mod', 'less', 'greater', 'equal', 'sum', 'max', 'min', 'matMul', 'pad', 'argMax', 'argMaxOfNear'];

/** The operator's graph without the arguments it does not use, which runtimes do not see. */
function graphOf(operator: Operator): Graph {
  const graph = trace((x, y) => [operator(x, y)], [spec, spec]);
  return { ...graph, inputs: graph.inputs.filter((input) => graph.nodes.some((node) => node.inputs.includes(input))) };
}

describe.each(runtimes.map((runtime) => [runtime.name, runtime] as const))('integers beyond 2²⁴ on %s', (name, runtime) => {
  const cases = Object.entries(CASES).map(([operator, [fn, expected]]) => ({ operator, graph: graphOf(fn), expected }));
  const runs = cases.filter(({ graph }) => runtime.canRun(graph) === true);

  it.each(runs)('$operator', async ({ graph, expected }) => {
    const program = await runtime.load(graph, { threads: 1 });
    const inputs = graph.inputs.map((input) => {
      const memory = allocate([4], 'int32');
      memory.data.set(input.name === 'in0' ? X : Y);
      return memory;
    });
    const output = allocate(graph.outputs[0].shape, graph.outputs[0].dtype as 'int32' | 'bool');
    program.bind(inputs, [output]).run();
    expect([...output.data]).toEqual(expected);
    program.release();
  });

  it('are refused where they would come out wrong, and only there', () => {
    const refused = cases.filter((one) => !runs.includes(one)).map(({ operator }) => operator);
    expect(refused).toEqual(name === 'onnxruntime' ? [] : REFUSED);
  });
});
