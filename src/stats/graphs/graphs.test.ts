import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import type { Matrix } from '../../linalg/index.js';
import { colourRefinement } from './colour-refinement.js';
import { connectedComponents } from './components.js';
import { graphLaplacian, normalisedLaplacian } from './laplacian.js';
import { distanceFromSmooth, smoothingRate } from './over-smoothing.js';
import { spectralFilter } from './spectral-filter.js';

/** The adjacency of edges of weight 1. */
function graph(N: number, edges: readonly (readonly [number, number])[]): Matrix {
  const data = new Float64Array(N * N);
  for (const [i, j] of edges) data[i * N + j] = data[j * N + i] = 1;
  return { rows: N, cols: N, data };
}
const path = graph(3, [
  [0, 1],
  [1, 2],
]);
const twoParts = graph(5, [
  [3, 1],
  [0, 4],
]);

describe('Laplacians', () => {
  it('have the closed forms of a path of three', () => {
    const r = Math.SQRT1_2;
    expect([...graphLaplacian(path).data]).toEqual([1, -1, 0, -1, 2, -1, 0, -1, 1]);
    expectClose(normalisedLaplacian(path).data, [1, -r, 0, -r, 1, -r, 0, -r, 1], 14);
  });

  it('have rows of 0 for a node without edges', () => {
    expectClose(normalisedLaplacian(graph(3, [[0, 2]])).data, [1, 0, -1, 0, 0, 0, -1, 0, 1], 14);
  });

  it('name what is no adjacency', () => {
    const bad = (...data: number[]): Matrix => ({ rows: 2, cols: 2, data: Float64Array.from(data) });
    expect(() => graphLaplacian(bad(0, 1, 2, 0))).toThrow('graphLaplacian: the edge 0–1 weighs 1 one way and 2 the other');
    expect(() => graphLaplacian(bad(0, -1, -1, 0))).toThrow('got -1 from 0 to 1; of correlations take |r| or r²');
    expect(() => graphLaplacian(bad(Infinity, 0, 0, 0))).toThrow('got Infinity from 0 to 0');
    expect(() => graphLaplacian(bad(0, Number.NaN, 0, 0))).toThrow('got NaN from 0 to 1');
    expect(() => graphLaplacian({ rows: 1, cols: 2, data: new Float64Array(2) })).toThrow('an adjacency is [N,N], got [1,2] with 2 values');
    expect(() => graphLaplacian({ rows: 2, cols: 2, data: new Float64Array(3) })).toThrow('got [2,2] with 3 values');
  });
});

describe('connectedComponents', () => {
  it('numbers them by their first nodes', () => {
    expect([...connectedComponents(twoParts)]).toEqual([0, 1, 2, 1, 0]);
    expect([...connectedComponents(path)]).toEqual([0, 0, 0]);
    expect([...connectedComponents(graph(0, []))]).toEqual([]);
  });
});

describe('spectralFilter', () => {
  // Δ of two linked nodes has the frequencies 0, for (1,1)/√2, and 2, for (1,−1)/√2.
  it('has its closed form on two nodes', () => {
    const g = spectralFilter(graphLaplacian(graph(2, [[0, 1]])), (nu) => 3 + nu);
    expectClose(g.data, [4, -1, -1, 4], 13);
  });

  it('names a gain that is no number', () => {
    expect(() => spectralFilter(graphLaplacian(graph(1, [])), (nu) => 1 / nu)).toThrow(
      'spectralFilter: the gain at frequency 0 is Infinity',
    );
  });
});

describe('over-smoothing', () => {
  // Â of two linked nodes is ½ everywhere: eigenvalues 1 and 0. Of the path of three: 1, 1/2 and −1/6, by trace 4/3 and determinant −1/12.
  it('has the rates of small graphs', () => {
    expectClose([smoothingRate(graph(2, [[0, 1]])), smoothingRate(path), smoothingRate(graph(2, []))], [0, 1 / 2, 0], 13);
  });

  // Components {0,4}, {1,3} with degrees 1 and {2}: halves of differences, and nothing of an isolated node.
  it('measures the distance in each component and column', () => {
    const x = { rows: 5, cols: 2, data: Float64Array.of(1, 0, 0, 5, 7, 9, 0, 1, 3, 0) };
    expect(distanceFromSmooth(twoParts, x)).toBeCloseTo(Math.sqrt(2 + 8), 13);
    expect(() => distanceFromSmooth(path, x)).toThrow('a graph of 3 nodes has features [3,F], got [5,2]');
  });
});

describe('colourRefinement', () => {
  it('tells the ends of a path from its middle in one round, and stops', () => {
    expect(colourRefinement(path)).toEqual({ colours: Int32Array.of(0, 1, 0), rounds: 1 });
    expect(colourRefinement(path, [2, 1, 1])).toEqual({ colours: Int32Array.of(0, 1, 2), rounds: 1 });
    expect(() => colourRefinement(path, [1])).toThrow('a graph of 3 nodes has 3 colours, got 1');
  });

  // A path of 7: after one round ends and others, then the distance from the nearer end, up to 3.
  it('does as many rounds as it is told, and otherwise as many as change something', () => {
    const line = graph(
      7,
      [0, 1, 2, 3, 4, 5].map((i) => [i, i + 1]),
    );
    expect([...colourRefinement(line, undefined, 0).colours]).toEqual([0, 0, 0, 0, 0, 0, 0]);
    expect(colourRefinement(line, undefined, 1)).toEqual({ colours: Int32Array.of(0, 1, 1, 1, 1, 1, 0), rounds: 1 });
    expect(colourRefinement(line)).toEqual({ colours: Int32Array.of(0, 1, 2, 3, 2, 1, 0), rounds: 3 });
  });
});
