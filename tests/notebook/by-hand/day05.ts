import * as tf from '@tensorflow/tfjs';
import { multiHeadAttention } from '../../../src/nn/index.js';
import type { HandCase, Input } from './case.js';

/** Maps to queries, keys, values and back, as PyTorch had them: w and b of each. */
export const headsOf = ([wq, bq, wk, bk, wv, bv, wo, bo]: readonly Input[]) => ({
  query: { w: wq.data, b: bq.data },
  key: { w: wk.data, b: bk.data },
  value: { w: wv.data, b: bv.data },
  out: { w: wo.data, b: bo.data },
});

export const cases: Readonly<Record<string, HandCase>> = {
  multiHead: {
    functions: ['splitHeads', 'joinHeads', 'multiHeadForward', 'multiHeadBackward'],
    hand({ multiHeadForward, multiHeadBackward }, [x, ...maps], dy) {
      const params = headsOf(maps);
      const { y, saved } = multiHeadForward(params, x.data, 2);
      const { dx, query, key, value, out } = multiHeadBackward(dy, params, saved);
      return { y, grads: [dx, ...[query, key, value, out].flatMap(({ dw, db }) => [dw, db])] };
    },
    library(x, wq, bq, wk, bk, wv, bv, wo, bo) {
      const params = { qkv: tf.concat([wq, wk, wv], 1), shiftQ: bq, shiftV: bv, out: { w: wo, b: bo } };
      const y = multiHeadAttention(params, x.expandDims(0), { heads: 2 }).squeeze([0]);
      return y.add(bk.mul(0).sum()); // the library has no shift of keys, for it changes nothing
    },
  },
};
