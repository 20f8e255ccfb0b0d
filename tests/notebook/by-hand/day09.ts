import * as nn from '../../../src/nn/index.js';
import type { HandCase, Input } from './case.js';

const gainShift = ([gamma, beta]: readonly Input[]) => ({ gamma: gamma.data, beta: beta.data });

export const cases: Readonly<Record<string, HandCase>> = {
  layerNorm: {
    functions: ['layerNormBackward'],
    hand({ layerNormForward, layerNormBackward }, [x, ...params], dy) {
      const { dx, dgamma, dbeta } = layerNormBackward(dy, gainShift(params), x.data);
      return { y: layerNormForward(gainShift(params), x.data), grads: [dx, dgamma, dbeta] };
    },
    library: (x, gamma, beta) => nn.layerNorm({ gamma, beta }, x),
  },
  batchNorm: {
    functions: ['transposed', 'batchNormForward', 'batchNormBackward'],
    hand({ batchNormForward, batchNormBackward }, [x, ...params], dy) {
      const { dx, dgamma, dbeta } = batchNormBackward(dy, gainShift(params), x.data);
      return { y: batchNormForward(gainShift(params), x.data), grads: [dx, dgamma, dbeta] };
    },
    library(x, gamma, beta) {
      const none = gamma.mul(0);
      return nn.batchNorm({ gamma, beta }, x, { averages: { mean: none, variance: none } }).y;
    },
  },
};
