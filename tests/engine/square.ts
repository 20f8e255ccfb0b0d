import type * as tf from '@tensorflow/tfjs';
import { compile } from '../../src/tensor/compile.js';

const square = compile((x: tf.Tensor) => x.square());
console.log(JSON.stringify({ value: (await square(3)).item(), program: square.programs[0] }));
