import { describe, expect, it } from 'vitest';
import { chain, graphOf } from '../../../tests/support/graphs.js';
import { colourRefinement } from './colour-refinement.js';

const path = graphOf(3, chain(3));

describe('colourRefinement', () => {
  it('tells the ends of a path from its middle in one round, and stops', () => {
    expect(colourRefinement(path)).toEqual({ colours: Int32Array.of(0, 1, 0), rounds: 1 });
    expect(colourRefinement(path, [2, 1, 1])).toEqual({ colours: Int32Array.of(0, 1, 2), rounds: 1 });
    expect(() => colourRefinement(path, [1])).toThrow('a graph of 3 nodes has 3 colours, got 1');
  });

  // A path of 7: after one round ends and others, then the distance from the nearer end, up to 3.
  it('does as many rounds as it is told, and otherwise as many as change something', () => {
    const line = graphOf(7, chain(7));
    expect([...colourRefinement(line, undefined, 0).colours]).toEqual([0, 0, 0, 0, 0, 0, 0]);
    expect(colourRefinement(line, undefined, 1)).toEqual({ colours: Int32Array.of(0, 1, 1, 1, 1, 1, 0), rounds: 1 });
    expect(colourRefinement(line)).toEqual({ colours: Int32Array.of(0, 1, 2, 3, 2, 1, 0), rounds: 3 });
  });
});
