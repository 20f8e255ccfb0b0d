// A loop of long steps that nothing in the loop interrupts: only the signal of the running notebook cell, here aborted by SIGINT.
import type * as tf from '@tensorflow/tfjs';
import { type DeviceTensor, fromArray } from '../../src/tensor/buffers/device-tensor.js';
import { compile } from '../../src/tensor/compile.js';

const runtime = process.argv[2] as 'openvino' | 'onnxruntime';
const abort = new AbortController();
(globalThis as Record<symbol, unknown>)[Symbol.for('lemmata.abort')] = abort.signal;
let heard = 0;
process.on('SIGINT', () => {
  heard = Date.now();
  abort.abort(new Error('interrupted'));
});

const SIZE = 512;
const step = compile(
  (state: { x: tf.Tensor2D; steps: tf.Tensor }) => {
    let x: tf.Tensor = state.x;
    for (let i = 0; i < 40; i++) x = x.matMul(state.x).sigmoid();
    return { x: x.mul(0) as tf.Tensor2D, steps: state.steps.add(1) };
  },
  { runtime, donate: [0], threads: 1 },
);
let state: { x: DeviceTensor; steps: DeviceTensor } = {
  x: fromArray(new Float32Array(SIZE * SIZE), [SIZE, SIZE]),
  steps: fromArray([0], []),
};
let steps = 0;
let duration = 0;
try {
  for (;;) {
    const start = performance.now();
    state = await step(state);
    duration = performance.now() - start;
    if (++steps === 3) console.log('ready');
  }
} catch (error) {
  const back = Date.now();
  (globalThis as Record<symbol, unknown>)[Symbol.for('lemmata.abort')] = undefined; // the next cell
  const kept = state.steps.item();
  const next = (await step(state)).steps.item();
  console.log(JSON.stringify({ message: (error as Error).message, steps, kept, next, duration, heard, back }));
}
