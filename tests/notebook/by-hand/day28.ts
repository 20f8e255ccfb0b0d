import { attention } from '../../../src/nn/index.js';
import type { HandCase } from './case.js';

export const cases: Readonly<Record<string, HandCase>> = {
  adjust: {
    functions: ['adjustForward', 'adjustBackward'],
    hand({ adjustForward, adjustBackward }, [e, texts, query, forKey, value], dy) {
      const tables = { query: query.data, key: forKey.data, value: value.data };
      const sizes = query.shape;
      const { de, dtexts, dquery, dkey, dvalue } = adjustBackward(dy, tables, e.data, texts.data, sizes);
      return { y: adjustForward(tables, e.data, texts.data, sizes).y, grads: [de, dtexts, dquery, dkey, dvalue] };
    },
    library: (e, texts, query, forKey, value) => e.add(attention(e.matMul(query), texts.matMul(forKey), texts.matMul(value))),
  },
};
