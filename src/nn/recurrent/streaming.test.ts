import type * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { RUNTIMES } from '../../../tests/support/compiled.js';
import { type HostArray, key, normal, split } from '../../base/index.js';
import { compile, fromTf, toTf } from '../../tensor/index.js';
import { initLstm, type LstmState, lstm } from './lstm.js';

const [T, F, D] = [200, 5, 16];
const [forWeights, forX] = split(key(1), 2);
const params = toTf(fromTf(initLstm(forWeights, { inputs: F, width: D })));
const x = normal(forX, [1, T, F]);

// The batch is a loop over blocks of 16 steps here, an event one step: the same sums in another order, 1e-6 apart at most.
it.each(RUNTIMES)('events of a stream, one at a time, give the outputs of the whole sequence, on %s', async (runtime) => {
  const whole = compile((x: tf.Tensor) => lstm(params, x), { runtime });
  const { outputs, state } = await whole(x);
  const step = compile((x: tf.Tensor, before: LstmState) => lstm(params, x, { state: before }), { runtime });
  const event = { data: new Float32Array(F), shape: [1, 1, F] };
  const zeros = { data: new Float32Array(D), shape: [1, D] };
  const session = await step.session(event, { h: zeros, c: zeros });
  let before: LstmState<HostArray<Float32Array>> = { h: zeros, c: zeros };
  for (let t = 0; t < T; t++) {
    event.data.set(x.data.subarray(t * F, (t + 1) * F));
    const after = session(event, before);
    for (const [d, h] of (after.outputs as Float32Array).entries()) expect(Math.abs(h - outputs.data()[t * D + d])).toBeLessThan(1e-6);
    // What the session gives is overwritten by its next call, after that has read it.
    before = { h: { data: after.state.h as Float32Array, shape: [1, D] }, c: { data: after.state.c as Float32Array, shape: [1, D] } };
  }
  for (const [d, c] of before.c.data.entries()) expect(Math.abs(c - state.c.data()[d])).toBeLessThan(1e-6);
  session.release();
});
