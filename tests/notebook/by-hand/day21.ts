import { attention } from '../../../src/nn/index.js';
import type { HandCase } from './case.js';

export const cases: Readonly<Record<string, HandCase>> = {
  listen: {
    functions: ['listen', 'learnFrom', 'zeros'],
    hand({ listen, learnFrom, zeros }, [window, texts, query, forKey, value], dy) {
      const H = query.shape[1];
      const head = { query: { w: query.data, b: zeros(H) }, key: { w: forKey.data, b: zeros(H) }, value: { w: value.data, b: zeros(1) } };
      const { y } = listen(head, { window: window.data, texts: texts.data, y: 0 });
      // (y − target)² has the gradient dy at a target of y − dy/2
      const { gradient } = learnFrom(head, { window: window.data, texts: texts.data, y: y[0] - dy[0] / 2 });
      const dtexts = gradient.key.dx.map((d: number, at: number) => d + gradient.value.dx[at]);
      return { y, grads: [gradient.query.dx, dtexts, gradient.query.dw, gradient.key.dw, gradient.value.dw] };
    },
    library: (window, texts, query, forKey, value) => attention(window.matMul(query), texts.matMul(forKey), texts.matMul(value)),
  },
};
