import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { normaliseEdges } from '../../nn/graph/sparse-graph-convolution.js';
import { labelPropagation } from './label-propagation.js';
import { sgcFeatures } from './sgc.js';

const graph = normaliseEdges(4, [
  [0, 1],
  [1, 2],
]);
const r = 1 / Math.sqrt(6);

describe('sgcFeatures', () => {
  // Â of the path 0–1–2 has rows (1/2, r, 0), (r, 1/3, r), (0, r, 1/2); node 3 sees itself alone.
  it('averages as often as it is told', () => {
    const x = { data: Float32Array.of(1, 0, 0, 5), shape: [4, 1] };
    expect([...sgcFeatures(x, { graph, hops: 0 }).data]).toEqual([1, 0, 0, 5]);
    expectClose(sgcFeatures(x, { graph, hops: 2 }).data, [1 / 4 + 1 / 6, r / 2 + r / 3, 1 / 6, 5], 6);
  });

  it('names an edge without a row', () => {
    expect(() => sgcFeatures({ data: new Float32Array(3), shape: [3, 1] }, { graph, hops: 1 })).toThrow(
      'sgcFeatures: there are 3 nodes, got an edge from 3 to 3',
    );
  });
});

describe('labelPropagation', () => {
  const options = { graph, nodes: 4, classes: 2 };

  // (I − α Â) F = (1 − α) Y at α = ½, row by row.
  it('tends to its closed form', () => {
    const [a, b, c] = [...labelPropagation(new Map([[0, 0]]), { ...options, share: 0.5 }).data].filter((_, i) => i % 2 === 0);
    expect(a - 0.5 * (a / 2 + r * b)).toBeCloseTo(0.5, 7);
    expect(b - 0.5 * (r * a + b / 3 + r * c)).toBeCloseTo(0, 7);
    expect(c - 0.5 * (r * b + c / 2)).toBeCloseTo(0, 7);
  });

  it('guesses by the nearer label, and nothing where none came', () => {
    const { data } = labelPropagation(
      new Map([
        [0, 0],
        [2, 1],
      ]),
      options,
    );
    expect(data[0]).toBeGreaterThan(data[1]);
    expect(data[2]).toBeCloseTo(data[3], 7);
    expect(data[5]).toBeGreaterThan(data[4]);
    expect([data[6], data[7]]).toEqual([0, 0]);
  });

  it('names a label or a share that is none', () => {
    expect(() => labelPropagation(new Map([[0, 2]]), options)).toThrow(
      'labelPropagation: nodes are 0 to 3 and labels 0 to 1, got label 2 of node 0',
    );
    expect(() => labelPropagation(new Map(), { ...options, share: 1 })).toThrow('labelPropagation: share must be a finite number');
  });
});
