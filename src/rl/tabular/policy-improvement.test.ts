import { describe, expect, it } from 'vitest';
import { policyImprovement } from './policy-improvement.js';

describe('policyImprovement', () => {
  // One state, rewards 1 and 0: J = p/(1 − γ) of the first action's probability p, A = (1 − p, −p).
  const bandit = { transition: [[[1], [1]]], reward: [[1, 0]], discount: 0.5 };

  it('is what a bandit earns more, with nothing to foresee wrongly', () => {
    const { gain, surrogate, totalVariation, penalty } = policyImprovement(bandit, { from: [[0.25, 0.75]], to: [[0.5, 0.5]], start: [1] });
    expect([gain, surrogate, totalVariation]).toEqual([expect.closeTo(0.5, 12), expect.closeTo(0.5, 12), expect.closeTo(0.25, 12)]);
    expect(penalty).toBeCloseTo((4 * 0.5 * 0.75 * 0.25 ** 2) / 0.25, 12);
  });

  it('refuses policies that are none', () => {
    expect(() => policyImprovement(bandit, { from: [[0.25, 0.75]], to: [[0.5]], start: [1] })).toThrow('must hold 2 probabilities');
    expect(() => policyImprovement(bandit, { from: [[1, 1]], to: [[0.5, 0.5]], start: [1] })).toThrow('policy[0] must hold 2');
    expect(() => policyImprovement(bandit, { form: [[1, 0]] } as never)).toThrow("there is no option 'form'");
  });
});
