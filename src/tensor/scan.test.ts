import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { distance } from '../../tests/support/gradients.js';
import { key, normal } from '../base/index.js';
import { compile } from './compile.js';
import { grad } from './grad.js';
import { interpret } from './interpret/interpret.js';
import { describeOnnx } from './onnx/decode.js';
import { scan } from './scan.js';
import { trace } from './trace/trace.js';

const [T, D] = [5, 3];
const [x, w] = [normal(key(1), [T, D]), normal(key(2), [D, D])];
const known = tf.tensor1d([0.5, -1, 2]);

/** sₖ₊₁ = tanh(sₖ w + xₖ) + known, and what is kept of each step. */
const recurrence =
  (reverse = false) =>
  (x: tf.Tensor, w: tf.Tensor): tf.Tensor[] => {
    const halved = w.mul(0.5); // from outside, and computed there
    const { carry, kept } = scan(
      (s: tf.Tensor, { x, k }: { x: tf.Tensor; k: tf.Tensor }) => {
        const next = s.matMul(halved).add(x.expandDims(0)).tanh().add(known);
        return { carry: next, kept: { next, square: next.square().sum().add(k), unread: s.exp() } };
      },
      tf.zeros([1, D]),
      { x, k: tf.range(0, T) },
      { reverse },
    );
    return [carry, kept.next, kept.square];
  };

/** The same by hand, in double precision. */
function byHand(reverse: boolean): number[][] {
  let s = [0, 0, 0];
  const next: number[][] = new Array(T);
  const square: number[] = new Array(T);
  for (const k of reverse ? [4, 3, 2, 1, 0] : [0, 1, 2, 3, 4]) {
    const row = (j: number) => s.reduce((sum, si, i) => sum + 0.5 * si * w.data[D * i + j], x.data[D * k + j]);
    s = [0, 1, 2].map((j) => Math.tanh(row(j)) + [0.5, -1, 2][j]);
    next[k] = s;
    square[k] = s.reduce((sum, v) => sum + v * v, k);
  }
  return [s, next.flat(), square];
}

describe('scan', () => {
  it.each([false, true])('is its steps one after the other, eagerly, in double and on both runtimes; reverse: %s', async (reverse) => {
    const expected = byHand(reverse);
    const close = (got: readonly ArrayLike<number>[], within: number) =>
      got.forEach((values, i) => {
        expect(distance(values, expected[i])).toBeLessThan(within);
      });
    tf.tidy(() => {
      const tensors = [x, w].map(({ data, shape }) => tf.tensor(data, shape as number[])) as [tf.Tensor, tf.Tensor];
      close(
        recurrence(reverse)(...tensors).map((t) => t.dataSync()),
        1e-5,
      );
    });
    const graph = trace(
      recurrence(reverse) as () => tf.Tensor[],
      [x, w].map(({ shape }) => ({ shape, dtype: 'float32' as const })),
    );
    close(
      interpret(
        graph,
        [x, w].map(({ data }) => Float64Array.from(data)),
      ),
      1e-14,
    );
    for (const runtime of ['openvino', 'onnxruntime'] as const) {
      const compiled = compile(recurrence(reverse), { runtime });
      close(
        (await compiled(x, w)).map((t) => t.data()),
        1e-5,
      );
      expect(compiled.programs[0].runtime).toBe(runtime);
    }
  });

  it('is one operator in the file, which holds what is read of it', async () => {
    const compiled = compile(recurrence());
    await compiled(x, w);
    const { operators } = describeOnnx(compiled.toOnnx());
    expect(operators).toMatchObject({ Scan: 1, Tanh: 1 });
    expect(operators.Exp).toBeUndefined(); // `unread`
  });

  it('runs as often as its sequences are long where none of them is read', async () => {
    const doubled = compile(
      (y: tf.Tensor, xs: tf.Tensor) => scan((s: tf.Tensor, _: tf.Tensor) => ({ carry: s.mul(2), kept: {} }), y, xs).carry,
    );
    expect([...(await doubled(Float32Array.of(1, 3), x)).data()]).toEqual([32, 96]);
    expect(doubled.programs[0].refused).toEqual(['OpenVINO forgets what a loop takes and does not read']);
  });

  it('can hold another', async () => {
    const sums = (x: tf.Tensor) =>
      scan(
        (total: tf.Tensor, row: tf.Tensor) => {
          const { carry } = scan((s: tf.Tensor, e: tf.Tensor) => ({ carry: s.add(e).add(total), kept: {} }), tf.scalar(0), row);
          return { carry, kept: carry };
        },
        tf.scalar(1),
        x,
      ).kept;
    const rows = { data: Float32Array.of(1, 2, 3, 4), shape: [2, 2] };
    const compiled = compile(sums);
    expect([...(await compiled(rows)).data()]).toEqual([5, 17]); // 1 + 2 + 2·1, 3 + 4 + 2·5
    expect(compiled.programs[0].refused).toEqual(['OpenVINO runs no loop inside another']);
  });

  it('says what it cannot do', () => {
    const sum = (xs: tf.Tensor) => scan((s: tf.Tensor, x: tf.Tensor) => ({ carry: s.add(x), kept: {} }), tf.scalar(0), xs).carry;
    expect(() => grad(sum)(tf.ones([3]))).toThrow(
      'scan: no gradient flows through a loop; call it in the forward and the backward of a layer',
    );
    const step = (s: tf.Tensor) => ({ carry: s.expandDims(), kept: {} });
    expect(() => scan(step, tf.scalar(0), tf.ones([3]))).toThrow(
      'scan: a step gives a carry of the form it was given: got * float32[], gave * float32[1]',
    );
    expect(() => scan(step, tf.scalar(0), [tf.ones([3]), tf.ones([2])])).toThrow('of one length of at least 1 are needed, got [3],[2]');
  });
});
