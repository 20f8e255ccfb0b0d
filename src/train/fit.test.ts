import { describe, expect, it } from 'vitest';
import { key } from '../tensor/random.js';
import { fit, run } from './fit.js';
import { minibatches } from './minibatches.js';

// w ← w − 0.1·w on ½w²: after k steps w = 0.9^k, and the loss before step k is ½·0.81^k.
const decay = { step: (w: number) => ({ state: 0.9 * w, loss: 0.5 * w * w }), batch: () => null };

describe('fit', () => {
  it('follows gradient descent on ½w²', async () => {
    const training = run(1);
    await fit(training, { ...decay, steps: 10 });
    expect(training.state).toBeCloseTo(0.9 ** 10, 15);
    expect(training.losses[9]).toBeCloseTo(0.5 * 0.81 ** 9, 15);
  });

  it('keeps the state when it is interrupted, and goes on from there', async () => {
    const training = run(1);
    const abort = new AbortController();
    const onStep = (done: number) => done === 4 && abort.abort(new Error('interrupted'));
    await expect(fit(training, { ...decay, steps: 10, signal: abort.signal, onStep })).rejects.toThrow('interrupted');
    expect(training.step).toBe(4);
    expect(training.state).toBeCloseTo(0.9 ** 4, 15);
    await fit(training, { ...decay, steps: 10 });
    expect(training.state).toBeCloseTo(0.9 ** 10, 15);
    expect(training.losses).toHaveLength(10);
  });

  it('lets a timer fire while it trains', async () => {
    let fired = false;
    setTimeout(() => {
      fired = true;
    }, 1);
    const spin = () => {
      for (const end = performance.now() + 1; performance.now() < end; );
      return { state: 0, loss: fired ? 1 : 0 };
    };
    const training = run(0);
    await fit(training, { step: spin, batch: () => null, steps: 30 });
    expect(training.losses[29]).toBe(1);
  });

  it('names the step whose loss is not a number', async () => {
    const diverge = (w: number) => ({ state: w + 1, loss: w === 3 ? Number.NaN : w });
    await expect(fit(run(1), { step: diverge, batch: () => null, steps: 9 })).rejects.toThrow(
      'fit: the loss is NaN at step 3, after 1.00, 2.00;',
    );
  });
});

describe('minibatches', () => {
  it('sees each row once an epoch, in an order that the key decides', () => {
    const rows = minibatches(key(3), 10, 5);
    const epoch = [...rows(0), ...rows(1)];
    expect([...epoch].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect([...rows(2), ...rows(3)]).not.toEqual(epoch);
    expect(minibatches(key(3), 10, 5)(1)).toEqual(rows(1));
  });

  it('rejects a batch larger than the sample', () => {
    expect(() => minibatches(key(3), 10, 11)).toThrow('minibatches: the size must be an integer from 1 to n = 10, got 11');
  });
});
