import { autoCorrelation, performerAttention } from '../../../src/nn/index.js';
import type { HandCase } from './case.js';

/** As in `day15.py`. */
const delays = 3;

export const cases: Readonly<Record<string, HandCase>> = {
  performer: {
    functions: ['performerForward', 'ratioOf'],
    hand: ({ performerForward }, [q, k, v, omega]) => ({
      y: performerForward({ q: q.data, k: k.data, v: v.data }, omega.data, q.shape[1]),
    }),
    library: (q, k, v, omega) => performerAttention(q, k, v, { omega }),
  },
  autoCorrelation: {
    functions: ['fourier', 'delayCorrelations', 'autoCorrelationForward'],
    hand: ({ autoCorrelationForward }, [q, k, v]) => ({
      y: autoCorrelationForward({ q: q.data, k: k.data, v: v.data }, { width: q.shape[1], delays }),
    }),
    library: (q, k, v) => autoCorrelation(q, k, v, { delays }),
  },
};
