import { attention as libraryAttention } from '../../../src/nn/index.js';
import type { HandCase } from './case.js';

const attention: HandCase = {
  functions: ['softmaxRows', 'attentionForward', 'attentionBackward'],
  hand(functions, [q, k, v], dy) {
    const [looking, width] = [{ q: q.data, k: k.data, v: v.data }, { width: q.shape[1] }];
    const { y, weights } = functions.attentionForward(looking, width);
    const { dq, dk, dv } = functions.attentionBackward(dy, { ...looking, weights }, width);
    return { y, grads: [dq, dk, dv] };
  },
  library: (q, k, v) => libraryAttention(q, k, v),
};

export const cases: Readonly<Record<string, HandCase>> = { attention, sharp: attention };
