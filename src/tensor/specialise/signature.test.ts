import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { compile } from '../compile.js';

beforeAll(() => tf.setBackend('cpu'));
afterEach(() => vi.restoreAllMocks());

describe('signatures', () => {
  it('are traced once each', async () => {
    let traces = 0;
    const f = compile((x: tf.Tensor) => {
      traces++;
      return x.add(1);
    });
    for (const length of [1, 2, 1, 2, 3, 1]) await f(new Float32Array(length));
    expect(traces).toBe(3);
    expect(f.programs.map(({ signature }) => signature)).toEqual(['* float32[1]', '* float32[2]', '* float32[3]']);
  });

  it('that change with every call are warned of, once', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const f = compile(
      function step(x: tf.Tensor) {
        return x.add(1);
      },
      { runtime: 'onnxruntime' },
    );
    for (let length = 1; length < 12; length++) await f(new Float32Array(length));
    expect(warn).toHaveBeenCalledOnce();
    expect(warn.mock.calls[0][0]).toContain(
      'step has been compiled 5 times in 6 calls, because its arguments keep changing shape (x is float32 [6], and was float32 [5])',
    );
  });

  it('of another structure do not fit a compiled one', async () => {
    const f = compile((x: Record<string, tf.Tensor>) => Object.values(x).reduce((a, b) => a.add(b)));
    expect((await f({ a: 1 })).item()).toBe(1);
    expect((await f({ a: 1, b: 2 })).item()).toBe(3);
    expect((await f({ a: 1, c: 5 })).item()).toBe(6);
  });
});
