import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import type { Matrix } from '../../linalg/index.js';
import { connectedComponents } from './components.js';
import { graphLaplacian, normalisedLaplacian } from './laplacian.js';

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
