import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { bairdStar, semiGradientSweep } from './baird.js';

describe('semiGradientSweep', () => {
  it('steps as by hand where rewards are earned', () => {
    const problem = {
      features: [[1], [2]],
      transition: [
        [0, 1],
        [0, 1],
      ],
      reward: [1, 3],
      weighting: [0.75, 0.25],
      discount: 0.5,
    };
    // v = (w, 2w) with w = 1: errors 1 + ½·2 − 1 = 1 and 3 + ½·2 − 2 = 2, so w + 0.1 (0.75·1·1 + 0.25·2·2).
    expectClose(semiGradientSweep(problem, [1], 0.1), [1.175], 12);
  });

  it('refuses shapes that do not fit, and steps that are none', () => {
    const star = bairdStar(0.9);
    const w = new Array<number>(8).fill(1);
    expect(() => semiGradientSweep(star, w.slice(1), 0.1)).toThrow(
      'got features for 7 states with 8 numbers, transition 7, reward 7, weighting 7, w 7',
    );
    expect(() => semiGradientSweep({ ...star, reward: [0] }, w, 0.1)).toThrow('transition 7, reward 1, weighting 7');
    expect(() => semiGradientSweep({ ...star, transition: star.transition.with(2, [1]) }, w, 0.1)).toThrow('semiGradientSweep takes');
    expect(() => semiGradientSweep({ ...star, features: star.features.with(2, [1]) }, w, 0.1)).toThrow('with 8 numbers');
    expect(() => semiGradientSweep({ ...star, features: [] }, w, 0.1)).toThrow('got features for 0 states with 0 numbers');
    expect(() => semiGradientSweep(star, w, 0)).toThrow('semiGradientSweep: rate must be a finite number above 0, got 0');
    expect(() => bairdStar(1)).toThrow('bairdStar: discount must be a finite number from 0 up, below 1, got 1');
  });
});
