import * as tf from '@tensorflow/tfjs';
import type { Value } from '../../graph.js';
import type { Kernel, Kernels } from '../kernel.js';

/** tfjs's own plan: align the factors, multiply, sum an axis, one axis after another. */
const sumOfProducts: Kernel<tf.TensorInfo[], { equation: string }> = (on, tensors, { equation }) => {
  const g = on.graph;
  const factors = Object.values(tensors);
  const { allDims, summedDims, idDims } = tf.backend_util.decodeEinsumEquation(equation, factors.length);
  tf.backend_util.checkEinsumDimSizes(allDims.length, idDims, factors as tf.Tensor[]);
  const { path, steps } = tf.backend_util.getEinsumComputePath(summedDims, idDims);
  let product: Value | undefined;
  let remaining = allDims.length;
  for (const [i, step] of steps.entries()) {
    for (const term of step) {
      const { permutationIndices, expandDims } = tf.backend_util.getEinsumPermutation(remaining, idDims[term]!);
      const moved = g.transpose(on.full(factors[term]!), permutationIndices);
      const shape = [...moved.shape];
      for (const axis of expandDims) shape.splice(axis, 0, 1);
      const factor = g.reshape(moved, shape);
      product = product ? g.binary('Mul', factor, product) : factor;
    }
    if (i === steps.length - 1) break;
    if (path[i]! >= 0) product = g.reduce('ReduceSum', product!, [path[i]! - (allDims.length - remaining)]);
    remaining--;
  }
  return on.give(product!);
};

export const einsum: Kernels = { Einsum: sumOfProducts };
