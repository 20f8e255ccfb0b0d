import { describe, expect, it } from 'vitest';
import { fitGan } from './fit-gan.js';

const played = (criticLoss: (k: number) => number, generatorLoss = (_: number) => 0.5) => ({
  step: (state: number, k: number) => ({ state: state + 1, criticLoss: criticLoss(k), generatorLoss: generatorLoss(k) }),
  batch: (k: number) => k,
});

describe('fitGan', () => {
  it('keeps the losses of every step, and hands each state on', async () => {
    const seen: number[] = [];
    const found = await fitGan(0, { ...played((k) => -k), steps: 5, onStep: (done, state) => void seen.push(10 * done + state) });
    expect(found.state).toBe(5);
    expect([...found.criticLosses]).toEqual([-0, -1, -2, -3, -4]);
    expect(seen).toEqual([11, 22, 33, 44, 55]);
  });

  it('stops where losses diverge, and says at which step and why', async () => {
    await expect(fitGan(0, { ...played((k) => 10 ** k), steps: 9 })).rejects.toThrow(
      "fitGan: the critic's loss is 1.00e+5 at step 6, after 100, 1.00e+3, 1.00e+4; scores without a bound mean that nothing holds the critic: " +
        'raise the weight of the gradient penalty (10), lower both learning rates tenfold, and standardise the data',
    );
    await expect(
      fitGan(0, {
        ...played(
          () => 1,
          (k) => (k < 2 ? 1 : Number.NaN),
        ),
        steps: 9,
      }),
    ).rejects.toThrow(
      "fitGan: the generator's loss is NaN at step 3, after 1.00, 1.00; a rate that is too large, or data with a value that is no number",
    );
    await expect(fitGan(0, { ...played(() => 1), steps: 0 })).rejects.toThrow('fitGan: steps');
  });

  it('stops when it is told to', async () => {
    const control = new AbortController();
    const stop = fitGan(0, {
      ...played(() => 1),
      steps: 1e6,
      signal: control.signal,
      onStep: (done) => (done === 3 ? control.abort('enough') : undefined),
    });
    await expect(stop).rejects.toBe('enough');
  });
});
