import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { fromColumns, type Matrix } from '../../linalg/index.js';
import { correlationMatrix, laggedCorrelations, partialCorrelations, spanningTree } from './asset-graphs.js';

const square = (...data: number[]): Matrix => ({
  rows: Math.sqrt(data.length),
  cols: Math.sqrt(data.length),
  data: Float64Array.from(data),
});

describe('correlations', () => {
  // Deviations (−1, 0, 1), (−2, 1, 1) and (1, −2, 1): products 3, 0 and −3 over lengths √2, √6 and √6.
  it('have the values of three short columns', () => {
    const { data, names } = correlationMatrix(fromColumns([[1, 2, 3], [5, 8, 8], [7, 4, 7]], ['a', 'b', 'c'])); // biome-ignore format: columns
    expectClose(data, [1, Math.sqrt(3) / 2, 0, Math.sqrt(3) / 2, 1, -0.5, 0, -0.5, 1], 14);
    expect(names).toEqual(['a', 'b', 'c']);
  });

  // b is a of the row before: corr(bₜ₊₁, aₜ) = 1.
  it('say who follows whom', () => {
    const { data } = laggedCorrelations(fromColumns([[1, 4, 2, 8], [0, 1, 4, 2]])); // biome-ignore format: columns
    const by = (x: readonly number[], y: readonly number[]) => {
      const [p, q] = [x, y].map((values) => values.map((v) => v - values.reduce((a, b) => a + b, 0) / 3));
      const dot = (u: readonly number[], v: readonly number[]) => u.reduce((sum, value, t) => sum + value * v[t], 0);
      return dot(p, q) / Math.sqrt(dot(p, p) * dot(q, q));
    };
    expectClose(data, [by([4, 2, 8], [1, 4, 2]), by([4, 2, 8], [0, 1, 4]), 1, by([1, 4, 2], [0, 1, 4])], 14);
  });

  // A chain a – b – c of correlations 1/2: K ∝ [[4, −2, 0], [−2, 5, −2], [0, −2, 4]]; 2/√20 along the links and 0 across.
  it('leave nothing across a chain when the middle is held fast', () => {
    const r = 1 / Math.sqrt(5);
    expectClose(partialCorrelations(square(1, 0.5, 0.25, 0.5, 1, 0.5, 0.25, 0.5, 1)).data, [1, r, 0, r, 1, r, 0, r, 1], 13);
    expectClose(partialCorrelations(square(4, 1, 1, 9)).data, [1, 1 / 6, 1 / 6, 1], 14); // of two columns the correlation
  });

  it('name what they cannot take', () => {
    const constant = fromColumns([[1, 2, 3], [5, 5, 5]], ['a', 'b']); // biome-ignore format: columns
    expect(() => correlationMatrix(constant)).toThrow("correlationMatrix: 'b' does not vary");
    expect(() => laggedCorrelations(fromColumns([[2, 2, 3]]))).toThrow("laggedCorrelations: 'column 0' does not vary");
    expect(() => correlationMatrix(fromColumns([[1, Number.NaN]]))).toThrow('correlationMatrix');
    expect(() => partialCorrelations(square(1, 1, 1, 1))).toThrow('the covariance of 2 columns is singular');
    expect(() => partialCorrelations({ rows: 1, cols: 2, data: new Float64Array(2) })).toThrow('got [1,2] with 2 values');
  });
});

describe('spanningTree', () => {
  it('takes the links of the largest sum, whatever their order', () => {
    // 0–2 and 1–3 are the strongest; 2–3 joins them at 0.4, where 0–1 has 0.3.
    const tree = spanningTree(square(1, 0.3, 0.9, 0.1, 0.3, 1, 0.2, 0.8, 0.9, 0.2, 1, 0.4, 0.1, 0.8, 0.4, 1));
    expect(tree).toEqual([[0, 2], [2, 3], [3, 1]]); // biome-ignore format: links
    expect(spanningTree(square(1))).toEqual([]);
    expect(spanningTree(square(1, -0.5, -0.5, 1))).toEqual([[0, 1]]);
  });

  it('names what has a direction or a gap', () => {
    expect(() => spanningTree(square(1, 0.2, 0.3, 1))).toThrow('spanningTree: 1 and 0 are alike by 0.3 one way and 0.2 the other');
    expect(() => spanningTree(square(1, Number.NaN, Number.NaN, 1))).toThrow('alike by NaN');
    expect(() => spanningTree({ rows: 1, cols: 2, data: new Float64Array(2) })).toThrow('got [1,2] with 2 values');
  });
});
