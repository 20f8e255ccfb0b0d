import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../compile.js';
import { interpreted } from '../interpret/program.js';
import { runnable } from '../runtime/runnable.js';
import { trace } from '../trace/trace.js';
import { clone, fromArray } from './device-tensor.js';
import { planDonation } from './donation.js';

beforeAll(() => tf.setBackend('cpu'));

describe('a donated state', () => {
  const next = compile((state: tf.Tensor) => state.add(1), { donate: [0] });

  it('cannot be read after its step, and a clone can', async () => {
    const counter = compile((state: tf.Tensor) => state.add(1), { donate: [0] });
    let state = fromArray([0], []);
    for (let i = 1; i < 812; i++) state = await counter(state);
    const copy = clone(state);
    const after = await counter(state);
    expect(() => state.item()).toThrow('state was donated to step 812; keep a copy with clone(state)');
    await expect(counter(state)).rejects.toThrow('state was donated to step 812; keep a copy with clone(state)');
    expect([copy.item(), after.item()]).toEqual([811, 812]);
  });

  it('survives a call that fails', async () => {
    const state = fromArray([1, 2], [2]);
    const fails = compile((state: tf.Tensor, x: tf.Tensor) => state.add(x.reshape([2])), { donate: [0] });
    await expect(fails(state, Float32Array.of(1, 2, 3))).rejects.toThrow();
    expect([...state.data()]).toEqual([1, 2]);
  });

  it('reuses two sets of memory, whatever is kept on the way', async () => {
    let state = fromArray([0, 0, 0], [3]);
    const kept = [];
    for (let i = 0; i < 10; i++) {
      if (i % 3 === 0) kept.push(clone(state));
      state = await next(state);
    }
    const branch = await next(kept[1]); // continue from the best so far
    expect(kept.slice(2).map((t) => t.data()[0])).toEqual([6, 9]);
    expect([branch.data()[2], state.data()[2]]).toEqual([4, 10]);
  });
});

describe('an output takes the place of a donated input', () => {
  const scalar = { shape: [], dtype: 'float32' } as const;
  const graph = trace((t, u, x) => [x.mul(2), u.add(x), t.add(1), tf.concat([x.flatten(), x.flatten()])], [scalar, scalar, scalar]);
  const replaced = async (outputs: string[], donated: number[]) => {
    const places = { inputs: ['state.t', 'state.u', 'x'], outputs, donated };
    return (await planDonation(graph, interpreted(runnable(graph)), places, () => 'float32')).outputs.map(({ replaces }) => replaces);
  };

  it('of its form whose path ends as its own does, each at most once', async () => {
    expect(await replaced(['loss', 'next.u', 'next.t', 'both'], [0, 1])).toEqual([-1, 1, 0, -1]);
    expect(await replaced(['next.t', 'next.u', 'loss', 'both'], [0, 1])).toEqual([0, 1, -1, -1]);
    expect(await replaced(['next.t', 'next.u', 'loss', 'both'], [])).toEqual([-1, -1, -1, -1]);
  });

  it('one call later where the program may not write over what it reads', async () => {
    const places = { inputs: ['t', 'u', 'x'], outputs: ['a', 'u', 't', 'b'], donated: [0, 1] };
    const { outputs } = await planDonation(graph, interpreted(runnable(graph)), places, () => 'float32');
    expect(outputs.map(({ aliases }) => aliases)).toEqual([false, false, false, false]);
    expect(outputs.map(({ copied }) => copied)).toEqual([true, false, false, true]);
    const program = { ...interpreted(runnable(graph)), lowered: graph };
    const inPlace = await planDonation(graph, program, places, () => 'float32');
    expect(inPlace.outputs.map(({ aliases }) => aliases)).toEqual([false, true, true, false]);
  });
});
