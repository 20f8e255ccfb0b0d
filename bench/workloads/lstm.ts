import type * as tf from '@tensorflow/tfjs';
import { split } from '../../src/base/random.js';
import { initLinear, initLstm, type LinearParams, type LstmParams, linear, lstmLast, meanSquaredError } from '../../src/nn/index.js';
import { gaussian, type Numbers, type Tensors, type Workload } from './workload.js';

interface Params {
  readonly lstm: LstmParams<Numbers>;
  readonly out: LinearParams<Numbers>;
}

const predict = ({ lstm, out }: Tensors<Params>, x: tf.Tensor) => linear(out, lstmLast(lstm, x));

const lstmOf = (id: string, T: number, steps: number): Workload<Params, { x: Numbers; y: Numbers }> => ({
  id,
  title: `LSTM 64, x [64,${T},16]`,
  steps,
  make(key) {
    const [recurrent, last, x, y] = split(key, 4);
    return {
      params: { lstm: initLstm(recurrent, { inputs: 16, width: 64 }), out: initLinear(last, { inputs: 64, outputs: 1 }) },
      batch: { x: gaussian(x, 64, T, 16), y: gaussian(y, 64, 1) },
    };
  },
  loss: (params, { x, y }) => meanSquaredError(predict(params, x), y),
  predict,
});

export const W2 = lstmOf('W2', 32, 50);
/** W2 over longer sequences. */
export const [W2x512, W2x4096] = [lstmOf('W2x512', 512, 5), lstmOf('W2x4096', 4096, 2)];
