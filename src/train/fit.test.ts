import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { key } from '../base/random.js';
import { plateau } from '../optim/plateau.js';
import { type SgdState, sgd } from '../optim/sgd.js';
import { type DeviceTensor, fromArray } from '../tensor/buffers/device-tensor.js';
import { compile } from '../tensor/compile.js';
import { batches } from './batches.js';
import { resume } from './checkpoint.js';
import { fit } from './fit.js';
import { minibatches } from './minibatches.js';
import { type Run, run } from './run.js';

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

  it('makes the next batch while a step runs, when asked to, and none beyond the last', async () => {
    for (const ahead of [false, true]) {
      const order: string[] = [];
      const step = async (w: number, k: number) => {
        order.push(`step ${k}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
        order.push(`end ${k}`);
        return { state: w + k, loss: 1 };
      };
      const batch = (k: number) => {
        order.push(`batch ${k}`);
        return k;
      };
      const training = run(0);
      await fit(training, { step, batch, ahead, steps: 2 });
      expect(order.join(', ')).toBe(
        ahead ? 'batch 0, step 0, batch 1, end 0, step 1, end 1' : 'batch 0, step 0, end 0, batch 1, step 1, end 1',
      );
      expect(training.state).toBe(1);
    }
  });

  it('says of a batch made ahead that it failed when its step is due, with the step before it done', async () => {
    const batch = (k: number) => {
      if (k === 2) throw new Error('row 7 is missing');
      return k;
    };
    const training = run(1);
    await expect(fit(training, { step: decay.step, batch, ahead: true, steps: 9 })).rejects.toThrow('row 7 is missing');
    expect(training.step).toBe(2);
    const stopped = run(1); // before the batch that fails
    await fit(stopped, { step: decay.step, batch, ahead: true, steps: 2 });
    expect(stopped.step).toBe(2);
  });

  it('says what a step must return', async () => {
    const gan = () => ({ state: 1, criticLoss: 2 });
    await expect(fit(run(1), { step: gan as never, batch: () => null, steps: 9 })).rejects.toThrow(
      'fit: the step must return { state, loss }, got { state, criticLoss }; name the loss to watch: return { state, loss: criticLoss }',
    );
    await expect(fit(run(1), { step: (() => undefined) as never, batch: () => null, steps: 9 })).rejects.toThrow('got undefined');
  });

  it('names the step whose loss is not a number', async () => {
    const diverge = (w: number) => ({ state: w + 1, loss: w === 3 ? Number.NaN : w });
    await expect(fit(run(1), { step: diverge, batch: () => null, steps: 9 })).rejects.toThrow(
      'fit: the loss is NaN at step 3, after 1.00, 2.00;',
    );
  });
});

// w ← w + 1 from −3, so that ½w² falls to 0 after three steps and grows again.
const passing = { step: (w: number) => ({ state: w + 1, loss: 0.5 * w * w }), batch: () => null };
const halfSquare = (w: number) => 0.5 * w * w;

describe('validation', () => {
  it('stops when patience has run out, and keeps the best state', async () => {
    const training = run(-3);
    await fit(training, { ...passing, steps: 100, validate: { every: 1, loss: halfSquare, patience: 4 } });
    expect(training).toMatchObject({ step: 7, state: 4, best: { step: 3, loss: 0, state: 0 } });
    expect(training.validations.map(({ loss }) => loss)).toEqual([2, 0.5, 0, 0.5, 2, 4.5, 8]);
  });

  it('takes place every so many steps, once for each, also when the run is continued', async () => {
    const training = run(-3);
    for (const steps of [5, 5, 6, 12]) await fit(training, { ...passing, steps, validate: { every: 3, loss: halfSquare } });
    expect(training.validations.map(({ step }) => step)).toEqual([3, 6, 9, 12]);
  });

  it('keeps a copy of the best state, which later steps cannot reach', async () => {
    const step = compile((w: tf.Tensor) => ({ state: w.add(1), loss: w.square().sum() }), { donate: [0] });
    const training = run(fromArray([-3, -3], [2]));
    const loss = (w: DeviceTensor) => w.data()[0] ** 2;
    await fit(training, { step, batch: () => undefined, steps: 9, validate: { every: 1, loss } });
    expect(training.best?.step).toBe(3);
    expect(training.best?.state.data()).toEqual(Float32Array.of(0, 0));
    expect(training.state.data()).toEqual(Float32Array.of(6, 6));
  });

  it('reduces the rate on a plateau, through the state', async () => {
    const rate = plateau({ from: 0.5, factor: 0.5, patience: 1 });
    const optimizer = sgd({ w: { data: Float32Array.of(1), shape: [1] } }, { learningRate: rate });
    const training = run(optimizer.init({ w: { data: Float32Array.of(1), shape: [1] } }));
    const step = compile((state: SgdState) => ({ state: optimizer.update(state, tf.tensor1d([1])), loss: tf.scalar(1) }));
    const validate = { every: 1, loss: () => 1, adjust: rate.observe };
    await fit(training, { step, batch: () => undefined, steps: 5, validate });
    expect(training.state.schedule!.data()[0]).toBe(0.125); // validations 3 and 5 are the second in a row without improvement
    expect(training.state.parameters.item()).toBe(1 - 0.5 - 0.5 - 0.5 - 0.25 - 0.25);
  });

  it('counts once towards a plateau, also when the run is continued or resumed from a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lemmata-plateau-'));
    const file = join(folder, 'run.safetensors');
    const rate = plateau({ from: 0.5, patience: 100 });
    const initial = { w: { data: Float32Array.of(1), shape: [1] } };
    const optimizer = sgd(initial, { learningRate: rate });
    const step = compile((state: SgdState) => ({ state: optimizer.update(state, tf.tensor1d([1])), loss: tf.scalar(1) }));
    const options = { step, batch: () => undefined, validate: { every: 2, loss: () => 1, adjust: rate.observe } };
    const training = run(optimizer.init(initial));
    for (const steps of [4, 4, 5]) await fit(training, { ...options, steps, checkpoint: { file, every: 2 } });
    const resumed = resume(file, run(optimizer.init(initial)));
    await fit(resumed, { ...options, steps: 8 });
    expect(resumed.validations.map(({ step }) => step)).toEqual([2, 4, 6, 8]);
    expect([...resumed.state.schedule!.data()]).toEqual([0.5, 1, 3]); // the first was the best, and three came since
    rmSync(folder, { recursive: true });
  });

  it('that could not adjust the state has not taken place', async () => {
    const training = run(-3);
    const adjust = () => {
      throw new Error('no place of a plateau');
    };
    await expect(fit(training, { ...passing, steps: 9, validate: { every: 1, loss: halfSquare, adjust } })).rejects.toThrow('no place');
    expect(training).toMatchObject({ step: 1, validations: [], state: -2 });
    await fit(training, { ...passing, steps: 2, validate: { every: 1, loss: halfSquare } });
    expect(training.validations).toEqual([
      { step: 1, loss: 2 },
      { step: 2, loss: 0.5 },
    ]);
  });

  it('names the step of a validation loss that is not a number', async () => {
    const validate = { every: 2, loss: () => Number.NaN };
    await expect(fit(run(1), { ...decay, steps: 4, validate })).rejects.toThrow('fit: the validation loss is NaN after step 2, though');
  });
});

// ½w² of −3, −2, … as above, validated at steps 3 and 6; the end is at step 4 or 7.
describe('the last state', () => {
  const validate = { every: 3, loss: halfSquare };

  it('is validated too, and may be the best', async () => {
    const training = run(-3.5); // −0.5 after step 3, 0.5 after step 4
    await fit(training, { ...passing, steps: 2, validate });
    expect(training).toMatchObject({ validations: [], last: { step: 2, loss: 1.125 }, best: { step: 2, loss: 1.125, state: -1.5 } });
    await fit(training, { ...passing, steps: 2, validate });
    expect(training.last).toMatchObject({ step: 2, loss: 1.125 });
    expect(training.last?.before).toBeUndefined();
  });

  it('leaves no trace in a run that goes on', async () => {
    const whole = run(-3.9);
    await fit(whole, { ...passing, steps: 8, validate: { ...validate, patience: 2 } });
    const training = run(-3.9);
    const best: (number | undefined)[] = [];
    for (const steps of [1, 2, 4, 7]) {
      await fit(training, { ...passing, steps, validate: { ...validate, patience: 2 } });
      expect(training.last?.step).toBe(steps);
      best.push(training.best?.step);
    }
    expect(best).toEqual([1, 2, 4, 3]); // w is 0.1 at step 4 and −0.9 at step 3
    await fit(training, { ...passing, steps: 8, validate: { ...validate, patience: 2 } });
    const { seconds: _, ...all } = whole;
    expect(training).toMatchObject(all);
  });

  it('adjusts nothing', async () => {
    const seen: number[] = [];
    const adjust = (w: number, loss: number) => {
      seen.push(loss);
      return w;
    };
    await fit(run(-3), { ...passing, steps: 4, validate: { ...validate, adjust } });
    expect(seen).toEqual([0]);
  });
});

describe('epochs', () => {
  const data = batches({ x: Float32Array.of(1, 2, 3, 4, 5, 6, 7) }, { size: 2, key: key(1) });
  const count = (w: number, { x }: { x: { data: ArrayLike<number> } }) => ({ state: w + 1, loss: x.data.length });

  it('are as many steps as there are whole batches in them', async () => {
    const training = run(0);
    await fit(training, { step: count, batch: data, epochs: 4 });
    expect(training).toMatchObject({ step: 12, state: 12, losses: new Array(12).fill(2) });
    await fit(training, { step: count, batch: data, steps: 13 });
    expect(training.step).toBe(13);
  });

  // Keras' fit(x, epochs=3), by those who know it: without steps a training never ended.
  it('or steps must be given, one of them, by names that exist', async () => {
    const options = { ...decay, batch: () => null };
    await expect(fit(run(1), options)).rejects.toThrow(
      'fit: how long to train is missing; give steps: 2000, or batch: batches(…) with epochs: 20',
    );
    await expect(fit(run(1), { ...options, epochs: 3 })).rejects.toThrow(
      'fit: epochs are counted in batches of data, and batch is a function',
    );
    await expect(fit(run(1), { ...decay, batch: data as never, epochs: 3, steps: 2 })).rejects.toThrow(
      'fit: steps 2 and epochs 3 both say how long',
    );
    await expect(fit(run(1), { ...options, epochs: 0 })).rejects.toThrow('fit: epochs must be a whole number from 1 up, got 0');
    await expect(fit(run(1), { ...options, step_s: 3 } as never)).rejects.toThrow("fit: there is no option 'step_s'");
    const validate = { every: 1, loss: halfSquare, patiense: 3 };
    await expect(fit(run(1), { ...options, steps: 3, validate })).rejects.toThrow("fit: validate: there is no option 'patiense'");
  });
});

describe('fit, asked for the impossible,', () => {
  it('says so before the first step', async () => {
    const training = run(1);
    await expect(fit(training, { ...decay, steps: 0.5 })).rejects.toThrow('fit: steps must be a whole number from 1 up, got 0.5');
    const validate = { every: 0, loss: halfSquare };
    await expect(fit(training, { ...decay, steps: 5, validate })).rejects.toThrow(
      'fit: validate.every must be a whole number from 1 up, got 0',
    );
    expect(training.step).toBe(0);
  });
});

describe('a watch', () => {
  it('sees each step and the end, also of a run that fails', async () => {
    const seen: string[] = [];
    const watch = { step: ({ step }: Run<unknown>, steps: number) => seen.push(`${step}/${steps}`), end: () => void seen.push('end') };
    await fit(run(1), { ...decay, steps: 2, watch: watch as never });
    const broken = { step: () => ({ state: 0, loss: Number.NaN }), batch: () => null };
    await expect(fit(run(1), { ...broken, steps: 2, watch: watch as never })).rejects.toThrow();
    expect(seen).toEqual(['1/2', '2/2', 'end', 'end']);
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
    expect(() => minibatches(key(3), 10, 11)).toThrow('minibatches: size must be a whole number from 1 to 10, got 11');
  });
});
