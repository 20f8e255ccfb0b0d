import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectClose } from '../../tests/support/close.js';
import { key, normal, split, uniform } from '../base/random.js';
import { generalisedAdvantage } from './generalised-advantage.js';

const [T, N] = [7, 3];
const [forReward, forValue, forDone] = split(key(1), 3);
const reward = normal(forReward, [T, N]);
const value = normal(forValue, [T + 1, N]);
const terminated = { data: uniform(forDone, [T, N]).data.map((u) => +(u < 0.25)), shape: [T, N] };
const never = { data: new Float32Array(T * N), shape: [T, N] };

/** The definition: Σₗ (γλ)ˡ δₜ₊ₗ, until the episode ends. */
function bySum(discount: number, lambda: number, ends = terminated): number[] {
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
    expect(terminated.data.filter((d) => d === 1).length).toBeGreaterThan(2);
    for (const [discount, lambda] of [
      [0.99, 0.95],
      [0.9, 0.5],
      [1, 1],
    ])
      expectClose(generalisedAdvantage({ reward, value, terminated }, { discount, lambda }).advantage.data, bySum(discount, lambda), 5);
  });

  it('gives both in the shape of the rewards, with the usual γ and λ where none is said', () => {
    const { advantage, returns } = generalisedAdvantage({ reward, value, terminated }, { discount: undefined, lambda: undefined });
    expect([advantage.shape, returns.shape]).toEqual([reward.shape, reward.shape]);
    expectClose(advantage.data, bySum(0.99, 0.95), 5);
  });

  it('is one step’s surprise at λ = 0', () => {
    const { advantage } = generalisedAdvantage({ reward, value, terminated: never }, { discount: 0.9, lambda: 0 });
    const surprise = Array.from(reward.data, (r, i) => r + 0.9 * value.data[i + N] - value.data[i]);
    expectClose(advantage.data, surprise, 6);
  });

  // Σ γˡ of a reward of 1 for ever, of which the critic knows the value from the last state on: 1/(1 − γ) at every step.
  it('returns what was earned at λ = 1, whatever the critic said on the way', () => {
    const ones = { data: new Float32Array(T * N).fill(1), shape: [T, N] };
    const known = { data: value.data.map((v, i) => (i < T * N ? v : 10)), shape: [T + 1, N] };
    const { returns } = generalisedAdvantage({ reward: ones, value: known, terminated: never }, { discount: 0.9, lambda: 1 });
    expectClose(returns.data, new Array(T * N).fill(10), 5);
  });

  it('is nothing where the critic is right: constant rewards of constant value', () => {
    const ones = { data: new Float32Array(T * N).fill(1), shape: [T, N] };
    const right = { data: new Float32Array((T + 1) * N).fill(10), shape: [T + 1, N] };
    expectClose(
      generalisedAdvantage({ reward: ones, value: right, terminated: never }, { discount: 0.9 }).advantage.data,
      new Array(T * N).fill(0),
      9,
    );
  });

  it('asks for the value after the last step', () => {
    expect(() => generalisedAdvantage({ reward, value: reward, terminated })).toThrow(
      'value [T + 1, N], with the value after the last step: got reward [7,3], value [7,3], terminated [7,3]',
    );
    expect(() => generalisedAdvantage({ reward, value, terminated }, { lambda: 1.1 })).toThrow(
      'lambda must be a finite number from 0 to 1, got 1.1',
    );
    const missing = { data: Float32Array.from(reward.data, (r, i) => (i === 4 ? Number.NaN : r)), shape: reward.shape };
    expect(() => generalisedAdvantage({ reward: missing, value, terminated })).toThrow('reward is NaN at step 1 of environment 1');
    expect(() => generalisedAdvantage({ reward: { data: [1], shape: reward.shape }, value, terminated })).toThrow(
      '[7,3] but holds 1 values',
    );
  });

  // https://github.com/DLR-RM/stable-baselines3/issues/633, https://github.com/Toni-SM/skrl/issues/449: δ = 1 + 0.99 · 10 − 10 = 0.9 at each step of an
  // episode that is cut, −9 at the end of one that terminates, and Aₜ = δₜ + 0.9405 Aₜ₊₁.
  it.each([
    ['truncated', [2.54254, 1.74645, 0.9]],
    ['terminated', [-6.21441, -7.5645, -9]],
  ] as const)('knows an episode that %s', (end, expected) => {
    const column = (...data: number[]) => ({ data, shape: [data.length, 1] });
    const ends = { terminated: column(0, 0, 0), truncated: column(0, 0, 0), [end]: column(0, 0, 1) };
    // After the third step another episode has begun, whose first state is worth 99; what is not the end of a cut one is not read.
    const rollout = { reward: column(1, 1, 1), value: column(10, 10, 10, 99), finalValue: column(Number.NaN, -5, 10), ...ends };
    expectClose(generalisedAdvantage(rollout, { discount: 0.99, lambda: 0.95 }).advantage.data, [...expected], 5);
  });

  it('needs no final value where nothing is cut, nor where the episode terminated too', () => {
    const { advantage } = generalisedAdvantage({ reward, value, terminated });
    const unread = { data: never.data.map(() => Number.NaN), shape: never.shape };
    expect(generalisedAdvantage({ reward, value, terminated, finalValue: unread }).advantage).toEqual(advantage);
    expect(generalisedAdvantage({ reward, value, terminated, truncated: terminated }).advantage).toEqual(advantage);
  });

  // https://github.com/vwxyzjn/cleanrl/issues/198: before and after a cut are two rollouts, the first with the final value behind it.
  it('is that of the two halves, wherever episodes are cut', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0, max: T - 2 }), fc.double({ min: 0, max: 1, noNaN: true }), (seed, cut, lambda) => {
        const [forR, forV, forFinal] = split(key(seed), 3);
        const [r, v, final] = [normal(forR, [T, N]), normal(forV, [T + 1, N]), normal(forFinal, [T, N])];
        const truncated = { data: Float32Array.from({ length: T * N }, (_, i) => +(Math.floor(i / N) === cut)), shape: [T, N] };
        const whole = generalisedAdvantage({ reward: r, value: v, terminated: never, truncated, finalValue: final }, { lambda });
        const half = (from: number, to: number, last: Float32Array) =>
          generalisedAdvantage(
            {
              reward: { data: r.data.slice(from * N, to * N), shape: [to - from, N] },
              value: { data: [...v.data.slice(from * N, to * N), ...last], shape: [to - from + 1, N] },
              terminated: { data: new Float32Array((to - from) * N), shape: [to - from, N] },
            },
            { lambda },
          ).advantage.data;
        const first = half(0, cut + 1, final.data.slice(cut * N, (cut + 1) * N));
        expect([...whole.advantage.data]).toEqual([...first, ...half(cut + 1, T, v.data.slice(T * N))]);
      }),
      { numRuns: 30 },
    );
  });

  it('asks what a cut episode was worth, and for ends that are ends', () => {
    const truncated = { data: never.data.with(4, 1), shape: never.shape };
    expect(() => generalisedAdvantage({ reward, value, terminated: never, truncated })).toThrow(
      'the episode of environment 1 was cut at step 1, and what its last state is worth is missing; give finalValue [T, N]',
    );
    expect(() => generalisedAdvantage({ reward, value, terminated: { data: never.data.with(4, 0.5), shape: never.shape } })).toThrow(
      'terminated is 0.5 at step 1 of environment 1; an end is 1 where there is one, else 0',
    );
    expect(() =>
      generalisedAdvantage({ reward, value, terminated: never, truncated: { data: never.data.with(0, 1), shape: never.shape } }),
    ).toThrow('environment 0 was cut at step 0');
    const half = { data: never.data.with(4, 0.5), shape: never.shape };
    expect(() => generalisedAdvantage({ reward, value, terminated: never, truncated: half, finalValue: never })).toThrow(
      'truncated is 0.5 at step 1 of environment 1; an end is 1',
    );
    expect(() => generalisedAdvantage({ reward, value } as never)).toThrow('got reward [7,3], value [8,3]');
    expect(() => generalisedAdvantage({ reward, value, done: never } as never)).toThrow(
      "the rollout: there is no option 'done'; it takes reward, value, terminated",
    );
  });
});
