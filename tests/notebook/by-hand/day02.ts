import * as nn from '../../../src/nn/index.js';
import type { HandCase } from './case.js';

export const cases: Readonly<Record<string, HandCase>> = {
  linear: {
    functions: ['linear', 'linearBackward'],
    hand({ linear, linearBackward }, [x, w, b], dy) {
      const params = { w: w.data, b: b.data };
      const { dx, dw, db } = linearBackward(dy, params, x.data);
      return { y: linear(params, x.data), grads: [dx, dw, db] };
    },
    library: (x, w, b) => nn.linear({ w, b }, x),
  },
  relu: {
    functions: ['relu', 'reluBackward'],
    hand: ({ relu, reluBackward }, [x], dy) => ({ y: relu(x.data), grads: [reluBackward(dy, x.data)] }),
    library: (x) => nn.relu(x),
  },
  gelu: {
    functions: ['erf', 'gelu', 'geluBackward'],
    hand: ({ gelu, geluBackward }, [x], dy) => ({ y: gelu(x.data), grads: [geluBackward(dy, x.data)] }),
    library: (x) => nn.gelu(x),
    libraryWithin: 1e-7,
  },
  meanSquaredError: {
    functions: ['meanSquaredError', 'meanSquaredErrorBackward'],
    hand: ({ meanSquaredError, meanSquaredErrorBackward }, [prediction, target], [dy]) => ({
      y: [meanSquaredError(prediction.data, target.data)],
      grads: [meanSquaredErrorBackward(prediction.data, target.data).map((d: number) => dy * d)],
    }),
    library: (prediction, target) => nn.meanSquaredError(prediction, target),
  },
  meanAbsoluteError: {
    functions: ['meanAbsoluteError', 'meanAbsoluteErrorBackward'],
    hand: ({ meanAbsoluteError, meanAbsoluteErrorBackward }, [prediction, target], [dy]) => ({
      y: [meanAbsoluteError(prediction.data, target.data)],
      grads: [meanAbsoluteErrorBackward(prediction.data, target.data).map((d: number) => dy * d)],
    }),
    library: (prediction, target) => nn.meanAbsoluteError(prediction, target),
  },
};
