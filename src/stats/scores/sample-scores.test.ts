import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { crpsOfSample, intervalScores, quantileScores } from './sample-scores.js';

describe('crpsOfSample', () => {
  // Members 1, 4, 2 and y = 3: mean distance 4/3; over pairs |1−4| + |1−2| + |4−2| = 6, twice that over 2·9, or over 2·6.
  it('is the mean distance less half of that between members', () => {
    expectClose(crpsOfSample([3], [1, 4, 2], { size: 3, kind: 'plain' }), [4 / 3 - 6 / 9], 14);
    expectClose(crpsOfSample([3], [1, 4, 2], { size: 3, kind: 'fair' }), [4 / 3 - 1], 14);
    expectClose(crpsOfSample([3, -1], [5, -3], { size: 1, kind: 'plain' }), [2, 2], 14); // of one member, its error
  });

  it('names what is wrong', () => {
    expect(() => crpsOfSample([1], [1], { size: 1, kind: 'fair' })).toThrow('size must be a whole number from 2 up, got 1');
    expect(() => crpsOfSample([1], [], { size: 0, kind: 'plain' })).toThrow('size must be a whole number from 1 up, got 0');
    expect(() => crpsOfSample([1, 2], [1, 2, 3], { size: 2, kind: 'plain' })).toThrow('2 rows of 2 need 4 values, got 3');
    expect(() => crpsOfSample([], [], { size: 2, kind: 'plain' })).toThrow('at least one: got y 0');
    expect(() => crpsOfSample([1], [1, Number.NaN], { size: 2, kind: 'plain' })).toThrow('the forecast is NaN at row 1');
  });
});

describe('quantileScores', () => {
  it('weighs what lies above by τ and what lies below by 1 − τ', () => {
    expectClose(quantileScores([5, 1, 2], [2, 2, 2], 0.9), [2.7, 0.1, 0], 14);
  });
});

describe('intervalScores', () => {
  it('names an interval that is turned round', () => {
    expect(() => intervalScores([1], { low: [2], high: [1] }, 0.9)).toThrow('low 2 is above high 1 at row 0');
  });
});
