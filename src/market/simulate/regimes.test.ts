import { describe, expect, it } from 'vitest';
import { expectMean } from '../../../tests/support/monte-carlo.js';
import { key } from '../../base/random.js';
import { regimeSwitching } from './regimes.js';

describe('regimeSwitching', () => {
  // Calm and stormy; π = (0.75, 0.25) since 0.05 π₀ = 0.15 π₁.
  const transition = [
    [0.95, 0.05],
    [0.15, 0.85],
  ];
  const [means, sigmas] = [
    [0.05, -0.1],
    [0.5, 2],
  ];
  const P = 20_000;
  const { values, regimes } = regimeSwitching(key(1), { transition, means, sigmas, steps: 12, paths: P });
  const column = (x: { data: ArrayLike<number> }, t: number) => Float64Array.from({ length: P }, (_, p) => x.data[12 * p + t]);

  it.each([0, 11])('is stationary at step %i: shares π, mean Σπμ, second moment Σπ(μ² + σ²)', (t) => {
    expectMean(column(regimes, t), 0.25);
    expectMean(column(values, t), 0.75 * 0.05 - 0.25 * 0.1);
    expectMean(
      column(values, t).map((x) => x * x),
      0.75 * (0.05 ** 2 + 0.25) + 0.25 * (0.1 ** 2 + 4),
    );
  });

  it('remembers its regime as (p₀₀ + p₁₁ − 1)^k', () => {
    for (const lag of [1, 5]) {
      const [now, then] = [column(regimes, 0), column(regimes, lag)];
      expectMean(
        now.map((s, p) => (s - 0.25) * (then[p] - 0.25)),
        0.8 ** lag * 0.25 * 0.75,
      );
    }
  });

  it('stays 1/(1 − p_ii) steps in a regime', () => {
    const { data } = regimeSwitching(key(2), { transition, means, sigmas, steps: 200_000 }).regimes;
    const stays: number[][] = [[], []];
    let since = -1; // the first stay began before the path
    for (let t = 1; t < data.length; t++) {
      if (data[t] === data[t - 1]) continue;
      if (since > 0) stays[data[t - 1]].push(t - since);
      since = t;
    }
    expectMean(stays[0], 20);
    expectMean(stays[1], 1 / 0.15);
  });

  it('finds the stationary law of a chain with rare regimes', () => {
    const rare = [
      [1 - 1e-6, 1e-6, 0],
      [0.5, 0, 0.5],
      [0, 1, 0],
    ];
    // π₁ = π₀·2e-6 = 2 π₂, so that a path of one step in a million starts there.
    const { data } = regimeSwitching(key(3), { transition: rare, means: [0, 0, 0], sigmas: [1, 1, 1], steps: 1, paths: 10 }).regimes;
    expect([...data]).toEqual(new Array(10).fill(0));
  });

  it('finds it where one regime is never left, and others only lead there, in any order', () => {
    // All that begins in the regimes that are left ends in the one that is not.
    for (const stays of [0, 1, 2]) {
      const others = [0, 1, 2].filter((i) => i !== stays);
      const chain = [0, 1, 2].map((i) => [0, 1, 2].map((j) => (i === stays ? Number(j === stays) : j === stays ? 0.2 : 0.4)));
      const run = (chain: number[][]) =>
        regimeSwitching(key(5), { transition: chain, means: [0, 0, 0], sigmas: [1, 1, 1], steps: 3, paths: 50 }).regimes.data;
      expect([...run(chain)]).toEqual(new Array(150).fill(stays));
      // Two that are not left together, in equal parts, and one that leads there.
      const pair = [0, 1, 2].map((i) => [0, 1, 2].map((j) => (i === stays ? 1 / 3 : Number(j === others.find((k) => k !== i)))));
      const seen = run(pair);
      expect(seen).not.toContain(stays);
      expect(Math.abs(seen.filter((s, t) => t % 3 === 0 && s === others[0]).length - 25)).toBeLessThanOrEqual(14); // 4 errors of 3.5
    }
  });

  it('starts where it is told, and gives the earlier numbers again when more are asked for', () => {
    const small = regimeSwitching(key(4), { transition, means, sigmas, start: 1, steps: 5, paths: 3 });
    const large = regimeSwitching(key(4), { transition, means, sigmas, start: 1, steps: 9, paths: 4 });
    for (let p = 0; p < 3; p++) {
      expect(small.regimes.data[5 * p]).toBe(1);
      for (let t = 0; t < 5; t++) expect(small.values.data[5 * p + t]).toBe(large.values.data[9 * p + t]);
    }
  });

  it.each([
    [
      'rows that do not sum to 1',
      {
        transition: [
          [0.9, 0.2],
          [0, 1],
        ],
      },
      'row 0 of transition must hold 2 probabilities that sum to 1, got [0.9, 0.2]',
    ],
    [
      'a negative probability',
      {
        transition: [
          [1.1, -0.1],
          [0, 1],
        ],
      },
      'row 0 of transition must hold 2 probabilities',
    ],
    ['too few means', { means: [1] }, 'transition has 2 regimes and means 1; give one for each'],
    ['a negative σ', { sigmas: [1, -1] }, 'each of sigmas must be a finite number from 0 up, got -1'],
    [
      'two chains in one',
      {
        transition: [
          [1, 0],
          [0, 1],
        ],
      },
      'so the chain has no one stationary law; give the regime to start in',
    ],
    ['a start that is none', { start: 2 }, 'start must be a whole number from 0 up, below 2, got 2'],
  ])('refuses %s', (_, wrong, error) => {
    expect(() => regimeSwitching(key(1), { transition, means, sigmas, steps: 3, ...wrong })).toThrow(error);
  });
});
