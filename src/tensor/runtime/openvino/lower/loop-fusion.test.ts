import type * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { compile } from '../../../compile.js';
import { trace } from '../../../trace/trace.js';
import { forLoopFusion } from './loop-fusion.js';

describe('outputs that other nodes read', () => {
  const x = { shape: [3], dtype: 'float32' } as const;
  const chain = (x: tf.Tensor) => {
    const first = x.mul(2);
    const second = first.add(1);
    return { total: second.sum(), second, first };
  };

  it('come first, through a reshape', () => {
    const graph = trace((x) => Object.values(chain(x)), [x]);
    expect(forLoopFusion(graph).outputs.map(({ name, shape }) => ({ name, shape }))).toEqual([
      { name: 'out2', shape: [1, 3] },
      { name: 'out1', shape: [1, 3] },
      { name: 'out0', shape: [] },
    ]);
  });

  it('have their own values and shapes', async () => {
    const { total, second, first } = await compile(chain, { runtime: 'openvino' })(Float32Array.of(1, 2, 3));
    expect([total.item(), [...second.data()], [...first.data()], first.shape]).toEqual([15, [3, 5, 7], [2, 4, 6], [3]]);
  });
});
