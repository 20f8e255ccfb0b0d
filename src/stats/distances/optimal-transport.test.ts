import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Matrix } from '../../linalg/index.js';
import reference from '../distances.reference.json' with { type: 'json' }; // made by ../reference/distances.py with scipy 1.17.1
import { optimalTransport } from './optimal-transport.js';

const matrix = (rows: number[][]): Matrix => ({ rows: rows.length, cols: rows[0].length, data: Float64Array.from(rows.flat()) });

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
    const empty = (rows: number, cols: number): Matrix => ({ rows, cols, data: new Float64Array() });
    expect(() => optimalTransport([], [1], empty(0, 1))).toThrow('got p [0], q [1], cost [0,1]');
    expect(() => optimalTransport([1], [], empty(1, 0))).toThrow('got p [1], q [0], cost [1,0]');
    expect(() => optimalTransport([0.5, 0.5], [1], matrix([[1]]))).toThrow('got p [2], q [1], cost [1,1]');
    expect(() => optimalTransport([Infinity], [1], matrix([[1]]))).toThrow('p[0] is Infinity; masses are finite and 0 or more');
    expect(() => optimalTransport([1], [1], matrix([[NaN]]))).toThrow('cost has NaN at [0,0]; costs are finite');
    expect(() => optimalTransport([1], [2, -1], cost)).toThrow('q[1] is -1; masses are finite and 0 or more');
    expect(() => optimalTransport([1], [0.5, 0.5], matrix([[1, Infinity]]))).toThrow('cost has Infinity at [0,1]; costs are finite');
  });

  it('sends nothing where there is nothing, and lets sums differ by rounding', () => {
    expect(optimalTransport([0], [0], matrix([[3]])).cost).toBe(0);
    expect(optimalTransport([1000], [1000 + 5e-7], matrix([[3]])).cost).toBeCloseTo(3000, 5);
  });
});
