import * as tf from '@tensorflow/tfjs';
import * as nn from '../../../src/nn/index.js';
import type { HandCase, Input } from './case.js';
import { headsOf } from './day05.js';

const norm = ([gamma, beta]: readonly Input[]) => ({ gamma: gamma.data, beta: beta.data });

export const cases: Readonly<Record<string, HandCase>> = {
  layerNorm: {
    functions: ['layerNormForward'],
    hand: ({ layerNormForward }, [x, ...params]) => ({ y: layerNormForward(norm(params), x.data) }),
    library: (x, gamma, beta) => nn.layerNorm({ gamma, beta }, x),
  },
  encoderLayer: {
    functions: ['encoderLayerForward'],
    hand({ encoderLayerForward }, [x, ...p]) {
      const params = {
        norm1: norm(p),
        heads: headsOf(p.slice(2)),
        norm2: norm(p.slice(10)),
        expand: { w: p[12].data, b: p[13].data },
        contract: { w: p[14].data, b: p[15].data },
      };
      return { y: encoderLayerForward(params, x.data, { steps: x.shape[1], heads: 2 }) };
    },
    library(x, g1, b1, wq, bq, wk, _bk, wv, bv, wo, bo, g2, b2, w1, c1, w2, c2) {
      const attention = { qkv: tf.concat([wq, wk, wv], 1), shiftQ: bq, shiftV: bv, out: { w: wo, b: bo } };
      const feedForward = { expand: { w: w1, b: c1 }, contract: { w: w2, b: c2 } };
      return nn.encoderBlock({ norm1: { gamma: g1, beta: b1 }, attention, norm2: { gamma: g2, beta: b2 }, feedForward }, x, { heads: 2 });
    },
    libraryWithin: 1e-7,
  },
};
