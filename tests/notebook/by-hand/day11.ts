import * as tf from '@tensorflow/tfjs';
import * as nn from '../../../src/nn/index.js';
import type { Functions, HandCase, Input } from './case.js';
import { headsOf } from './day05.js';

/** Attention under a mask by hand; the backward is that without one, with the masked weights. */
const masked = (visible: Uint8Array, library: HandCase['library']): HandCase => ({
  functions: ['maskedSoftmaxRows', 'maskedAttentionForward'],
  hand({ maskedAttentionForward, attentionBackward }: Functions, [q, k, v]: readonly Input[], dy) {
    const [looking, width] = [{ q: q.data, k: k.data, v: v.data }, { width: q.shape[1] }];
    const { y, weights } = maskedAttentionForward(looking, visible, width);
    const { dq, dk, dv } = attentionBackward(dy, { ...looking, weights }, width);
    return { y, grads: [dq, dk, dv] };
  },
  library,
});

/** The third key is hidden from all, and the second from the first query. */
const holes = Uint8Array.from([1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 1]);

export const cases: Readonly<Record<string, HandCase>> = {
  causal: masked(nn.causalMask(6).data, (q, k, v) => nn.causalAttention(q, k, v)),
  holes: masked(holes, (q, k, v) => nn.maskedAttention(q, k, v, { visible: tf.tensor(holes, [3, 4], 'bool') })),
  causalHeads: {
    functions: ['maskedHeadsForward'],
    hand({ maskedHeadsForward, multiHeadBackward }, [x, ...maps], dy) {
      const params = headsOf(maps);
      const { y, saved } = maskedHeadsForward(params, x.data, 2, nn.causalMask(x.shape[0]).data);
      const { dx, query, key, value, out } = multiHeadBackward(dy, params, saved);
      return { y, grads: [dx, ...[query, key, value, out].flatMap(({ dw, db }) => [dw, db])] };
    },
    library(x, wq, bq, wk, bk, wv, bv, wo, bo) {
      const params = { qkv: tf.concat([wq, wk, wv], 1), shiftQ: bq, shiftV: bv, out: { w: wo, b: bo } };
      const y = nn.multiHeadAttention(params, x.expandDims(0), { heads: 2, attend: nn.causalAttention }).squeeze([0]);
      return y.add(bk.mul(0).sum()); // the library has no shift of keys, for it changes nothing
    },
  },
};
