import { expect, it } from 'vitest';
import { RUNTIMES } from '../../tests/support/compiled.js';
import { compile } from '../tensor/compile.js';
import { adam, amsgrad, projected, sgd, trainingStep } from './index.js';

const start = (...data: number[]) => ({ w: { data: Float32Array.from(data), shape: [data.length] } });

// With slopes 1 and −4 and η = 0.5 the steps are −0.5 and 2: 0.3 → −0.2 → −0.7 → −1, and 0.3 → 1, where it stays.
it.each(RUNTIMES)('puts parameters back to the end of the box that they left, on %s', async (runtime) => {
  const initial = start(0.3, 0.3);
  const optimizer = projected(sgd(initial, { learningRate: 0.5 }), { low: -1, high: 1 });
  const step = compile(
    trainingStep(optimizer, ({ w }) => w.mul([1, -4]).sum()),
    { runtime },
  );
  let state = optimizer.init(initial) as never;
  const seen: number[][] = [];
  for (let k = 0; k < 4; k++) {
    state = (await step(state)).state as never;
    seen.push(Array.from((state as { parameters: { data(): Float32Array } }).parameters.data(), (x) => Number(x.toFixed(6))));
  }
  expect(seen).toEqual([
    [-0.2, 1],
    [-0.7, 1],
    [-1, 1],
    [-1, 1],
  ]);
});

// Without ε the first step is η in the direction of −g, whatever the size of g, and 0 where g is 0.
it.each(RUNTIMES)('Adam and AMSGrad without ε move by η, or not at all, on %s', async (runtime) => {
  const initial = start(0, 0, 0);
  for (const rule of [adam, amsgrad]) {
    const optimizer = rule(initial, { learningRate: 0.25, epsilon: 0 });
    const step = compile(
      trainingStep(optimizer, ({ w }) => w.mul([1e-6, 0, -1e6]).sum()),
      { runtime },
    );
    const { state } = await step(optimizer.init(initial) as never);
    const moved = (state as unknown as { parameters: { data(): Float32Array } }).parameters.data();
    [-0.25, 0, 0.25].forEach((expected, j) => {
      expect(moved[j]).toBeCloseTo(expected, 5);
    });
  }
});

it('refuses a box that is empty, and a start outside of it', () => {
  const optimizer = sgd(start(2), { learningRate: 1 });
  expect(() => projected(optimizer, { low: 1, high: 1 })).toThrow('projected: high must be a finite number above 1, got 1');
  expect(() => projected(optimizer, { low: Number.NaN, high: 1 })).toThrow('projected: low must be a finite number, got NaN');
  expect(() => projected(optimizer, { low: -1, high: 1 }).init(start(2))).toThrow(
    'projected: a parameter starts at 2, outside of [-1, 1]; start within the box or widen it',
  );
  expect(() => projected(optimizer, { low: -1, high: 3 }).init(start(-2))).toThrow('a parameter starts at -2, outside of [-1, 3]');
  expect(() => projected(optimizer, { low: -1, hi: 1 } as never)).toThrow("projected: there is no option 'hi'");
});
