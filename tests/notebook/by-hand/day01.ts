import { rnn } from '../../../src/nn/index.js';
import type { HandCase } from './case.js';

export const cases: Readonly<Record<string, HandCase>> = {
  recurrence: {
    functions: ['recurrence', 'recurrenceBackward'],
    hand({ recurrence, recurrenceBackward }, [w, u, x, start], dy) {
      const h = recurrence(w.data[0], u.data[0], x.data, start.data[0]);
      const { dw, du, dx, dStart } = recurrenceBackward(dy[0], w.data[0], u.data[0], x.data, h);
      return { y: h.subarray(-1), grads: [[dw], [du], dx, [dStart]] };
    },
    library(w, u, x, start) {
      const weights = { wx: u.reshape([1, 1]), wh: w.reshape([1, 1]), b: w.mul(0) };
      return rnn(weights, x.reshape([1, -1, 1]), { state: { h: start.reshape([1, 1]) } }).state.h.reshape([1]);
    },
  },
};
