import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { key, normal } from '../../base/random.js';
import { compile } from '../compile.js';
import type { Program } from '../runtime/runtime.js';
import { trace } from '../trace/trace.js';
import { canAlias, survivesAliasing } from './aliasing.js';
import { DeviceTensor, fromArray } from './device-tensor.js';

type Step = (...state: tf.Tensor[]) => tf.Tensor[];

/** Whether output j may take the memory of input j. */
function allowed(step: Step, ...shapes: number[][]): boolean[] {
  const graph = trace(
    step,
    shapes.map((shape) => ({ shape, dtype: 'float32' })),
  );
  const may = canAlias(graph);
  return graph.inputs.map((input, j) => may(input.name, graph.outputs[j].name));
}

describe('an output may overwrite an input', () => {
  it('where the old value is needed for the new one only: momentum and its weights', () => {
    const gradient = (w: tf.Tensor) => w.reshape([2, 2]).matMul(tf.eye(2)).reshape([4]);
    const momentum: Step = (w, m) => {
      const next = m.mul(0.9).add(gradient(w));
      return [w.sub(next.mul(0.1)), next];
    };
    expect(allowed(momentum, [4], [4])).toEqual([true, true]);
  });

  it('where it is what was there', () => {
    expect(allowed((a, b) => [a, b.add(a.sum())], [4], [4])).toEqual([true, true]);
  });

  it.each<[string, Step]>([
    ['another output still needs the old value', (a, b) => [a.mul(0.5), b.add(a)]],
    ['another output is the old value', (a) => [a.mul(0.5), a]],
    ['another output is a part of the old value', (a) => [a.mul(0.5), a.slice(0, 2)]],
    ['it is no element-wise result', (a, b) => [a.reshape([2, 2]).matMul(tf.eye(2)).reshape([4]), b]],
    ['its loop reads one element at every index', (a, b) => [a.mul(a.slice(0, 1)), b]],
    ['its loop reads at other indices', (a, b) => [a.add(a.reverse()), b]],
    [
      'a renamed old value is read by something else',
      (a, b) => [
        a.mul(0.5),
        b.add(
          a
            .reshape([2, 2])
            .matMul(tf.ones([2, 1]))
            .sum(),
        ),
      ],
    ],
  ])('but not where %s', (_, step) => {
    expect(allowed(step, [4], [4])[0]).toBe(false);
  });
});

const N = 37; // no multiple of a vector's width

/** Ways to make one vector of two. */
const MIXES: readonly ((a: tf.Tensor, b: tf.Tensor) => tf.Tensor)[] = [
  (a, b) => a.add(b),
  (a, b) => a.mul(b.tanh()),
  (a, b) => a.sub(b.reverse()),
  (a, b) => a.add(b.mean()),
  (a, b) => tf.concat([b.slice(5), a.slice(0, 5)]),
  (a, b) => a.mul(0.5).add(b.slice(3, 1)),
  (a, b) => tf.outerProduct(a as tf.Tensor1D, b as tf.Tensor1D).mean(1),
  (a, b) =>
    a.sub(
      tf
        .outerProduct(a as tf.Tensor1D, b as tf.Tensor1D)
        .matMul(b.reshape([N, 1]))
        .reshape([N]),
    ),
  (a, b) => tf.where(a.greater(b), a, b.mul(0.3)),
  (a, b) => a.reshape([1, N]).softmax().reshape([N]).add(b),
  (_, b) => b,
];

