import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { plus, rowsOf, rowTimes } from '../../../tests/support/dense.js';
import { inDouble } from '../../../tests/support/gradients.js';
import { close, D, differs, inputs, type Layer, real, SHAPES, type Weights, weightsOf } from '../../../tests/support/multi-head.js';
import { theorem } from '../../../tests/support/theorem.js';
import { svd } from '../../linalg/index.js';
import { type Attend, attention, multiHeadAttention } from './attention.js';
import { attentionWeights } from './masked-attention.js';

const T = 5;

/** Columns of qkv and rows of the outputs that head h has. */
const columns = (part: number, h: number, heads: number) => Array.from({ length: D / heads }, (_, i) => part * D + (h * D) / heads + i);
const block = (rows: number[][], at: number[]) => rows.map((row) => at.map((j) => row[j]));
const softmaxRow = (a: number[]) => {
  const e = a.map(Math.exp);
  const all = e.reduce((sum, x) => sum + x, 0);
  return e.map((x) => x / all);
};
const rule = { scale: (d: number) => Math.sqrt(d), shiftV: 1, shiftQ: 1, part: (h: number, _heads: number) => h, bias: 1 };
/** Clause (a) in plain numbers: Σ P X W_V W_O and the constant row, with changes. */
const bySum =
  (changes: Partial<typeof rule> = {}): Layer =>
  (weights, x, heads) => {
    const { scale, shiftV, shiftQ, part, bias } = { ...rule, ...changes };
    const [qkv, w] = [rowsOf(weights[0], 3 * D), rowsOf(weights[3], D)];
    let y = x.map(() => [...weights[4]].map((v) => bias * v));
    for (let h = 0; h < heads; h++) {
      const own = columns(0, h, heads);
      const [q, k, v] = [0, 1, 2].map((p) => x.map((row) => rowTimes(row, block(qkv, columns(p, h, heads)))));
      const wo = columns(0, part(h, heads), heads).map((i) => w[i]);
      const shift = rowTimes(
        own.map((i) => shiftV * weights[2][i]),
        wo,
      );
      y = y.map((row, t) => {
        const query = plus(
          q[t],
          own.map((i) => shiftQ * weights[1][i]),
        );
        const p = softmaxRow(k.map((key) => key.reduce((sum, kj, j) => sum + kj * query[j], 0) / scale(D / heads)));
        return plus(row, rowTimes(rowTimes(p, v), wo), shift);
      });
    }
    return y;
  };
const SUMS: Record<string, Layer> = {
  'divides by the root of the whole width': bySum({ scale: () => Math.sqrt(D) }),
  'does not divide': bySum({ scale: () => 1 }),
  'forgets the shifts of the values': bySum({ shiftV: 0 }),
  'forgets the shifts of the queries': bySum({ shiftQ: 0 }),
  'counts the shifts of the values twice': bySum({ shiftV: 2 }),
  'gives a head the rows of the next': bySum({ part: (h, heads) => (h + 1) % heads }),
  'forgets the shift of the outputs': bySum({ bias: 0 }),
};

theorem<Layer>('thm:multi-head-sum', 'a', {
  real,
  check: (layer) => {
    for (const i of [0, 1])
      for (const heads of [2, 4])
        close(layer(weightsOf(10 * i), inputs(5 + i, T), heads, attention), bySum()(weightsOf(10 * i), inputs(5 + i, T), heads, attention));
  },
  mutants: SUMS,
});

