import { inspect } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile, fromArray } from './index.js';
import { showTensor } from './show.js';

beforeAll(() => tf.setBackend('cpu'));

describe('a tensor is shown', () => {
  it('with shape, type and rows in columns', () => {
    expect(inspect(fromArray(Float32Array.of(1, -0.123456789, 1e-10, 40), [2, 2]))).toBe(
      'tensor [2,2] float32\n[[       1, -0.12346],\n [   1e-10,       40]]',
    );
    expect(inspect(tf.tensor3d([1, 2, 3, 4], [2, 1, 2], 'int32'))).toBe('tensor [2,1,2] int32\n[[[1, 2]],\n\n [[3, 4]]]');
    expect(inspect(tf.tensor1d([true, false], 'bool'))).toBe('tensor [2] bool\n[ true, false]');
    expect(inspect(tf.scalar(0.5))).toBe('tensor [] float32 0.5');
    expect(inspect(fromArray([], [0, 3]))).toBe('tensor [0,3] float32');
    expect(inspect(tf.tensor1d(['a']))).toBe('tensor [1] string\n["a"]');
  });

  it('by its corners where it is large', () => {
    const rows = showTensor(
      [1000, 7],
      'int32',
      Int32Array.from({ length: 7000 }, (_, i) => i),
    );
    expect(rows.split('\n')).toEqual([
      'tensor [1000,7] int32',
      '[[   0,    1,    2, …,    4,    5,    6],',
      ' [   7,    8,    9, …,   11,   12,   13],',
      ' [  14,   15,   16, …,   18,   19,   20],',
      ' …,',
      ' [6979, 6980, 6981, …, 6983, 6984, 6985],',
      ' [6986, 6987, 6988, …, 6990, 6991, 6992],',
      ' [6993, 6994, 6995, …, 6997, 6998, 6999]]',
    ]);
    expect(inspect(tf.zeros([100, 100, 100])).length).toBeLessThan(1500);
  });

  it('in one line inside an object', () => {
    expect(inspect({ w: fromArray([1, 2, 3, 4], [4]), b: tf.tensor1d([1, 2]) }, { breakLength: 200 })).toBe(
      '{ w: tensor [4] float32 [1, 2, 3, …], b: tensor [2] float32 [1, 2] }',
    );
  });

  it('in a notebook the same way, and stays what it was', () => {
    const x = fromArray([1, 2], [2]);
    const display = (x as unknown as Record<symbol, () => object>)[Symbol.for('Jupyter.display')];
    expect(display.call(x)).toEqual({ 'text/plain': 'tensor [2] float32\n[1, 2]' });
    expect([...x.data()]).toEqual([1, 2]);
  });

  it('without values where it has none', async () => {
    const x = fromArray([1, 2], [2]);
    const eager = tf.tensor1d([1]);
    eager.dispose();
    expect(inspect(eager)).toBe('tensor [1] float32, disposed');
    let recorded = '';
    const add = compile(
      (x: tf.Tensor) => {
        recorded = inspect(x.add(1));
        return x.add(1);
      },
      { donate: [0] },
    );
    await add(x);
    expect(recorded).toBe('tensor [2] float32, without values: they are computed when the compiled function is called');
    expect(inspect(x)).toBe('tensor [2] float32, donated to step 1');
    const y = fromArray([1], [1]);
    y.dispose();
    expect(inspect(y)).toBe('tensor [1] float32, disposed');
  });
});
