import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { compile } from './compile.js';
import { describeOnnx } from './onnx/decode.js';

const SRC = join(import.meta.dirname, '..');
const VENDORS = /openvino|onnx ?runtime|webgpu|\bcuda\b|\bmlas\b|\bonednn\b|\bcpu provider\b|\bort\b/i;

describe('the graph is neutral', () => {
  it('what records it, writes it and calls it names no vendor, not even in a comment', () => {
    const files = ['tensor/graph', 'tensor/trace', 'tensor/onnx', 'tensor/interpret', 'tensor/specialise', 'nn'].flatMap((room) =>
      globSync(`${room}/**/*.ts`, { cwd: SRC }),
    );
    expect(files.length).toBeGreaterThan(100);
    const named = files
      .filter((file) => !file.endsWith('.test.ts'))
      .flatMap((file) =>
        readFileSync(join(SRC, file), 'utf8')
          .split('\n')
          .flatMap((line, i) => (VENDORS.test(line) ? [`${file}:${i + 1} ${line.trim()}: move it to tensor/runtime/<vendor>/lower`] : [])),
      );
    expect(named).toEqual([]);
  });

  it('is the plain model in the file, whatever ran it', async () => {
    const layer = (x: tf.Tensor) => {
      const h = x
        .matMul(tf.ones([3, 2]))
        .add([1, 2])
        .relu();
      return tf.where(h.greater(1), h.exp(), h.maximum(h.neg())).clipByValue(0, 6).max();
    };
    const files = await Promise.all(
      (['openvino', 'onnxruntime'] as const).map(async (runtime) => {
        const compiled = compile(layer, { runtime });
        await compiled({ data: new Float32Array(6), shape: [2, 3] });
        return compiled.toOnnx();
      }),
    );
    expect(files[0]).toEqual(files[1]);
    expect(describeOnnx(files[0]).operators).toEqual({
      Gemm: 1,
      Expand: 1,
      Add: 1,
      Relu: 1,
      Greater: 1,
      Exp: 1,
      Neg: 1,
      Max: 1,
      Where: 1,
      Clip: 1,
      ReduceMax: 1,
    });
  });
});
