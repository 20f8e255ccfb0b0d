import { describe, expect, it } from 'vitest';
import { estimateMaximum } from './maximum.js';

describe('estimateMaximum', () => {
  it('is the larger mean, and each half’s choice as the other half has it', () => {
    // Means by halves: (1, 3) and (2, 1) for the first, (0, 2) and (5, 0): A chooses action 0, worth 1 to B; B chooses 0, worth 2 to A.
    const draws = [
      [1, 0, 3, 2],
      [0, 5, 2, -5],
    ];
    expect(estimateMaximum(draws)).toEqual({ single: 1.5, double: 1.5 });
    expect(estimateMaximum([[1, 2]])).toEqual({ single: 1.5, double: 1.5 });
  });

  it('refuses draws that cannot be halved', () => {
    for (const [draws, got] of [
      [[], 'none'],
      [[[1, 2, 3]], '3'],
      [[[]], '0'],
      [[[1, 2], [1]], '2, 1'],
      [[[1, Number.NaN]], '2'],
    ] as [number[][], string][])
      expect(() => estimateMaximum(draws)).toThrow(
        `estimateMaximum takes finite draws of each action, the same even number from 2 up: got ${got}`,
      );
  });
});
