import type * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { compile } from '../compile.js';
import { type DeviceTensor, fromArray } from './device-tensor.js';
import { Plan } from './plan.js';

const SIZE = 300;
const square = () => fromArray(new Float32Array(SIZE * SIZE).fill(1 / SIZE), [SIZE, SIZE]);

/** 60 products of [300,300]: long enough (60 ms) to run beside the event loop; a matrix of 1/300 stays as it is. */
const long = (x: tf.Tensor2D) => {
  let y: tf.Tensor = x;
  for (let i = 0; i < 60; i++) y = y.matMul(x);
  return y;
};

describe.each(['openvino', 'onnxruntime'] as const)('a call in flight on %s', (runtime) => {
  it('outlives the release of its function', async () => {
    const f = compile(long, { runtime });
    await f(square());
    const pending = f(square());
    const waiting = f(square());
    f.release();
    await expect(waiting).rejects.toThrow('was released');
    expect((await pending).data()[SIZE]).toBeCloseTo(1 / SIZE, 5);
    await expect(f(square())).rejects.toThrow('was released');
  });

  it('keeps what it reads from being written, by whomever it is given to meanwhile', async () => {
    const slow = compile(long, { runtime });
    const clear = compile((x: tf.Tensor2D) => x.mul(0), { runtime, donate: [0] });
    let x: DeviceTensor = square();
    await slow(x);
    const pending = slow(x);
    for (let i = 0; i < 4; i++) x = await clear(x); // the second call may write to the memory that the first was given
    expect((await pending).data()[0]).toBeCloseTo(1 / SIZE, 5);
    expect(x.data()[0]).toBe(0);
  });

  it('makes later calls wait, and they read what their arguments were', async () => {
    const f = compile((x: tf.Tensor2D, add: tf.Tensor) => long(x).add(add), { runtime });
    const add = Float32Array.of(0);
    const results = [];
    for (let i = 0; i < 4; i++) {
      add[0] = i;
      results.push(f(square(), add));
    }
    expect((await Promise.all(results)).map((y) => Math.round(y.data()[0]))).toEqual([0, 1, 2, 3]);
  });
});

describe('a step', () => {
  /** Takes the processor for as many milliseconds, however long others keep it waiting. */
  const busy = (ms: number) => {
    for (const start = process.cpuUsage().user; process.cpuUsage().user - start < 1000 * ms; );
  };
  /** A plan of a program that runs so, and the ways in which it was run so far. */
  const planOf = (run: () => void, start: () => Promise<void>) => {
    const ran: string[] = [];
    const told =
      <R>(way: string, then: () => R) =>
      () => {
        ran.push(way);
        return then();
      };
    const ways = { run: told('run', run), start: told('start', start) };
    const bind = () => ({ inputs: [], outputs: [], setInput() {}, setOutput() {}, release() {}, ...ways });
    return { ran, plan: new Plan({ bind, release() {} }, [], []) };
  };

  it('that waits for the processor and takes little of it is short', async () => {
    const wait = () => new Promise<void>((resolve) => setTimeout(resolve, 20));
    const { ran, plan } = planOf(() => {}, wait);
    // What else the process does meanwhile may hide it from one measurement, not from all.
    for (let i = 0; i < 50 && ran.at(-1) !== 'run'; i++) await plan.run([], []);
    expect(ran.at(-1)).toBe('run');
  });

  it('that takes much of it runs beside the event loop', async () => {
    const { ran, plan } = planOf(
      () => {},
      async () => busy(5),
    );
    for (let i = 0; i < 3; i++) await plan.run([], []);
    expect(ran).toEqual(['start', 'start', 'start']);
  });

  it('that is long once stays on the thread of the caller, and leaves it when it is long twice in a row', async () => {
    const lengths = [0, 5, 0, 5, 5, 0];
    const { ran, plan } = planOf(
      () => busy(lengths.shift()!),
      async () => {},
    );
    for (let i = 0; i < 7; i++) await plan.run([], []);
    expect(ran).toEqual(['start', 'run', 'run', 'run', 'run', 'run', 'start']);
  });
});
