import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { key, normal } from '../../base/index.js';
import { dropoutMask, sparseDropoutMask } from '../dropout.js';
import { linear } from '../linear.js';
import { sparseLinear, sparseProduct, sparseRows } from './sparse-product.js';

const x = { data: Float32Array.of(0, 2, 0, -1, 0, 3, 0, 0, 0, 0, 0, 4), shape: [4, 3] };
const entries = () => {
  const { from, to, weight } = sparseRows(x);
  return { from: tf.tensor1d(from.data, 'int32'), to: tf.tensor1d(to.data, 'int32'), weight: tf.tensor1d(weight.data) };
};

describe('sparseRows', () => {
  it('has the places of what is not 0, row by row', () => {
    const { from, to, weight } = sparseRows(x);
    expect([[...to.data], [...from.data], [...weight.data]]).toEqual([
      [0, 1, 1, 3],
      [1, 0, 2, 2],
      [2, -1, 3, 4],
    ]);
  });
});

describe('sparseLinear', () => {
  it('is linear of the dense rows, the empty one included', () => {
    const [w, b] = [normal(key(1), [3, 2]), normal(key(2), [2])].map(({ data, shape }) => tf.tensor(data, shape));
    expectClose(sparseLinear({ w, b }, entries(), { rows: 4 }).dataSync(), linear({ w, b }, tf.tensor(x.data, [4, 3])).dataSync(), 6);
  });

  it('names what does not fit', () => {
    const { from, to, weight } = entries();
    expect(() => sparseProduct({ from, to, weight }, tf.zeros([2, 2]), { rows: 4 })).toThrow('sparseProduct: columns are 0 to 1; got 2 at');
    expect(() => sparseProduct({ from, to, weight }, tf.zeros([3, 2]), { rows: 3 })).toThrow('sparseProduct: rows are 0 to 2; got 3 at');
    expect(() => sparseProduct({ from, to, weight: tf.zeros([3]) }, tf.zeros([3, 2]), { rows: 4 })).toThrow('from [4], to [4], weight [3]');
    expect(() => sparseProduct({ from, to, weight }, tf.zeros([3]), { rows: 4 })).toThrow('sparseProduct takes m [F, D]: got m [3]');
  });
});

describe('sparseDropoutMask', () => {
  it('has the decisions of dropoutMask, one after another where x is not 0', () => {
    const many = normal(key(5), [30, 7]);
    for (let i = 0; i < many.data.length; i++) if (i % 5 < 3) many.data[i] = i % 2 === 0 ? 0 : -0;
    const { data, shape } = sparseDropoutMask(key(6), 0.7, many);
    expect(shape).toEqual([30, 7]);
    const drawn = data.filter((_, i) => many.data[i] !== 0);
    expect(drawn).toHaveLength(84);
    expect(drawn).toEqual(dropoutMask(key(6), 0.7, [84]).data);
    expect(data.filter((m, i) => many.data[i] === 0 && m !== 0)).toHaveLength(0);
  });

  it('draws where x is not 0 and keeps the share that it is told', () => {
    const many = normal(key(3), [400, 50]);
    for (let i = 0; i < many.data.length; i += 2) many.data[i] = 0;
    const { data } = sparseDropoutMask(key(4), 0.8, many);
    expect(data.filter((m, i) => i % 2 === 0 && m !== 0)).toHaveLength(0);
    const kept = data.filter((m) => m === Math.fround(1 / 0.8)).length;
    expect(kept + data.filter((m, i) => i % 2 === 1 && m === 0).length).toBe(10_000);
    expect(Math.abs(kept / 10_000 - 0.8)).toBeLessThan(4 * Math.sqrt((0.8 * 0.2) / 10_000));
  });
});
