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

export const W1: Workload<MlpParams, { x: Numbers; y: Numbers }> = {
  id: 'W1',
  title: 'MLP 32→128→128→1, batch 256',
  steps: 50,
  make(key) {
    const [weights, x, y] = split(key, 3);
    return { params: initMlp(weights, [32, 128, 128, 1]), batch: { x: gaussian(x, 256, 32), y: gaussian(y, 256, 1) } };
  },
  loss: (params, { x, y }) => meanSquaredError(mlp(params, x), y),
  predict: mlp,
};
