import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { compile } from '../compile.js';

beforeAll(() => tf.setBackend('cpu'));
let warn: ReturnType<typeof vi.spyOn>;
let now = 0;
beforeEach(() => {
  warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  vi.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => vi.restoreAllMocks());

const pause = () => {
  now += 5000;
};

describe('a number that a compiled function closes over and that changes', () => {
  it('is a warning at the first call after a pause, once', async () => {
    let rate = 0.1;
    const scaled = compile(function scale(x: tf.Tensor) {
      return x.mul(rate);
    });
    expect((await scaled(2)).item()).toBeCloseTo(0.2);
    pause();
    await scaled(2);
    expect(warn).not.toHaveBeenCalled();
    rate = 0.5;
    await scaled(2); // no pause: not looked at
    expect(warn).not.toHaveBeenCalled();
    pause();
    expect((await scaled(2)).item()).toBeCloseTo(0.2);
    pause();
    await scaled(2);
    expect(warn.mock.calls).toEqual([
      [
        'scale closes over a value that has changed since it was compiled: 0.1 is 0.5 now. It goes on with the old one, since what it closes ' +
          'over is a constant of the graph: pass it as an argument, or compile the function again',
      ],
    ]);
  });

  it('may be an element of an array, or choose what is computed', async () => {
    const weights = [1, 2, 3];
    let isSquared = false;
    const [sum, power] = [
      compile((x: tf.Tensor) => x.mul(tf.tensor1d(weights))),
      compile((x: tf.Tensor) => (isSquared ? x.square() : x.exp())),
    ];
    await sum(2);
    await power(2);
    weights[1] = 9;
    isSquared = true;
    pause();
    await sum(2);
    await power(2);
    expect(warn.mock.calls.map(([text]: [string]) => /compiled: (.*?)\. It/.exec(text)![1])).toEqual([
      'an array [3] has 9 where it had 2',
      'it computes something else now',
    ]);
  });

  it('is none where nothing changed, in another shape either', async () => {
    const w = tf.tensor1d([1, 2]);
    const f = compile((x: tf.Tensor) => x.mul(w).add(0.3).sum());
    for (const x of [Float32Array.of(1, 2), { data: Float32Array.of(1, 2, 3, 4), shape: [2, 2] }, Float32Array.of(1, 2)]) {
      await f(x);
      pause();
    }
    expect(warn).not.toHaveBeenCalled();
  });
});