/** Weights whose columns of q, k, v, shifts and rows of the outputs are in another order. */
function reordered([qkv, shiftQ, shiftV, w, b]: Weights, order: readonly number[]): Weights {
  const all = [0, 1, 2].flatMap((part) => order.map((j) => part * D + j));
  return [
    Float64Array.from(block(rowsOf(qkv, 3 * D), all).flat()),
    ...[shiftQ, shiftV].map((shift) => Float64Array.from(order, (j) => shift[j])),
    Float64Array.from(order.flatMap((j) => rowsOf(w, D)[j])),
    b,
  ];
}
theorem<Layer>('thm:multi-head-sum', 'b', {
  real,
  check: (layer) => {
    for (const i of [0, 1]) {
      const [w, x] = [weightsOf(10 * i), inputs(5 + i, T)];
      const y = layer(w, x, 2, attention);
      close(layer(reordered(w, [2, 3, 0, 1]), x, 2, attention), y);
      // G = [[2, 1], [0.5, 1]] of the second head, whose inverse is [[1, −1], [−0.5, 2]]/1.5.
      const [qkv, shiftQ, shiftV, out, b] = w.map((a) => a.slice());
      const times = (row: number[]) => [2 * row[0] + 0.5 * row[1], row[0] + row[1]];
      for (let r = 0; r < D; r++) [qkv[r * 3 * D + 10], qkv[r * 3 * D + 11]] = times([qkv[r * 3 * D + 10], qkv[r * 3 * D + 11]]);
      [shiftV[2], shiftV[3]] = times([shiftV[2], shiftV[3]]);
      for (let j = 0; j < D; j++)
        [out[2 * D + j], out[3 * D + j]] = [(out[2 * D + j] - out[3 * D + j]) / 1.5, (-0.5 * out[2 * D + j] + 2 * out[3 * D + j]) / 1.5];
      close(layer([qkv, shiftQ, shiftV, out, b], x, 2, attention), y);
      // Columns that change heads are another network.
      expect(differs(layer(reordered(w, [0, 2, 1, 3]), x, 2, attention), y)).toBeGreaterThan(0.01);
    }
  },
  mutants: {
    'gives all heads the rows of the first': bySum({ part: () => 0 }),
    'has one head': (w, x, _heads, attend) => real(w, x, 1, attend),
    'has heads of the wrong columns': (w, x, heads, attend) => real(reordered(w, [0, 2, 1, 3]), x, heads, attend),
    'bends its outputs by head': (w, x, heads, attend) => real(w, x, heads, (q, k, v) => attend(q, k, v).tanh()),
  },
});

theorem<Attend>('thm:multi-head-sum', 'c', {
  real: attention,
  check: (attend) => {
    for (const heads of [1, 2, 4])
      for (const i of [0, 1]) {
        const [w, x] = [weightsOf(10 * i), inputs(5 + i, 7)];
        const d = D / heads;
        // What one head does to what it reads: weights that look at one row, with the others' values 0.
        const alone: Attend = (_q, _k, v) =>
          v.mul(
            tf.tensor4d(
              Array.from({ length: heads }, (_, h) => Number(h === 0)),
              [1, heads, 1, 1],
            ),
          );
        const zero = real(w, [new Array<number>(D).fill(0)], heads, alone)[0];
        const map = rowsOf(
          Float64Array.from({ length: D * D }, (_, at) => Number(at % (D + 1) === 0)),
          D,
        ).map((e) => real(w, [e], heads, alone)[0].map((y, j) => y - zero[j]));
        const s = svd({ rows: D, cols: D, data: Float64Array.from(map.flat()) }).s;
        expect(s.filter((v) => v > 1e-6 * s[0]).length).toBe(d);
        // The logarithms of its weights, from what it makes of values that are unit vectors.
        const weights = (q: tf.Tensor, k: tf.Tensor) => attend(q, k, tf.eye(7).reshape([1, 1, 7, 7]).tile([1, heads, 1, 1]));
        const call = (x: tf.Tensor, ...[qkv, shiftQ, shiftV, out, b]: tf.Tensor[]) => {
          let P: tf.Tensor | undefined;
          multiHeadAttention({ qkv, shiftQ, shiftV, out: { w: out, b } }, x, {
            heads,
            attend: (q, k, v) => {
              P = weights(q, k).log();
              return v;
            },
          });
          return P!.slice([0, 0, 0, 0], [1, 1, 7, 7]);
        };
        const points = [{ data: x.flat(), shape: [1, 7, D] }, ...w.map((data, j) => ({ data, shape: SHAPES[j] }))];
        const logs = svd({ rows: 7, cols: 7, data: Float64Array.from(inDouble(call, points).y) }).s;
        expect(logs.filter((v) => v > 1e-6 * logs[0]).length).toBe(Math.min(7, d + 1));
      }
    // The weights of the proof, of full rank.
    for (const T of [2, 5]) {
      const P = Float64Array.from({ length: T * T }, (_, at) => Math.log((at % (T + 1) === 0 ? 1 / 3 : 0) + 2 / (3 * T)));
      expect(svd({ rows: T, cols: T, data: P }).s[T - 1]).toBeGreaterThan(0.5);
    }
  },
  mutants: {
    'has squares for exponentials': (q, k, v) => {
      const a = q.matMul(k, false, true).square().add(0.1);
      return a.div(a.sum(-1, true)).matMul(v);
    },
    'bends the scores': (q, k, v) => q.matMul(k, false, true).tanh().softmax().matMul(v),
    'adds a little of the identity': (q, k, v) => attentionWeights(q, k).matMul(v).mul(0.9).add(v.mul(0.1)),
    'has distances for products': (q, k, v) => q.expandDims(-2).sub(k.expandDims(-3)).abs().sum(-1).neg().softmax().matMul(v),
  },
});
