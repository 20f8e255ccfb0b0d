import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { chain, graphOf } from '../../../tests/support/graphs.js';
import { graphLaplacian } from './laplacian.js';
import { spectralFilter } from './spectral-filter.js';

describe('spectralFilter', () => {
  // Δ of two linked nodes has the frequencies 0, for (1,1)/√2, and 2, for (1,−1)/√2.
  it('has its closed form on two nodes', () => {
    const g = spectralFilter(graphLaplacian(graphOf(2, chain(2))), (nu) => 3 + nu);
    expectClose(g.data, [4, -1, -1, 4], 13);
  });

  it('names a gain that is no number', () => {
    expect(() => spectralFilter(graphLaplacian(graphOf(1, [])), (nu) => 1 / nu)).toThrow(
      'spectralFilter: the gain at frequency 0 is Infinity',
    );
  });
});
