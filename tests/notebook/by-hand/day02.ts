import * as nn from '../../../src/nn/index.js';
import type { HandCase } from './case.js';

export const cases: Readonly<Record<string, HandCase>> = {
  linear: {
    functions: ['linearForward', 'linearBackward'],
    hand({ linearForward, linearBackward }, [x, w, b], dy) {
      const params = { w: w.data, b: b.data };
      const { dx, dw, db } = linearBackward(dy, params, x.data);
      return { y: linearForward(params, x.data), grads: [dx, dw, db] };
    },
    library: (x, w, b) => nn.linear({ w, b }, x),
  },
  relu: {
    functions: ['reluForward', 'reluBackward'],
    hand: ({ reluForward, reluBackward }, [x], dy) => ({ y: reluForward(x.data), grads: [reluBackward(dy, x.data)] }),
    library: (x) => nn.relu(x),
  },
  gelu: {
    functions: ['erf', 'Phi', 'phi', 'geluForward', 'geluBackward'],
    hand: ({ geluForward, geluBackward }, [x], dy) => ({ y: geluForward(x.data), grads: [geluBackward(dy, x.data)] }),
    library: (x) => nn.gelu(x),
    libraryWithin: 1e-7,
  },
  meanSquaredError: {
    functions: ['meanSquaredErrorForward', 'meanSquaredErrorBackward'],
    hand: ({ meanSquaredErrorForward, meanSquaredErrorBackward }, [prediction, target], [dy]) => ({
      y: [meanSquaredErrorForward(prediction.data, target.data)],
      grads: [meanSquaredErrorBackward(prediction.data, target.data).map((d: number) => dy * d)],
    }),
    library: (prediction, target) => nn.meanSquaredError(prediction, target),
  },
  meanAbsoluteError: {
    functions: ['meanAbsoluteErrorForward', 'meanAbsoluteErrorBackward'],
    hand: ({ meanAbsoluteErrorForward, meanAbsoluteErrorBackward }, [prediction, target], [dy]) => ({
      y: [meanAbsoluteErrorForward(prediction.data, target.data)],
      grads: [meanAbsoluteErrorBackward(prediction.data, target.data).map((d: number) => dy * d)],
    }),
    library: (prediction, target) => nn.meanAbsoluteError(prediction, target),
  },
};
