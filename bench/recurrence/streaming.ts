import type * as tf from '@tensorflow/tfjs';
import { key, normal, split } from '../../src/base/random.js';
import { initLinear, initLstm, type LstmState, linear, lstm } from '../../src/nn/index.js';
import { compile, fromTf, toTf } from '../../src/tensor/index.js';
import type { RuntimeName } from '../step.js';

const [D, F] = [64, 16];

/** Of each round: what half of the events took at most, and 99 % of them, in microseconds. */
interface Streamed {
  readonly median: number[];
  readonly p99: number[];
}

/** An LSTM of width 64 and a linear layer take n events a round, one at a time, the state going on. */
export async function streaming(runtime: RuntimeName, n: number, rounds: number): Promise<Streamed> {
  const [recurrent, last, forX] = split(key(1), 3);
  const params = toTf(
    fromTf({ recurrent: initLstm(recurrent, { inputs: F, width: D }), out: initLinear(last, { inputs: D, outputs: 1 }) }),
  );
  const step = (x: tf.Tensor, before: LstmState) => {
    const { outputs, state } = lstm(params.recurrent, x, { state: before });
    return { y: linear(params.out, outputs), state };
  };
  const compiled = compile(step, { runtime, threads: 1 });
  const event = { data: new Float32Array(F), shape: [1, 1, F] };
  const zeros = () => ({ data: new Float32Array(D), shape: [1, D] });
  const next = await compiled.session(event, { h: zeros(), c: zeros() });
  const made = next(event, { h: zeros(), c: zeros() });
  // The session's results, which every call overwrites, are the next call's state.
  const state = { h: { data: made.state.h as Float32Array, shape: [1, D] }, c: { data: made.state.c as Float32Array, shape: [1, D] } };
  const events = normal(forX, [n, F]).data;
  const times = new Float64Array(n);
  const found: Streamed = { median: [], p99: [] };
  for (let round = 0; round < rounds; round++) {
    for (let k = 0; k < n; k++) {
      const start = performance.now();
      for (let i = 0; i < F; i++) event.data[i] = events[k * F + i];
      next(event, state);
      times[k] = 1000 * (performance.now() - start);
    }
    times.sort();
    found.median.push(times[n >> 1]);
    found.p99.push(times[Math.floor(0.99 * n)]);
  }
  if (!Number.isFinite(made.y[0])) throw new Error(`the stream ended at ${made.y[0]}`);
  next.release();
  compiled.release();
  return found;
}
