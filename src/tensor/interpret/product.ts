import { sizeOf } from '../../base/index.js';
import type { Op } from '../onnx/operators.js';
import { broadcastOffsets, type DoubleKernel, type Elements, float, integer, outputOf } from './operand.js';

/** c[m, n] += a[m, k] · b[k, n] from the given starts, with strides that may transpose a or b. */
function multiply(
  [M, K, N]: readonly [number, number, number],
  a: { data: Elements; start: number; row: number; column: number },
  b: { data: Elements; start: number; row: number; column: number },
  c: { data: Elements; start: number },
): void {
  for (let m = 0; m < M; m++)
    for (let k = 0; k < K; k++) {
      const left = a.data[a.start + m * a.row + k * a.column];
      for (let n = 0; n < N; n++) c.data[c.start + m * N + n] += left * b.data[b.start + k * b.row + n * b.column];
    }
}

const matMul: DoubleKernel = (node, [a, b]) => {
  const out = outputOf(node);
  // A vector is a row on the left and a column on the right.
  const [left, right] = [a.shape.length === 1 ? [1, ...a.shape] : a.shape, b.shape.length === 1 ? [...b.shape, 1] : b.shape];
  const [M, K, N] = [left.at(-2)!, left.at(-1)!, right.at(-1)!];
  const rank = Math.max(left.length, right.length) - 2;
  const batch = node.outputs[0].shape.slice(0, rank);
  const [fromA, fromB] = [left, right].map((shape) => broadcastOffsets(shape.slice(0, -2), batch));
  for (let i = 0; i < sizeOf(batch); i++)
    multiply(
      [M, K, N],
      { data: a.data, start: fromA[i] * M * K, row: K, column: 1 },
      { data: b.data, start: fromB[i] * K * N, row: N, column: 1 },
      { data: out, start: i * M * N },
    );
  return [out];
};

const gemm: DoubleKernel = (node, [a, b, c]) => {
  const out = outputOf(node);
  const [transA, transB] = [integer(node, 'transA', 0) === 1, integer(node, 'transB', 0) === 1];
  const [rowsA, columnsA] = a.shape;
  const columnsB = b.shape[1];
  const [M, N] = node.outputs[0].shape;
  const K = transA ? rowsA : columnsA;
  multiply(
    [M, K, N],
    { data: a.data, start: 0, row: transA ? 1 : columnsA, column: transA ? columnsA : 1 },
    { data: b.data, start: 0, row: transB ? 1 : columnsB, column: transB ? columnsB : 1 },
    { data: out, start: 0 },
  );
  const [alpha, beta] = [float(node, 'alpha', 1), float(node, 'beta', 1)];
  const from = c && broadcastOffsets(c.shape, [M, N]);
  return [out.map((v, i) => alpha * v + (from ? beta * c.data[from[i]] : 0))];
};

export const products = { Gemm: gemm, MatMul: matMul } satisfies Record<Op<'product'>, DoubleKernel>;
