import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { randomMdp } from '../../../tests/support/mdps.js';
import { actionValues, discountedVisits, policyEvaluation, valueIteration } from './dynamic-programming.js';
import type { FiniteMdp } from './finite-mdp.js';

/** The grid of Sutton & Barto 2018, example 3.5: 5 × 5 cells, a step into the wall costs 1, cells A and B pay 10 and 5 and jump. */
const grid: FiniteMdp = (() => {
  const cells = Array.from({ length: 25 }, (_, s) => s);
  const moves = [
    [-1, 0],
    [1, 0],
    [0, -1],
    [0, 1],
  ];
  const step = (s: number, [down, right]: number[]): [next: number, reward: number] => {
    if (s === 1) return [21, 10];
    if (s === 3) return [13, 5];
    const [row, col] = [Math.floor(s / 5) + down, (s % 5) + right];
    return row < 0 || row > 4 || col < 0 || col > 4 ? [s, -1] : [5 * row + col, 0];
  };
  return {
    transition: cells.map((s) => moves.map((move) => cells.map((next) => Number(next === step(s, move)[0])))),
    reward: cells.map((s) => moves.map((move) => step(s, move)[1])),
    discount: 0.9,
  };
})();

// Their figures 3.2 and 3.5, to one decimal.
const RANDOM = [3.3, 8.8, 4.4, 5.3, 1.5, 1.5, 3.0, 2.3, 1.9, 0.5, 0.1, 0.7, 0.7, 0.4, -0.4, -1.0, -0.4, -0.4, -0.6, -1.2, -1.9, -1.3, -1.2];
const BEST = [22.0, 24.4, 22.0, 19.4, 17.5, 19.8, 22.0, 19.8, 17.8, 16.0, 17.8, 19.8, 17.8, 16.0, 14.4, 16.0, 17.8, 16.0, 14.4, 13.0];

describe('policyEvaluation', () => {
  it('has the values of the grid for a policy by chance', () => {
    const value = policyEvaluation(
      grid,
      grid.reward.map((row) => row.map(() => 1 / 4)),
    );
    expectClose([...value.slice(0, 23), value[23], value[24]], [...RANDOM, -1.4, -2.0], 1);
  });
});

describe('valueIteration', () => {
  it('has the best values of the grid, wherever it starts, and their actions', () => {
    for (const value of [undefined, grid.reward.map((_, s) => 30 - s)]) {
      const found = valueIteration(grid, { value });
      expectClose(found.value.slice(0, 20), BEST, 1);
      expect(found.action.slice(0, 3)).toEqual([3, 0, 2]);
      const { action } = found;
      const earned = policyEvaluation(
        grid,
        action.map((a) => [0, 1, 2, 3].map((b) => Number(a === b))),
      );
      expect(Math.max(...earned.map((v, s) => Math.abs(v - found.value[s])))).toBeLessThan(2e-8);
    }
  });

  it('ends at once when the future counts for nothing', () => {
    const found = valueIteration({ ...grid, discount: 0 });
    expect(found.changes).toHaveLength(1);
    expect(found.value[1]).toBe(10);
  });

  // One state that earns 1 for ever, halved: V = 2, and after k sweeps from 0 V is 2 − 2¹⁻ᵏ.
  const ones: FiniteMdp = { transition: [[[1]]], reward: [[1]], discount: 0.5 };

  it('takes no sweep more than its bound asks for', () => {
    expect(valueIteration(ones, { tolerance: 1 })).toEqual({ value: [1], action: [0], changes: [1] });
    expect(valueIteration(ones, { tolerance: 0.25 }).value).toEqual([1.75]);
  });

  it('goes on where rounding holds changes up for a sweep', () => {
    // Doubles below 2 are 2⁻⁵² apart: the last changes are that, then 0, and no value can be trusted to 1e-17.
    for (const value of [[0], [2 - 2 ** -51]])
      expect(() => valueIteration(ones, { tolerance: 1e-17, value })).toThrow('a tolerance of 1e-17 is beyond the rounding');
    for (const [discount, scale] of [
      [0.99, 100],
      [0.999, 1],
    ])
      for (const seed of [1, 2, 3]) {
        const mdp = randomMdp(seed, { S: 6, A: 3, discount });
        const large = { ...mdp, reward: mdp.reward.map((row) => row.map((r) => scale * r)) };
        const { value, action } = valueIteration(large);
        const exact = policyEvaluation(
          large,
          action.map((best) => [0, 1, 2].map((a) => Number(a === best))),
        );
        expect(Math.max(...value.map((v, s) => Math.abs(v - exact[s])))).toBeLessThan(2e-9);
      }
  });

  it('refuses what it cannot reach', () => {
    const mdp = randomMdp(1, { S: 3, A: 2, discount: 0.9 });
    const large = { ...mdp, reward: mdp.reward.map((row) => row.map((r) => 1e9 * r)) };
    expect(() => valueIteration(large, { tolerance: 1e-12 })).toThrow(
      /valueIteration: sweeps still change the values by \S+, and no longer by less; a tolerance of 1e-12 is beyond the rounding of values this large/,
    );
    expect(() => valueIteration(mdp, { value: [0, Number.POSITIVE_INFINITY, 0] })).toThrow('an initial value is not finite');
    expect(() => valueIteration(mdp, { value: [0, 0] })).toThrow('valueIteration: 2 values for 3 states');
    expect(() => valueIteration(mdp, { tolerance: 0 })).toThrow('valueIteration: tolerance must be a finite number above 0, got 0');
    expect(() => valueIteration(mdp, { tolerence: 1 } as never)).toThrow("there is no option 'tolerence'");
  });
});

