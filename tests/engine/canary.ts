// Drops every reference to what a runtime writes to, forces collections, runs on, and looks whether innocent arrays changed.
import type * as tf from '@tensorflow/tfjs';
import { type DeviceTensor, fromArray } from '../../src/tensor/buffers/device-tensor.js';
import { compile } from '../../src/tensor/compile.js';

const runtime = process.argv[2] as 'openvino' | 'onnxruntime';
const SIZE = 20_000;
const canaries: Float32Array[] = [];
const step = compile((state: tf.Tensor, x: tf.Tensor) => ({ state: state.mul(0.5).add(x), large: state.add(1), small: state.sum() }), {
  runtime,
  donate: [0],
});

let state: DeviceTensor = fromArray(new Float32Array(SIZE), [SIZE]);
for (let i = 0; i < 1000; i++) {
  ({ state } = await step(state, fromArray(new Float32Array(SIZE).fill(1), [SIZE]))); // the batch, the other results and the old state are dropped
  if (i % 10 === 0) {
    globalThis.gc!();
    await new Promise((resolve) => setImmediate(resolve));
    canaries.push(new Float32Array(SIZE).fill(i), new Float32Array(16).fill(i)); // where the collected ones were
  }
}
const changed = canaries.filter((canary) => canary.some((x) => x !== canary[0])).length;
console.log(JSON.stringify({ changed, canaries: canaries.length, last: state.data()[SIZE - 1] }));
