// Squares 3 on the device that is named; prints what came of it, and what `devices` says of the device.
import type * as tf from '@tensorflow/tfjs';
import { compile } from '../../src/tensor/compile.js';
import { devices } from '../../src/tensor/runtime/devices.js';

const device = process.argv[2] as 'webgpu' | 'cuda';
const outcome = await compile((x: tf.Tensor) => x.square(), { device })(3).then(
  (y) => y.item(),
  (error: Error) => error.message,
);
const { available, detail } = devices().find(({ name }) => name === `ONNX Runtime, ${device}`)!;
console.log(JSON.stringify({ outcome, available, detail }));
