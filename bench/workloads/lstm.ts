import type * as tf from '@tensorflow/tfjs';
import { split } from '../../src/base/random.js';
import { initLinear, initLstm, type LinearParams, type LstmParams, linear, lstmLast, meanSquaredError } from '../../src/nn/index.js';
import { gaussian, type Numbers, type Tensors, type Workload } from './workload.js';

interface Params {
  readonly lstm: LstmParams<Numbers>;
  readonly out: LinearParams<Numbers>;
}

const predict = ({ lstm, out }: Tensors<Params>, x: tf.Tensor) => linear(out, lstmLast(lstm, x));

export const W2: Workload<Params, { x: Numbers; y: Numbers }> = {
  id: 'W2',
  title: 'LSTM 64, x [64,32,16]',
  steps: 50,
  make(key) {
    const [recurrent, last, x, y] = split(key, 4);
    return {
      params: { lstm: initLstm(recurrent, { inputs: 16, width: 64 }), out: initLinear(last, { inputs: 64, outputs: 1 }) },
      batch: { x: gaussian(x, 64, 32, 16), y: gaussian(y, 64, 1) },
    };
  },
  loss: (params, { x, y }) => meanSquaredError(predict(params, x), y),
  predict,
};
