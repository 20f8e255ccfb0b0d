import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Matrix } from '../../linalg/index.js';
import reference from '../distances.reference.json' with { type: 'json' }; // made by ../reference/distances.py with scipy 1.17.1
import { jensenShannon, kullbackLeibler, optimalDiscriminator } from './divergences.js';
import { gaussianKernel, maximumMeanDiscrepancy, medianDistance } from './mean-discrepancy.js';
import { optimalTransport } from './optimal-transport.js';
import { wassersteinDistance } from './wasserstein.js';

const matrix = (rows: number[][]): Matrix => ({ rows: rows.length, cols: rows[0].length, data: Float64Array.from(rows.flat()) });

describe('divergences of finite laws', () => {
  it.each(reference.laws)('are those of scipy, with kullbackLeibler $kullbackLeibler', ({ p, q, ...of }) => {
    expect(kullbackLeibler(p, q)).toBeCloseTo(of.kullbackLeibler, 12);
    expect(jensenShannon(p, q)).toBeCloseTo(of.jensenShannon, 12);
  });

  it('have limits: none for equal laws, log 2 and ∞ for laws without a common outcome', () => {
    const [p, q] = [
      [0.3, 0.7, 0],
      [0, 0, 1],
    ];
    expect([kullbackLeibler(p, p), jensenShannon(p, p)]).toEqual([0, 0]);
    expect(kullbackLeibler(p, q)).toBe(Infinity);
    expect(jensenShannon(p, q)).toBeCloseTo(Math.LN2, 15);
    expect(optimalDiscriminator(p, q)).toEqual(Float64Array.of(1, 1, 0));
    expect(optimalDiscriminator([0, 1], [0, 1])).toEqual(Float64Array.of(0.5, 0.5));
  });

  it('name laws that do not fit, and what is no law', () => {
    expect(() => jensenShannon([1], [0.5, 0.5])).toThrow('two laws of the same N outcomes, N of 1 or more: got p [1], q [2]');
    expect(() => kullbackLeibler([], [])).toThrow('N of 1 or more: got p [0], q [0]');
    expect(() => kullbackLeibler([0.5, 0.5], [1.5, -0.5])).toThrow('kullbackLeibler: q[1] is -0.5; probabilities are 0 or more');
    expect(() => optimalDiscriminator([3, 4], [1, 6])).toThrow('optimalDiscriminator: p sums to 7, probabilities to 1; divide counts');
    expect(() => jensenShannon([Number.NaN, 1], [0, 1])).toThrow('jensenShannon: p[0] is NaN');
  });
});

describe('wassersteinDistance', () => {
  it.each(reference.lines)('is that of scipy, $distance', ({ x, y, distance }) => {
    expect(wassersteinDistance(x, y)).toBeCloseTo(distance, 12);
    expect(wassersteinDistance(y, x)).toBeCloseTo(distance, 12);
  });

  it('names empty samples and missing values', () => {
    expect(() => wassersteinDistance([1], [])).toThrow('wassersteinDistance: y is empty; there is no law to compare');
    expect(() => wassersteinDistance([1, Number.NaN], [1])).toThrow('x has a value that is not finite; leave out or fill missing values');
    expect(() => wassersteinDistance([1], [-Infinity, 1])).toThrow('y has a value that is not finite');
  });
});

describe('optimalTransport', () => {
  it.each(reference.plans)('costs what a linear program of scipy costs, $value', ({ p, q, cost, value }) => {
    expect(optimalTransport(p, q, matrix(cost)).cost).toBeCloseTo(value, 12);
  });

  it('has a plan with the margins, and prices that prove it', () => {
    const size = fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 8 }));
    const draw = size.chain(([n, m]) =>
      fc.record({
        p: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: n, maxLength: n }),
        q: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: m, maxLength: m }),
        costs: fc.array(fc.integer({ min: -3, max: 9 }), { minLength: n * m, maxLength: n * m }),
      }),
    );
    fc.assert(
      fc.property(draw, ({ p, q, costs }) => {
        const lawOf = (counts: number[]) => {
          const all = counts.reduce((a, b) => a + b, 0);
          return counts.map((count) => (all > 0 ? count / all : 1 / counts.length));
        };
        const [a, b, m] = [lawOf(p), lawOf(q), q.length];
        const found = optimalTransport(a, b, { rows: p.length, cols: m, data: Float64Array.from(costs) });
        const { plan, rowPotentials: u, columnPotentials: v } = found;
        for (const [i, mass] of a.entries()) expect(plan.data.subarray(i * m, (i + 1) * m).reduce((x, y) => x + y)).toBeCloseTo(mass, 12);
        for (const [j, mass] of b.entries()) expect(a.reduce((sum, _, i) => sum + plan.data[i * m + j], 0)).toBeCloseTo(mass, 12);
        expect(Math.min(...plan.data)).toBeGreaterThanOrEqual(0);
        for (const [at, c] of costs.entries()) {
          const slack = c - u[Math.floor(at / m)] - v[at % m];
          expect(slack).toBeGreaterThan(-1e-12);
          if (plan.data[at] > 0) expect(slack).toBeLessThan(1e-12);
        }
        const dual = a.reduce((sum, mass, i) => sum + mass * u[i], 0) + b.reduce((sum, mass, j) => sum + mass * v[j], 0);
        expect(found.cost).toBeCloseTo(dual, 12);
      }),
    );
  });

  it('names what does not fit', () => {
    const cost = matrix([[1, 2]]);
    expect(() => optimalTransport([1], [1], cost)).toThrow('got p [1], q [1], cost [1,2]');
    expect(() => optimalTransport([2], [0.5, 0.5], cost)).toThrow('p sums to 2 and q to 1; what is sent must arrive');
    expect(() => optimalTransport([1], [2, -1], cost)).toThrow('q[1] is -1; masses are finite and 0 or more');
    expect(() => optimalTransport([1], [0.5, 0.5], matrix([[1, Infinity]]))).toThrow('cost has Infinity at [0,1]; costs are finite');
  });
});

describe('maximumMeanDiscrepancy', () => {
  it.each(reference.kernels)('is that of numpy, $squared', ({ x, y, median, ...of }) => {
    expect(medianDistance(matrix(x), matrix(y))).toBeCloseTo(median, 12);
    const found = maximumMeanDiscrepancy(matrix(x), matrix(y), gaussianKernel(median));
    expect(found.squared).toBeCloseTo(of.squared, 12);
    expect(found.biased).toBeCloseTo(of.biased, 12);
    expect(found.nullError).toBeCloseTo(of.nullError, 12);
  });

  it('names samples that do not fit, and a bandwidth that is none', () => {
    const [x, y] = [matrix([[1], [2]]), matrix([[1, 2]])];
    expect(() => maximumMeanDiscrepancy(x, y, gaussianKernel(1))).toThrow(
      'maximumMeanDiscrepancy takes two samples [n, d] and [m, d] of 2 rows or more: got x [2,1], y [1,2]',
    );
    expect(() => maximumMeanDiscrepancy(x, matrix([[1]]), gaussianKernel(1))).toThrow('of 2 rows or more: got x [2,1], y [1,1]');
    expect(() => gaussianKernel(medianDistance(matrix([[3]]), matrix([[3]])))).toThrow(
      'gaussianKernel: the bandwidth must be positive and finite, got 0; are all rows alike?',
    );
  });
});
