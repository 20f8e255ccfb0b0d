import { describe, expect, it } from 'vitest';
import { expectClose } from '../../tests/support/close.js';
import { key, normal, split, uniform } from '../base/random.js';
import { generalisedAdvantage } from './generalised-advantage.js';

const [T, N] = [7, 3];
const [forReward, forValue, forDone] = split(key(1), 3);
const reward = normal(forReward, [T, N]);
const value = normal(forValue, [T + 1, N]);
const done = { data: uniform(forDone, [T, N]).data.map((u) => +(u < 0.25)), shape: [T, N] };
const never = { data: new Float32Array(T * N), shape: [T, N] };

/** The definition: Σₗ (γλ)ˡ δₜ₊ₗ, until the episode ends. */
function bySum(discount: number, lambda: number, ends = done): number[] {
  const at = (rows: { data: Float32Array }, t: number, n: number) => rows.data[t * N + n];
  return Array.from({ length: T * N }, (_, i) => {
    const [t, n] = [Math.floor(i / N), i % N];
    let [sum, weight] = [0, 1];
    for (let l = t; l < T; l++) {
      sum += weight * (at(reward, l, n) + discount * (1 - at(ends, l, n)) * at(value, l + 1, n) - at(value, l, n));
      if (at(ends, l, n)) break;
      weight *= discount * lambda;
    }
    return sum;
  });
}

describe('generalisedAdvantage', () => {
  it('equals the sum that defines it, across the ends of episodes', () => {
    expect(done.data.filter((d) => d === 1).length).toBeGreaterThan(2);
    for (const [discount, lambda] of [
      [0.99, 0.95],
      [0.9, 0.5],
      [1, 1],
    ])
      expectClose(generalisedAdvantage({ reward, value, done }, { discount, lambda }).advantage.data, bySum(discount, lambda), 5);
  });

  it('is one step’s surprise at λ = 0', () => {
    const { advantage } = generalisedAdvantage({ reward, value, done: never }, { discount: 0.9, lambda: 0 });
    const surprise = Array.from(reward.data, (r, i) => r + 0.9 * value.data[i + N] - value.data[i]);
    expectClose(advantage.data, surprise, 6);
  });

  // Σ γˡ of a reward of 1 for ever, of which the critic knows the value from the last state on: 1/(1 − γ) at every step.
  it('returns what was earned at λ = 1, whatever the critic said on the way', () => {
    const ones = { data: new Float32Array(T * N).fill(1), shape: [T, N] };
    const known = { data: value.data.map((v, i) => (i < T * N ? v : 10)), shape: [T + 1, N] };
    const { returns } = generalisedAdvantage({ reward: ones, value: known, done: never }, { discount: 0.9, lambda: 1 });
    expectClose(returns.data, new Array(T * N).fill(10), 5);
  });

  it('is nothing where the critic is right: constant rewards of constant value', () => {
    const ones = { data: new Float32Array(T * N).fill(1), shape: [T, N] };
    const right = { data: new Float32Array((T + 1) * N).fill(10), shape: [T + 1, N] };
    expectClose(
      generalisedAdvantage({ reward: ones, value: right, done: never }, { discount: 0.9 }).advantage.data,
      new Array(T * N).fill(0),
      9,
    );
  });

  it('asks for the value after the last step', () => {
    expect(() => generalisedAdvantage({ reward, value: reward, done })).toThrow(
      'value [T + 1, N], with the value after the last step: got reward [7,3], done [7,3], value [7,3]',
    );
    expect(() => generalisedAdvantage({ reward, value, done }, { lambda: 1.1 })).toThrow(
      'lambda must be a finite number from 0 to 1, got 1.1',
    );
    const missing = { data: Float32Array.from(reward.data, (r, i) => (i === 4 ? Number.NaN : r)), shape: reward.shape };
    expect(() => generalisedAdvantage({ reward: missing, value, done })).toThrow('reward is NaN at step 1 of environment 1');
    expect(() => generalisedAdvantage({ reward: { data: [1], shape: reward.shape }, value, done })).toThrow('[7,3] but holds 1 values');
  });
});
