import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { key, normal } from '../../../../base/index.js';
import { compile } from '../../../compile.js';
import { trace } from '../../../trace/trace.js';
import { withReshapesInLine } from './reshapes-in-line.js';

beforeAll(() => tf.setBackend('cpu'));

describe('reshapes of one value', () => {
  /** Three forms of x², the first read in two places, and one of an input. */
  const forms = (x: tf.Tensor) => {
    const y = x.square();
    const flat = y.reshape([24]);
    return [flat.add(1), y.reshape([4, 6]).sum(0), y.reshape([3, 8]).sum(1), flat.sub(1), x.reshape([24])];
  };

  it('read one another, those of an input do not', () => {
    const graph = withReshapesInLine(trace((x) => forms(x), [{ shape: [2, 3, 4], dtype: 'float32' }]));
    const reads = graph.nodes.filter(({ op }) => op === 'Reshape').map(({ inputs: [x], outputs: [y] }) => [x!.shape, y.shape]);
    expect(reads).toEqual([
      [[2, 3, 4], [24]],
      [[24], [4, 6]],
      [
        [4, 6],
        [3, 8],
      ],
      [[2, 3, 4], [24]],
    ]);
    expect(graph.nodes.filter(({ op }) => op === 'Reshape').at(-1)!.inputs[0]).toBe(graph.inputs[0]);
  });

  it('have their own values', async () => {
    const x = normal(key(1), [2, 3, 4]);
    const [actual, expected] = await Promise.all([compile(forms, { runtime: 'openvino' })(x), compile(forms, { precision: 'float64' })(x)]);
    for (const [k, y] of actual.entries()) {
      expect(y.shape).toEqual(expected[k].shape);
      for (const [i, value] of y.data().entries()) expect(value).toBeCloseTo(expected[k].data()[i], 5);
    }
  });
});
