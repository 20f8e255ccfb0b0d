import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { interpret } from '../interpret/interpret.js';
import { trace } from './trace.js';

const float = (...shape: number[]) => ({ shape, dtype: 'float32' as const });
const int = (...shape: number[]) => ({ shape, dtype: 'int32' as const });
const ops = (graph: { nodes: readonly { op: string }[] }) => graph.nodes.map((node) => node.op);
const run = (fn: (...x: tf.Tensor[]) => tf.Tensor, ...data: number[][]) =>
  Array.from(
    interpret(
      trace(
        (...x) => [fn(...x)],
        data.map((d) => float(d.length)),
      ),
      data.map((d) => Float64Array.from(d)),
    )[0],
  );

beforeAll(() => tf.setBackend('cpu'));

describe('trace', () => {
  it('names inputs and outputs, and keeps only what the outputs need', () => {
    const graph = trace(
      (x, y) => {
        x.mul(y);
        return [x.add(y), y];
      },
      [float(2), float(2)],
    );
    expect(graph.inputs.map((v) => v.name)).toEqual(['in0', 'in1']);
    expect(graph.outputs.map((v) => v.name)).toEqual(['out0', 'out1']);
    expect(ops(graph)).toEqual(['Add', 'Identity']);
  });

  it('writes a common subexpression once', () => {
    expect(ops(trace((x) => [x.exp().sum(), tf.exp(x).max()], [int(3)])).filter((op) => op === 'Exp')).toHaveLength(1);
    const graph = trace((x, y) => [x.sub(y).square().add(tf.squaredDifference(x, y))], [float(3), float(3)]);
    expect(ops(graph)).toEqual(['Sub', 'Mul', 'Add']);
  });

  it('keeps repeated numbers and broadcasts small until something needs them in full', () => {
    const graph = trace(
      (x) => [
        tf
          .ones([1000, 1000])
          .mul(x.reshape([1, 1000]))
          .mul(2),
      ],
      [float(1000)],
    );
    expect(ops(graph)).toEqual(['Mul', 'Expand']);
    expect(graph.constants.every(({ data }) => data.length <= 2)).toBe(true);
  });

  it('computes what is known while tracing', () => {
    const graph = trace(
      () => [
        tf
          .fill([4, 4], 3)
          .add(tf.ones([4, 4]))
          .sqrt()
          .mul(2)
          .sum(0),
      ],
      [],
    );
    expect(ops(graph)).toEqual(['Expand']);
    expect(Array.from(interpret(graph, [])[0])).toEqual([16, 16, 16, 16]);
  });

  it('gives zeros for a product or a sum of nothing, whatever it is called', () => {
    const nothing = [float(1, 2, 0), float(1, 0, 3)];
    const of = (fn: (x: tf.Tensor, y: tf.Tensor) => tf.Tensor) =>
      Array.from(
        interpret(
          trace((x, y) => [fn(x, y)], nothing),
          nothing.map(() => new Float64Array()),
        )[0],
      );
    expect(of((x, y) => tf.einsum('bij,bjk->bik', x, y))).toEqual([0, 0, 0, 0, 0, 0]);
    expect(of((x, y) => tf.einsum('bij,bjk->', x, y))).toEqual([0]);
    expect(of((x, y) => x.matMul(y))).toEqual([0, 0, 0, 0, 0, 0]);
    expect(of((x, y) => tf.dot(x.flatten(), y.flatten()))).toEqual([0]);
  });

  it('takes the axis of a cumulative product from the end too', () => {
    expect(run((x) => x.reshape([2, 2]).cumprod(-1), [2, 3, 4, 5])).toEqual([2, 6, 4, 20]);
    expect(run((x) => x.reshape([2, 2]).cumprod(-2), [2, 3, 4, 5])).toEqual([2, 3, 8, 15]);
  });

  it('reshapes back and forth without a node', () => {
    expect(ops(trace((x) => [x.reshape([3, 4]).expandDims(0).reshape([2, 6]).squeeze().flatten().add(1)], [float(12)]))).toEqual(['Add']);
    expect(ops(trace((x) => [x.transpose([1, 0, 2]).transpose([1, 0, 2]).add(1)], [float(2, 3, 4)]))).toEqual(['Add']);
  });

  it('writes products of matrices with their transposes as Gemm, and sums as sums', () => {
    const product = trace((x, y) => [x.matMul(y, true, true)], [float(5, 4), float(3, 5)]);
    expect(product.nodes.map(({ op, attributes }) => ({ op, attributes }))).toEqual([{ op: 'Gemm', attributes: { transA: 1, transB: 1 } }]);
    expect(ops(trace((x) => [x.sum(0)], [float(64, 3)]))).toEqual(['ReduceSum']);
    expect(ops(trace((x, w) => [x.matMul(w)], [float(8, 5, 4), float(1, 4, 3)]))).toEqual(['Reshape', 'Reshape', 'Gemm', 'Reshape']);
  });

  it('contracts two tensors by one matrix product', () => {
    const scores = (q: tf.Tensor, k: tf.Tensor) => tf.einsum('bthd,bshd->bhts', q, k);
    expect(
      ops(trace((q, k) => [scores(q, k)], [float(2, 5, 4, 3), float(2, 6, 4, 3)])).filter((op) => op === 'MatMul' || op === 'ReduceSum'),
    ).toEqual(['MatMul']);
    const [q, k] = [tf.randomNormal([2, 5, 4, 3]), tf.randomNormal([2, 6, 4, 3])];
    const [got] = interpret(
      trace((q, k) => [scores(q, k)], [q, k] as never),
      [q, k].map((t) => Float64Array.from(t.dataSync())),
    );
    const expected = tf.matMul(q.transpose([0, 2, 1, 3]), k.transpose([0, 2, 3, 1])).dataSync();
    expect(Math.max(...expected.map((x, i) => Math.abs(x - got[i])))).toBeLessThan(1e-5);
    tf.dispose([q, k]);
  });

  // The design's workload W1: 32→128→128→1 ReLU, mean squared error, batch 256, Adam on one flat vector. The prototype needs 68 nodes.
  it('needs at most 68 nodes for a training step of the MLP', () => {
    const shapes = [[32, 128], [128], [128, 128], [128], [128, 1], [1]];
    const sizes = shapes.map((shape) => shape.reduce((a, b) => a * b, 1));
    const total = sizes.reduce((a, b) => a + b, 0);
    const loss = ([w1, b1, w2, b2, w3, b3]: tf.Tensor[], x: tf.Tensor, y: tf.Tensor) => {
      const h1 = tf.relu(x.matMul(w1).add(b1));
      return tf.losses.meanSquaredError(y, h1.matMul(w2).add(b2).relu().matMul(w3).add(b3)) as tf.Scalar;
    };
    const step = (p: tf.Tensor, m: tf.Tensor, v: tf.Tensor, t: tf.Tensor, x: tf.Tensor, y: tf.Tensor) => {
      const t1 = t.add(1);
      const parts = tf.split(p, sizes, 0).map((part, i) => part.reshape(shapes[i]));
      const { value, grads } = tf.valueAndGrads((...ps: tf.Tensor[]) => loss(ps, x, y))(parts);
      const g = tf.concat(grads.map((grad) => grad.flatten()));
      const c1 = tf.sub(1, tf.pow(0.9, t1));
      const c2 = tf.sqrt(tf.sub(1, tf.pow(0.999, t1)));
      const m1 = m.add(g.sub(m).mul(0.1));
      const v1 = v.add(g.square().sub(v).mul(0.001));
      const p1 = p.sub(
        c2
          .mul(1e-3)
          .div(c1)
          .mul(m1.div(v1.sqrt().add(c2.mul(1e-8)))),
      );
      return [p1, m1, v1, t1, value];
    };
    const graph = trace(step as (...x: tf.Tensor[]) => tf.Tensor[], [
      float(total),
      float(total),
      float(total),
      float(),
      float(256, 32),
      float(256, 1),
    ]);
    expect(graph.nodes.length).toBeLessThanOrEqual(68);
  });

  it('holds the values that captured tensors had', () => {
    const captured = tf.tensor1d([1, 2, 3]);
    const graph = trace((x) => [x.mul(captured).add(captured.clone())], [float(3)]);
    expect(Array.from(interpret(graph, [Float64Array.of(10, 10, 10)])[0])).toEqual([11, 22, 33]);
    expect(graph.captured.map(({ tensor }) => tensor)).toEqual([captured]);
    expect(Array.from(captured.dataSync())).toEqual([1, 2, 3]);
    captured.dispose();
  });

  it('leaves no tensor and no backend behind, also where the function throws', () => {
    const before = tf.memory().numTensors;
    trace((x) => [tf.grad((y: tf.Tensor) => y.square().sum())(x)], [float(3)]);
    expect(() => trace((x) => [x.matMul(x)], [float(3, 2)])).toThrow('inner dimensions differ');
    expect(() => trace(() => { throw new Error('mine'); }, [])).toThrow('mine'); // biome-ignore format: one line
    expect(tf.getBackend()).toBe('cpu');
    expect(tf.memory().numTensors).toBe(before);
    expect(tf.add(1, 2).arraySync()).toBe(3);
  });

  it('refuses what is no function from tensors to tensors', () => {
    const asynchronous = (async (x: tf.Tensor) => [x]) as unknown as (x: tf.Tensor) => tf.Tensor[];
    expect(() => trace(asynchronous, [float(3)])).toThrow('compile takes a synchronous function, got an async one');
    expect(() => trace((() => [1]) as unknown as () => tf.Tensor[], [])).toThrow('a traced function returns tensors, got number');
    expect(() => trace((x) => [tf.complex(x, x)], [float(4)])).toThrow(
      'Complex cannot be compiled: complex numbers and Fourier transforms',
    );
    expect(() => trace(() => [tf.tensor1d(['a'])], [])).toThrow('a compiled graph holds float32, int32 and bool tensors, got string');
  });
});

