import { describe, expect, it } from 'vitest';
import { offPolicyReturns } from './importance-sampling.js';

describe('offPolicyReturns', () => {
  it('weights as by hand', () => {
    // Z = 2, 1 and 0.5, 1; returns 1 + ½·4 = 3 and 2 + ½·2 = 3.
    const { ordinary, perDecision, weighted, effective } = offPolicyReturns(
      {
        ratio: [
          [2, 0.5],
          [0.5, 2],
        ],
        reward: [
          [1, 4],
          [2, 2],
        ],
      },
      { discount: 0.5 },
    );
    expect(ordinary).toEqual([3, 3]);
    expect(perDecision).toEqual([2 + 0.5 * 4, 1 + 0.5 * 2]);
    expect([weighted, effective]).toEqual([3, 2]);
  });

  it('refuses episodes that do not fit', () => {
    const of =
      (ratio: number[][], reward: number[][], discount = 0.9) =>
      () =>
        offPolicyReturns({ ratio, reward }, { discount });
    expect(of([], [])).toThrow('takes ratio and reward of the same episodes, one or more: got 0 and 0');
    expect(of([[1]], [[1], [1]])).toThrow('got 1 and 2');
    expect(of([[1], [1, 1]], [[1], [1]])).toThrow('episode 1 has 2 ratios and 1 rewards; give one of each for each step');
    expect(of([[1, -1]], [[1, 1]])).toThrow('ratio[0][1] must be a finite number from 0 up, got -1; the policy that acted must give each');
    expect(of([[1, Number.POSITIVE_INFINITY]], [[1, 1]])).toThrow('ratio[0][1] must be a finite number');
    expect(of([[1]], [[Number.NaN]])).toThrow('reward[0][0] must be a finite number');
    expect(of([[0], [0]], [[1], [1]])).toThrow('every episode has a ratio of 0, so none says anything of the other policy');
    expect(of([[1]], [[1]], 1.1)).toThrow('discount must be a finite number from 0 to 1, got 1.1');
    expect(() => offPolicyReturns({ ratios: [[1]] } as never, { discount: 1 })).toThrow("there is no option 'ratios'");
    expect(() => offPolicyReturns({ ratio: [[1]], reward: [[1]] }, { gamma: 1 } as never)).toThrow("there is no option 'gamma'");
  });
});
