import * as tf from '@tensorflow/tfjs';
import { linear, multiHeadAttention } from '../../../src/nn/index.js';
import type { HandCase } from './case.js';
import { headsOf } from './day05.js';

export const cases: Readonly<Record<string, HandCase>> = {
  rollout: {
    functions: ['rolloutRow'],
    hand: ({ rolloutRow }, [lower, upper]) => ({ y: rolloutRow([lower.data, upper.data], lower.shape[0]) }),
    library(lower, upper) {
      const half = (weights: tf.Tensor) => weights.add(tf.eye(weights.shape[0])).div(2);
      return half(upper).matMul(half(lower)).slice([0, 0], [1, -1]).reshape([-1]);
    },
  },
  looker: {
    functions: ['lookerForward', 'lookerInputGradient'],
    hand({ lookerForward, lookerInputGradient }, [x, embed, shift, places, read, bias, ...maps], dy) {
      const layers = [headsOf(maps.slice(0, 8)), headsOf(maps.slice(8))];
      const params = { embed: { w: embed.data, b: shift.data }, places: places.data, layers, read: { w: read.data, b: bias.data } };
      const { y, saved } = lookerForward(params, x.data, 2);
      return { y, grads: [lookerInputGradient(params, x.data, saved).map((d: number) => dy[0] * d)] };
    },
    library(x, embed, shift, places, read, bias, ...maps) {
      let h: tf.Tensor = linear({ w: embed, b: shift }, x).add(places);
      for (const [wq, bq, wk, bk, wv, bv, wo, bo] of [maps.slice(0, 8), maps.slice(8)]) {
        const params = { qkv: tf.concat([wq, wk, wv], 1), shiftQ: bq, shiftV: bv, out: { w: wo, b: bo } };
        h = h.add(multiHeadAttention(params, h.expandDims(0), { heads: 2 }).squeeze([0])).add(bk.mul(0).sum()); // the library has no shift of keys, for it changes nothing
      }
      return linear({ w: read, b: bias }, h.slice([0, 0], [1, -1])).reshape([-1]);
    },
  },
};