describe('asking a traced tensor for its value', () => {
  const line = (error: unknown) => Number(/trace\.test\.ts:(\d+)/.exec((error as Error).message)?.[1]);
  const here = () => Number(/trace\.test\.ts:(\d+)/.exec(new Error().stack!.split('\n')[2])?.[1]);
  const failure = (fn: (x: tf.Tensor) => unknown) => {
    try {
      trace((x) => [fn(x) as tf.Tensor], [float()]);
    } catch (error) {
      return error as Error;
    }
    throw new Error('nothing was thrown');
  };

  it('names the line and what to use instead', () => {
    const error = failure((x) => x.square().dataSync());
    const expected = here() - 1;
    expect(line(error)).toBe(expected);
    expect(error.message).toContain('asks for the value of a traced tensor [] float32 (dataSync()), which has none yet');
    expect(error.message).toContain('use tf.where(condition, a, b)');
    expect(error.message).toContain('return it from the compiled function');
    expect(error.message).toContain('split the function in two here');
  });

  it('does so for comparisons, conversions and promises', () => {
    expect(failure((x) => ((x as unknown as number) < 3 ? x : x)).message).toContain('(a comparison, a template string or print())');
    expect(failure((x) => `${x}`).message).toContain('(a comparison, a template string or print())');
    expect(failure((x) => x.arraySync()).message).toContain('(arraySync())');
    expect(failure((x) => [x.data(), x][1]).message).toContain('(data())');
    expect(failure(async (x) => (await x.array()) ?? x).message).toContain('(array())');
  });

  it('gives the value of a tensor that does not depend on the arguments', () => {
    const graph = trace((x) => [x.mul(tf.tensor1d([2, 5]).dataSync()[1])], [float()]);
    expect(Array.from(interpret(graph, [Float64Array.of(3)])[0])).toEqual([15]);
  });
});

