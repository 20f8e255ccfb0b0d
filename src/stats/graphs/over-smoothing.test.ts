import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { chain, graphOf } from '../../../tests/support/graphs.js';
import { distanceFromSmooth, smoothingRate } from './over-smoothing.js';

const path = graphOf(3, chain(3));

describe('over-smoothing', () => {
  // Â of two linked nodes is ½ everywhere: eigenvalues 1 and 0. Of the path of three: 1, 1/2 and −1/6, by trace 4/3 and determinant −1/12.
  it('has the rates of small graphs', () => {
    expectClose([smoothingRate(graphOf(2, chain(2))), smoothingRate(path), smoothingRate(graphOf(2, []))], [0, 1 / 2, 0], 13);
  });

  // Components {0,4}, {1,3} with degrees 1 and {2}: halves of differences, and nothing of an isolated node.
  it('measures the distance in each component and column', () => {
    const twoParts = graphOf(5, [
      [3, 1],
      [0, 4],
    ]);
    const x = { rows: 5, cols: 2, data: Float64Array.of(1, 0, 0, 5, 7, 9, 0, 1, 3, 0) };
    expect(distanceFromSmooth(twoParts, x)).toBeCloseTo(Math.sqrt(2 + 8), 13);
    expect(() => distanceFromSmooth(path, x)).toThrow('a graph of 3 nodes has features [3,F], got [5,2]');
  });
});
