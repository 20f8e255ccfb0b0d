import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { scoreGradient } from './score-gradient.js';

const noise = { rows: 3, cols: 2, data: Float64Array.of(1, -2, 0.5, 0, -1, 3) };
const [values, deviation] = [
  [2, 5, -1],
  [0.5, 2],
];

describe('scoreGradient', () => {
  it('is value times score', () => {
    const { mean, deviation: spread } = scoreGradient(values, noise, deviation, { baseline: 'none' });
    expectClose(mean.data, [4, -2, 5, 0, 2, -1.5], 14);
    expectClose(spread.data, [0, 3, -7.5, -2.5, 0, -4], 14);
  });

  it('measures each value against the mean of the others', () => {
    const { mean } = scoreGradient(values, noise, deviation, { baseline: 'leave-one-out' });
    expectClose(mean.data, [0, 0, 4.5, 0, 9, -6.75], 14); // excesses 2 − 2, 5 − ½, −1 − 3½
    const shifted = scoreGradient(
      values.map((v) => v + 1e3),
      noise,
      deviation,
      { baseline: 'leave-one-out' },
    );
    expectClose(shifted.mean.data, mean.data, 10);
  });

  it('names what is wrong', () => {
    const none = { baseline: 'none' } as const;
    expect(() => scoreGradient([1], noise, deviation, none)).toThrow(
      'scoreGradient: noise [3,2] needs 3 values and 2 deviations: got 1 and 2',
    );
    expect(() => scoreGradient(values, noise, [1], none)).toThrow('got 3 and 1');
    expect(() => scoreGradient(values, noise, [1, 0], none)).toThrow('scoreGradient: deviation must be a finite number above 0, got 0');
    expect(() => scoreGradient([1, Number.NaN, 2], noise, deviation, none)).toThrow('scoreGradient: g is NaN at row 1');
    const one = { rows: 1, cols: 1, data: Float64Array.of(1) };
    expect(() => scoreGradient([1], one, [1], { baseline: 'leave-one-out' })).toThrow(
      "scoreGradient: a leave-one-out baseline needs 2 draws or more, got 1; take baseline 'none'",
    );
    expect(() => scoreGradient(values, noise, deviation, { baseline: 'mean' as never })).toThrow('baseline');
    expect(() => scoreGradient(values, noise, deviation, { ...none, draws: 3 } as never)).toThrow("there is no option 'draws'");
  });
});
