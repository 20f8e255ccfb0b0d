import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { trace } from '../trace/trace.js';
import { describeOnnx } from './decode.js';
import { toOnnx } from './emit.js';

const float = (...shape: number[]) => ({ shape, dtype: 'float32' as const });
const int = (...shape: number[]) => ({ shape, dtype: 'int32' as const });

/** One function per family of operators, gradients included. */
const GRAPHS = {
  network: trace(
    (x, w, b) => tf.grads((x, w, b) => tf.relu(x.matMul(w).add(b)).square().mean())([x, w, b]),
    [float(16, 4), float(4, 3), float(3)],
  ),
  attention: trace((q, k, v) => [tf.softmax(q.matMul(k, false, true)).matMul(v)], [float(2, 4, 8), float(2, 5, 8), float(2, 5, 3)]),
  convolution: trace(
    (x, w) => tf.grads((x, w) => tf.maxPool(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, [2, 1], 'same'), 2, 2, 'valid').sum())([x, w]),
    [float(2, 9, 8, 3), float(3, 3, 3, 5)],
  ),
  indexing: trace(
    (x, i) => [
      tf.gather(x, i, 1),
      tf.topk(x, 2).indices,
      tf.oneHot(i, 5),
      tf.unsortedSegmentSum(x, i as tf.Tensor1D, 3),
      x.cumsum(0),
      x.pad([
        [1, 0],
        [0, 2],
      ]),
    ],
    [float(4, 6), int(4)],
  ),
  logic: trace(
    (x, y) => [tf.where(x.greater(y), x, y).argMax(1), x.equal(y).any(), x.mod(y), x.toInt().div(y.toInt())],
    [float(3, 4), float(3, 4)],
  ),
};

describe('toOnnx', () => {
  it('writes files that the official checker accepts, with all shapes inferred', (context) => {
    const python = join(import.meta.dirname, '../../../.venv/bin/python');
    if (!existsSync(python) && !process.env.CI) context.skip('.venv is absent: npm start makes it');
    const folder = mkdtempSync(join(tmpdir(), 'onnx-'));
    const files = Object.entries(GRAPHS).map(([name, graph]) => {
      writeFileSync(join(folder, `${name}.onnx`), toOnnx(graph));
      return join(folder, `${name}.onnx`);
    });
    const layer = (length: number) => trace((x) => [tf.softmax(x).sum(0)], [float(length, 7)]);
    writeFileSync(join(folder, 'batch.onnx'), toOnnx(layer(4), { dynamicBatch: layer }));
    files.push(join(folder, 'batch.onnx'));
    const check = 'import onnx, sys\nfor file in sys.argv[1:]: onnx.checker.check_model(file, full_check=True)';
    const { status, stderr } = spawnSync(python, ['-c', check, ...files], { encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  it('writes the same bytes for the same function', () => {
    const once = () => toOnnx(trace((x) => [x.square().add(1).log()], [float(3)]));
    expect(Buffer.compare(once(), once())).toBe(0);
  });

  it('names inputs and outputs, and says who wrote it', () => {
    const graph = trace((x, n) => [x.mul(2), n.add(tf.scalar(1, 'int32'))], [float(2, 3), int()]);
    const bytes = toOnnx(graph, { inputNames: ['prices', 'day'], outputNames: ['weights', 'next'], metadata: { model: 'ridge' } });
    expect(describeOnnx(bytes)).toEqual({
      producer: 'lemmata',
      irVersion: 9,
      opset: 18,
      metadata: { model: 'ridge' },
      inputs: [
        { name: 'prices', dtype: 'float32', shape: [2, 3] },
        { name: 'day', dtype: 'int32', shape: [] },
      ],
      outputs: [
        { name: 'weights', dtype: 'float32', shape: [2, 3] },
        { name: 'next', dtype: 'int32', shape: [] },
      ],
      operators: { Mul: 1, Add: 1 },
    });
  });

  it('refuses names that do not name one thing each', () => {
    const graph = trace((x) => [x.exp().sum()], [float(3)]);
    expect(() => toOnnx(graph, { inputNames: ['a', 'b'] })).toThrow('toOnnx: 2 input names for 1 inputs; name every one, in order');
    expect(() => toOnnx(graph, { inputNames: ['a'], outputNames: ['a'] })).toThrow("toOnnx: 'a' names two things");
    expect(() => toOnnx(graph, { inputNames: ['t0'] })).toThrow("toOnnx: 't0' is the name of a value inside the graph; choose another");
  });
});

describe('describeOnnx', () => {
  const bytes = toOnnx(GRAPHS.network);

  it('says of a file cut short that it is not whole', () => {
    expect(() => describeOnnx(bytes.slice(0, bytes.length - 7))).toThrow(
      /^these \d+ bytes are not a whole ONNX model \(.+\): the file was cut short or is of another kind; export it again$/,
    );
  });

  it('says so of other files too', () => {
    expect(() => describeOnnx(new TextEncoder().encode('<!doctype html>'))).toThrow('not a whole ONNX model');
    expect(() => describeOnnx(new Uint8Array())).toThrow('these 0 bytes are not a whole ONNX model (it holds no graph with outputs)');
  });
});
