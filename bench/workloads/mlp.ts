import type * as tf from '@tensorflow/tfjs';
import { fold, type Key, split } from '../../src/base/random.js';
import { initLinear, type LinearParams, linear, meanSquaredError, relu } from '../../src/nn/index.js';
import { gaussian, type Numbers, type Workload } from './workload.js';

export interface MlpParams<T = Numbers> {
  readonly layers: readonly LinearParams<T>[];
}

export const initMlp = (key: Key, widths: readonly number[]): MlpParams => ({
  layers: widths.slice(1).map((outputs, i) => initLinear(fold(key, i), { inputs: widths[i], outputs })),
});

export const mlp = ({ layers }: MlpParams<tf.Tensor>, x: tf.Tensor): tf.Tensor =>
  layers.reduce((h, layer, i) => (i === 0 ? linear(layer, h) : linear(layer, relu(h))), x);

const mlpOf = (id: string, title: string, B: number, widths: readonly number[]): Workload<MlpParams, { x: Numbers; y: Numbers }> => ({
  id,
  title,
  steps: 50,
  make(key) {
    const [weights, x, y] = split(key, 3);
    return { params: initMlp(weights, widths), batch: { x: gaussian(x, B, widths[0]), y: gaussian(y, B, 1) } };
  },
  loss: (params, { x, y }) => meanSquaredError(mlp(params, x), y),
  predict: mlp,
});

export const W1 = mlpOf('W1', 'MLP 32→128→128→1, batch 256', 256, [32, 128, 128, 1]);
/** Many layers, for the time to compile them. */
export const W1x200 = mlpOf('W1x200', 'MLP of 200 layers 64→…→64→1, batch 64', 64, [...new Array(200).fill(64), 1]);