describe('a program that writes over its inputs', () => {
  const x = { name: 'x', shape: [4], dtype: 'float32' } as const;

  /** y = x + 1 on an array of its own, or with its first result where y will be. */
  const adder = (early: boolean): Program => ({
    bind: ([from], [to]) => ({
      inputs: [from],
      outputs: [to],
      setInput: () => {},
      setOutput: () => {},
      run: () => {},
      async start() {
        if (early) to.data.fill(1);
        const ones = early ? to.data : [1, 1, 1, 1];
        for (let i = 0; i < 4; i++) to.data[i] = from.data[i] + ones[i];
      },
      release: () => {},
    }),
    release: () => {},
  });

  it('is found out when it puts something else there first', async () => {
    expect(await survivesAliasing(adder(false), [x], [x], [0])).toBe(true);
    expect(await survivesAliasing(adder(true), [x], [x], [0])).toBe(false);
    expect(await survivesAliasing(adder(true), [x], [x], [-1])).toBe(true);
  });

  // OpenVINO's softmax writes to where the sum will be.
  it('is given arrays apart instead', async () => {
    const step = compile((a: tf.Tensor, b: tf.Tensor) => b.softmax().add(a), { runtime: 'openvino', donate: [0] });
    const y = await step(fromArray([1, 2, 3, 4], [1, 4]), fromArray([0, 0, 0, 0], [1, 4]));
    expect([...y.data()]).toEqual([1.25, 2.25, 3.25, 4.25]);
  });
});

describe('a donated state', () => {
  it('has the same bits as one that is kept, whatever the step reads and in whatever order', async () => {
    const node = fc.tuple(fc.nat(MIXES.length - 1), fc.nat(100), fc.nat(100));
    const recipe = fc.tuple(fc.array(node, { minLength: 1, maxLength: 6 }), fc.tuple(fc.nat(100), fc.nat(100), fc.nat(100)));
    await fc.assert(
      fc.asyncProperty(recipe, async ([nodes, picks]) => {
        const step = (state: { a: tf.Tensor; b: tf.Tensor; c: tf.Tensor }) => {
          const made: tf.Tensor[] = [state.a, state.b, state.c];
          for (const [mix, i, j] of nodes) made.push(MIXES[mix](made[i % made.length], made[j % made.length]));
          const [a, b, c] = picks.map((pick) => made[made.length - 1 - (pick % made.length)]);
          return { a, b, c };
        };
        const [giving, keeping] = [compile(step, { runtime: 'openvino', donate: [0] }), compile(step, { runtime: 'openvino' })];
        const vector = (shift: number) => Float32Array.from({ length: N }, (_, i) => Math.sin(i + shift));
        const start = () => ({ a: fromArray(vector(0), [N]), b: fromArray(vector(1), [N]), c: fromArray(vector(2), [N]) });
        let [given, kept]: Record<'a' | 'b' | 'c', DeviceTensor>[] = [start(), start()];
        for (let i = 0; i < 3; i++) [given, kept] = [await giving(given as never), await keeping(kept as never)];
        for (const name of ['a', 'b', 'c'] as const) expect(given[name].data()).toEqual(kept[name].data());
        giving.release();
        keeping.release();
      }),
      { numRuns: 60, seed: 20_260_101 },
    );
  });

  // A product over many rows adds up in the array that it writes; what is then subtracted from must not be that array.
  it.each([1, 2])('has the same bits where it takes a long product in, on %i threads', async (threads) => {
    const step = (w: tf.Tensor, x: tf.Tensor) => w.sub(x.matMul(x.matMul(w), true, false).mul(1e-5));
    const [w, x] = [normal(key(1), [96, 96]), normal(key(2), [6000, 96])];
    const [giving, keeping] = [
      compile(step, { runtime: 'openvino', threads, donate: [0] }),
      compile(step, { runtime: 'openvino', threads }),
    ];
    let [given, kept] = [w as never, w as never] as DeviceTensor[];
    for (let i = 0; i < 3; i++) [given, kept] = [await giving(given, x), await keeping(kept, x)];
    expect(given.data()).toEqual(kept.data());
  });

  it('keeps its memory from step to step, unless something else reads it', async () => {
    const step = compile((x: tf.Tensor) => x.add(1), { runtime: 'openvino', donate: [0] });
    const x = fromArray(new Float32Array(2000), [2000]);
    const memory = DeviceTensor.memoryOf(x);
    const second = await step(await step(x));
    expect(second.data()[1999]).toBe(2);
    expect(DeviceTensor.memoryOf(second)).toBe(memory);
    const both = compile((s: { a: tf.Tensor; b: tf.Tensor }) => ({ a: s.a.add(1), b: s.b.add(2) }), { runtime: 'openvino', donate: [0] });
    const { a, b } = await both({ a: second, b: second });
    expect([a.data()[7], b.data()[7]]).toEqual([3, 4]);
  });
});
