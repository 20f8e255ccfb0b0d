import type * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../../base/index.js';
import { broadcast, type GraphBuilder } from '../../graph/builder.js';
import type { DType, Value } from '../../graph/graph.js';
import type { TraceBackend } from '../backend.js';
import type { AB, Kernel, Kernels } from '../kernel.js';
import { activate } from './activations.js';

interface Flags {
  transposeA?: boolean;
  transposeB?: boolean;
}

/** a b over the last two axes, batch axes broadcast. Where one batch of b serves all, it is a single product of two matrices. */
function product(on: TraceBackend, a: tf.TensorInfo, b: tf.TensorInfo, { transposeA = false, transposeB = false }: Flags): Value {
  const g = on.graph;
  const [rows, inner] = dims(a.shape, transposeA);
  const [innerB, columns] = dims(b.shape, transposeB);
  if (a.shape.length < 2 || b.shape.length < 2 || inner !== innerB)
    throw new Error(`matMul: inner dimensions differ: got [${a.shape}]${transposeA ? 'ᵀ' : ''} times [${b.shape}]${transposeB ? 'ᵀ' : ''}`);
  const shape = [...broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2)), rows, columns];
  const dtype: DType = a.dtype === 'int32' && b.dtype === 'int32' ? 'int32' : 'float32';
  if (inner === 0) return g.zeros(shape, dtype);
  const x = g.cast(on.full(a), dtype);
  const y = g.cast(on.full(b), dtype);
  const [batchA, batchB] = [sizeOf(a.shape.slice(0, -2)), sizeOf(b.shape.slice(0, -2))];
  if (dtype === 'float32' && batchB === 1 && (batchA === 1 || !transposeA)) {
    const matrix = g.reshape(x, [sizeOf(x.shape) / x.shape.at(-1)!, x.shape.at(-1)!]);
    return g.reshape(g.gemm(matrix, g.reshape(y, y.shape.slice(-2)), transposeA, transposeB), shape);
  }
  const [left, right] = [transposeA ? swapped(g, x) : x, transposeB ? swapped(g, y) : y];
  return g.matMul(left, right);
}

const dims = (shape: readonly number[], transposed: boolean): [number, number] =>
  transposed ? [shape.at(-1)!, shape.at(-2)!] : [shape.at(-2)!, shape.at(-1)!];

function swapped(g: GraphBuilder, x: Value): Value {
  const perm = x.shape.map((_, axis) => axis);
  return g.transpose(x, [...perm.slice(0, -2), perm.at(-1)!, perm.at(-2)!]);
}

const batchMatMul: Kernel<AB, Flags> = (on, { a, b }, flags) => on.give(product(on, a, b, flags));

type Fused = AB & { bias?: tf.TensorInfo; preluActivationWeights?: tf.TensorInfo };

const fusedMatMul: Kernel<Fused, Flags & { activation?: string; leakyreluAlpha?: number }> = (on, inputs, attributes) => {
  const { a, b, bias, preluActivationWeights: alpha } = inputs;
  const g = on.graph;
  const linear = product(on, a, b, attributes);
  const shifted = bias ? g.binary('Add', linear, on.compact(bias)) : linear;
  return on.give(activate(g, shifted, attributes.activation, alpha && on.compact(alpha), attributes.leakyreluAlpha));
};

export const matmul: Kernels = { BatchMatMul: batchMatMul, _FusedMatMul: fusedMatMul };