describe('discountedVisits', () => {
  it('follows a chain: half of the weight is on the first step, a quarter on the second', () => {
    const chain: FiniteMdp = { transition: [[[0, 1, 0]], [[0, 0, 1]], [[0, 0, 1]]], reward: [[0], [0], [0]], discount: 0.5 };
    expectClose(discountedVisits(chain, [[1], [1], [1]], [1, 0, 0]), [0.5, 0.25, 0.25], 12);
    expectClose(discountedVisits(chain, [[1], [1], [1]], [0, 0.5, 0.5]), [0, 0.25, 0.75], 12);
  });
});

describe('a process', () => {
  const mdp = randomMdp(1, { S: 3, A: 2, discount: 0.9 });
  const even = mdp.reward.map(() => [0.5, 0.5]);
  it.each([
    ['a discount of 1', { ...mdp, discount: 1 }, 'discount must be a finite number from 0 up, below 1, got 1; an infinite sum of rewards'],
    ['no states', { ...mdp, transition: [], reward: [] }, 'got transition for 0 states with no actions, reward for 0 with no'],
    ['no actions', { ...mdp, transition: [[], [], []], reward: [[], [], []] }, 'takes transition [S][A][S] and reward [S][A]'],
    [
      'rewards of fewer states',
      { ...mdp, reward: mdp.reward.slice(1) },
      'transition for 3 states with 2, 2, 2 actions, reward for 2 with 2, 2',
    ],
    ['rewards of fewer actions', { ...mdp, reward: mdp.reward.with(1, [1]) }, 'reward for 3 with 2, 1, 2'],
    [
      'transitions of fewer actions',
      { ...mdp, transition: mdp.transition.with(2, [[1, 0, 0]]) },
      'transition for 3 states with 2, 2, 1 actions',
    ],
    [
      'a reward that is missing',
      { ...mdp, reward: mdp.reward.with(1, [1, Number.NaN]) },
      'reward[1][1] is NaN; rewards are finite numbers',
    ],
    [
      'probabilities with another sum',
      { ...mdp, transition: mdp.transition.with(0, [mdp.transition[0][0], [0.5, 0.5, 0.5]]) },
      'transition[0][1] must hold 3 probabilities whose sum is 1, got [0.5,0.5,0.5] with the sum 1.5',
    ],
    [
      'a negative probability',
      {
        ...mdp,
        transition: mdp.transition.with(0, [
          [1.5, -0.5, 0],
          [1, 0, 0],
        ]),
      },
      'transition[0][0] must hold 3',
    ],
    [
      'too few probabilities',
      {
        ...mdp,
        transition: mdp.transition.with(0, [
          [1, 0],
          [1, 0, 0],
        ]),
      },
      'transition[0][0] must hold 3',
    ],
  ])('of %s is refused', (_, wrong, message) => {
    expect(() => policyEvaluation(wrong, even)).toThrow(message);
    expect(() => actionValues(wrong, [0, 0, 0])).toThrow(message);
    expect(() => valueIteration(wrong)).toThrow(message);
    expect(() => discountedVisits(wrong, even, [1, 0, 0])).toThrow(message);
  });

  it('takes values, policies and starts that fit', () => {
    expect(() => actionValues(mdp, [0, 0])).toThrow('actionValues: 2 values for 3 states');
    expect(() => policyEvaluation(mdp, even.slice(1))).toThrow('policyEvaluation: policy has 2 rows for 3 states');
    expect(() => policyEvaluation(mdp, even.with(1, [1, 1]))).toThrow('policy[1] must hold 2 probabilities whose sum is 1, got [1,1]');
    expect(() => discountedVisits(mdp, even.with(1, [1, 1]), [1, 0, 0])).toThrow('discountedVisits: policy[1] must hold 2');
    expect(() => discountedVisits(mdp, even, [1, 1, 0])).toThrow('discountedVisits: start must hold 3 probabilities');
  });
});
