import type * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { RUNTIMES } from '../../tests/support/compiled.js';
import { compile } from '../tensor/compile.js';
import {
  type AnyOptimizer,
  accumulated,
  adam,
  adamW,
  adjustable,
  amsgrad,
  averaged,
  lion,
  rmsProp,
  sgd,
  trainingStep,
  warmUp,
} from './index.js';

const initial = { w: { data: Float32Array.of(1, -2, 3), shape: [3] }, b: { data: Float32Array.of(0.5), shape: [] } };
type Params = typeof initial;
const bowl = ({ w, b }: { w: tf.Tensor; b: tf.Tensor }) => w.square().sum().add(b.square());
const rate = adjustable(0.5);

/** Every kind in one table of one type, with a rate that is set later. */
const table: Record<string, AnyOptimizer<Params>> = {
  sgd: sgd(initial, { learningRate: rate }),
  momentum: sgd(initial, { learningRate: rate, momentum: 0.9 }),
  adam: adam(initial, { learningRate: rate }),
  adamW: adamW(initial, { learningRate: rate }),
  amsgrad: amsgrad(initial, { learningRate: rate }),
  rmsProp: rmsProp(initial, { learningRate: rate }),
  lion: lion(initial, { learningRate: rate }),
  averaged: averaged(initial, adam(initial, { learningRate: rate })),
  accumulated: accumulated(initial, sgd(initial, { learningRate: rate }), 1),
};
const fixed: Record<string, (learningRate: number) => AnyOptimizer<Params>> = {
  sgd: (learningRate) => sgd(initial, { learningRate }),
  momentum: (learningRate) => sgd(initial, { learningRate, momentum: 0.9 }),
  adam: (learningRate) => adam(initial, { learningRate }),
  adamW: (learningRate) => adamW(initial, { learningRate }),
  amsgrad: (learningRate) => amsgrad(initial, { learningRate }),
  rmsProp: (learningRate) => rmsProp(initial, { learningRate }),
  lion: (learningRate) => lion(initial, { learningRate }),
  averaged: (learningRate) => averaged(initial, adam(initial, { learningRate })),
  accumulated: (learningRate) => accumulated(initial, sgd(initial, { learningRate }), 1),
};

/** The losses before each of three steps. */
async function losses(step: (state: never) => Promise<{ state: unknown; loss: { item(): number } }>, state: unknown): Promise<number[]> {
  const seen: number[] = [];
  for (let k = 0; k < 3; k++) {
    const next = await step(state as never);
    seen.push(next.loss.item());
    state = next.state;
  }
  return seen;
}

describe.each(RUNTIMES)('an adjustable rate on %s', (runtime) => {
  it.each(Object.keys(table))('serves every rate of %s with one compiled step, as that optimiser of a fixed rate', async (name) => {
    const step = compile(trainingStep(table[name], bowl), { runtime });
    for (const eta of [0.01, 0.1]) {
      const optimizer = fixed[name](eta);
      const expected = await losses(compile(trainingStep(optimizer, bowl), { runtime }) as never, optimizer.init(initial));
      const got = await losses(step as never, rate.set(table[name].init(initial), eta));
      for (const [k, loss] of expected.entries()) expect(got[k]).toBeCloseTo(loss, 4);
    }
    expect(step.programs).toHaveLength(1);
  });

  it('is set between two steps', async () => {
    const step = compile(trainingStep(table.sgd, bowl), { runtime });
    let { state } = await step(table.sgd.init(initial) as never); // θ ← θ − 0.5 · 2 θ = 0
    expect((await step(state as never)).loss.item()).toBe(0);
    ({ state } = await step(rate.set(table.sgd.init(initial), 0.25) as never)); // θ / 2
    ({ state } = await step(rate.set(state, 1) as never)); // −θ / 2
    expect((await step(state as never)).loss.item()).toBeCloseTo(14.25 / 4, 6);
  });
});

describe('an adjustable rate', () => {
  it.each<[string, () => unknown, string]>([
    ['no rate', () => adjustable(0), 'adjustable: rate must be a finite number above 0, got 0'],
    ['none later', () => rate.set(table.sgd.init(initial), -1), 'adjustable.set: rate must be a finite number above 0, got -1'],
    ['a state of another optimiser', () => rate.set(fixed.adam(0.1).init(initial), 1), 'the state has no place of this schedule'],
    ['a warm-up', () => warmUp(rate, { steps: 3 }), 'and so does an adjustable rate'],
  ])('refuses %s', (_, f, message) => expect(f).toThrow(message));
});