describe('the plainest operator for each function', () => {
  it.each<[string, (x: tf.Tensor, y: tf.Tensor) => tf.Tensor, string[]]>([
    ['relu', (x) => x.relu(), ['Relu']],
    ['clipByValue', (x) => x.clipByValue(0, 1), ['Clip']],
    ['relu6', (x) => tf.relu6(x), ['Clip']],
    ['maximum', (x, y) => x.maximum(y), ['Max']],
    ['minimum', (x, y) => x.minimum(y), ['Min']],
    ['exp', (x) => x.exp(), ['Exp']],
    ['abs', (x) => x.abs(), ['Abs']],
    ['greater', (x, y) => x.greater(y), ['Greater']],
    ['greaterEqual', (x, y) => x.greaterEqual(y), ['GreaterOrEqual']],
    ['cast to bool', (x) => x.cast('bool'), ['Cast']],
    ['where of integers', (x, y) => tf.where(x.less(y), tf.scalar(1, 'int32'), tf.scalar(2, 'int32')), ['Less', 'Where']],
    ['max', (x) => x.max(), ['ReduceMax']],
    ['mean', (x) => x.mean(), ['ReduceMean']],
    ['softmax', (x) => x.softmax(), ['Softmax']],
    ['topk', (x) => tf.topk(x, 2).values, ['TopK']],
    [
      'a matrix product and its bias',
      (x, y) =>
        x
          .reshape([16, 4])
          .matMul(y.reshape([4, 16]))
          .add(x.slice(0, 16)),
      ['Reshape', 'Reshape', 'Gemm', 'Slice', 'Add'],
    ],
  ])('%s', (_, fn, expected) => {
    expect(ops(trace((x, y) => [fn(x, y)], [float(64), float(64)])).sort()).toEqual(expected.sort());
  });
});

