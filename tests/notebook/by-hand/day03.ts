import * as nn from '../../../src/nn/index.js';
import type { HandCase } from './case.js';

export const cases: Readonly<Record<string, HandCase>> = {
  mlp: {
    functions: ['mlpForward', 'mlpBackward'],
    hand({ mlpForward, mlpBackward }, [x, w1, b1, w2, b2], dy) {
      const params = { first: { w: w1.data, b: b1.data }, second: { w: w2.data, b: b2.data } };
      const { y, hidden } = mlpForward(params, x.data);
      const { dx, first, second } = mlpBackward(dy, params, x.data, hidden);
      return { y, grads: [dx, first.dw, first.db, second.dw, second.db] };
    },
    library: (x, w1, b1, w2, b2) => nn.linear({ w: w2, b: b2 }, nn.relu(nn.linear({ w: w1, b: b1 }, x))),
  },
};
