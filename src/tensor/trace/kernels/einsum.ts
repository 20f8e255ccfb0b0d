import * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../../base/index.js';
import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../graph/graph.js';
import type { Kernel, Kernels } from '../kernel.js';

/** A factor and, per axis, the number of its label: the result's labels in order, then the summed ones. */
interface Factor {
  readonly value: Value;
  readonly labels: readonly number[];
}

/** One product of matrices, where every summed label is on both factors: [batch, rows, summed] times [batch, summed, columns]. */
function contraction(g: GraphBuilder, a: Factor, b: Factor, rank: number): Value {
  const both = a.labels.filter((label) => b.labels.includes(label));
  const [batch, summed] = [both.filter((label) => label < rank), both.filter((label) => label >= rank)];
  const [rows, columns] = [a, b].map(({ labels }) => labels.filter((label) => !both.includes(label)));
  const size = (labels: readonly number[], { value, labels: all }: Factor) => labels.map((label) => value.shape[all.indexOf(label)]);
  const arranged = (factor: Factor, ...groups: number[][]) => {
    const moved = g.transpose(
      factor.value,
      groups.flat().map((label) => factor.labels.indexOf(label)),
    );
    return g.reshape(
      moved,
      groups.filter((group, i) => i > 0 || group.length > 0).map((group) => sizeOf(size(group, factor))),
    );
  };
  const [x, y] = [arranged(a, batch, rows, summed), arranged(b, batch, summed, columns)];
  const product = batch.length === 0 && x.dtype === 'float32' ? g.gemm(x, y) : g.matMul(x, y);
  const order = [...batch, ...rows, ...columns];
  const whole = g.reshape(product, [...size([...batch, ...rows], a), ...size(columns, b)]);
  return g.transpose(
    whole,
    order.map((_, label) => order.indexOf(label)),
  );
}

/** tfjs's own plan: align the factors, multiply, sum an axis, one axis after another. */
function stepwise(g: GraphBuilder, factors: readonly Factor[], count: number, summedDims: number[]): Value {
  const idDims = factors.map(({ labels }) => [...labels]);
  const { path, steps } = tf.backend_util.getEinsumComputePath(summedDims, idDims);
  let product: Value | undefined;
  let remaining = count;
  for (const [i, step] of steps.entries()) {
    for (const term of step) {
      const { permutationIndices, expandDims } = tf.backend_util.getEinsumPermutation(remaining, idDims[term]);
      const moved = g.transpose(factors[term].value, permutationIndices);
      const shape = [...moved.shape];
      for (const axis of expandDims) shape.splice(axis, 0, 1);
      const factor = g.reshape(moved, shape);
      product = product ? g.binary('Mul', factor, product) : factor;
    }
    if (i === steps.length - 1) break;
    if (path[i] >= 0) product = g.reduce('ReduceSum', product!, [path[i] - (count - remaining)]);
    remaining--;
  }
  return product!;
}

const sumOfProducts: Kernel<tf.TensorInfo[], { equation: string }> = (on, inputs, { equation }) => {
  const tensors = Object.values(inputs);
  const { allDims, summedDims, idDims } = tf.backend_util.decodeEinsumEquation(equation, tensors.length);
  tf.backend_util.checkEinsumDimSizes(allDims.length, idDims, tensors as tf.Tensor[]);
  const factors = tensors.map((x, i) => ({ value: on.full(x), labels: idDims[i] }));
  const [a, b] = factors;
  const contracts =
    b && factors.length === 2 && summedDims.length > 0 && summedDims.every((d) => factors.every(({ labels }) => labels.includes(d)));
  if (contracts) return on.give(contraction(on.graph, a, b, allDims.length - summedDims.length));
  return on.give(stepwise(on.graph, factors, allDims.length, summedDims));
};

export const einsum: Kernels = { Einsum: sumOfProducts };