describe('semantics that tfjs-core’s tests do not reach', () => {
  it('reduces lazy broadcasts as if they were written out', () => {
    const wide = (x: tf.Tensor) => x.reshape([3, 1]).mul(tf.ones([3, 4]));
    expect(run((x) => wide(x).sum(), [1, 2, 3])).toEqual([24]);
    expect(run((x) => wide(x).mean(1), [1, 2, 3])).toEqual([1, 2, 3]);
    expect(run((x) => wide(x).sum(0), [1, 2, 3])).toEqual([6, 6, 6, 6]);
    expect(run((x) => x.broadcastTo([5, 3]).mean(0, true), [1, 2, 3])).toEqual([1, 2, 3]);
    expect(run((x) => wide(x).max(1), [1, 2, 3])).toEqual([1, 2, 3]);
  });

  it('divides integers exactly beyond 2²⁴, rounding down', () => {
    const graph = trace((x, y) => [tf.floorDiv(x, y), x.mod(y)], [int(4), int(4)]);
    const [quotient, remainder] = interpret(graph, [Int32Array.of(16777219, -7, 7, 5), Int32Array.of(2, 2, -2, 0)]);
    expect(Array.from(quotient)).toEqual([8388609, -4, -4, 0]);
    expect(Array.from(remainder)).toEqual([1, 1, -1, 0]);
  });

  it('folds integers with wrap-around and floats in double precision', () => {
    const sum = (dtype: 'int32' | 'float32', x: number) =>
      interpret(
        trace(() => [tf.scalar(x, dtype).add(tf.scalar(1, dtype))], []),
        [],
      )[0][0];
    expect(sum('int32', 2147483647)).toBe(-2147483648);
    expect(sum('float32', 2 ** 24)).toBe(2 ** 24 + 1);
  });

  it('passes NaN through products with zero, which are not folded', () => {
    expect(run((x) => x.mul(0), [Number.NaN, Number.POSITIVE_INFINITY, 1])).toEqual([Number.NaN, Number.NaN, 0]);
  });

  it('never hands an empty tensor to a node', () => {
    const graph = trace(
      (x) => [
        tf.concat([x, tf.zeros([0, 3])]),
        tf.zeros([0, 3]).sum(0),
        x.slice([0, 0], [0, 3]).max(),
        tf.zeros([2, 0]).matMul(tf.zeros([0, 3])),
      ],
      [float(2, 3)],
    );
    expect(graph.nodes.flatMap((node) => node.inputs).every((value) => value && !value.shape.includes(0))).toBe(true);
    const [joined, sum, max, product] = interpret(graph, [Float64Array.of(1, 2, 3, 4, 5, 6)]);
    expect(Array.from(joined)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(Array.from(sum)).toEqual([0, 0, 0]);
    expect(Array.from(max)).toEqual([Number.NEGATIVE_INFINITY]);
    expect(Array.from(product)).toEqual([0, 0, 0, 0, 0, 0]);
  });
});
