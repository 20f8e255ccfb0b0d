import { describe, expect, it } from 'vitest';
import type { Matrix } from '../../linalg/index.js';
import { optimalTransport } from '../distances/optimal-transport.js';
import reference from '../transport.reference.json' with { type: 'json' }; // made by ../reference/transport.py with POT 0.9.7
import { barycentricMap, squaredDistances } from './barycentric-map.js';
import { sinkhorn } from './sinkhorn.js';

const matrix = (rows: readonly (readonly number[])[]): Matrix => ({
  rows: rows.length,
  cols: rows[0].length,
  data: Float64Array.from(rows.flat()),
});
const furthest = (a: ArrayLike<number>, b: ArrayLike<number>) => Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i])));

describe.each(reference.plans.map((one, i) => [i, one] as const))('transport, POT’s case %d', (_, { p, q, x, y, epsilon, ...expected }) => {
  const cost = squaredDistances(matrix(x), matrix(y));

  it('has the same costs of a unit', () => {
    expect(furthest(cost.data, expected.cost.flat())).toBeLessThan(1e-12);
  });

  it.each([1, 2, 4])('has the same plan with an entropy, ε divided by %d', (scaling) => {
    const found = sinkhorn(p, q, cost, { epsilon, tolerance: 1e-13, rounds: 200_000, scaling });
    expect(furthest(found.plan.data, expected.plan.flat())).toBeLessThan(1e-9);
    expect(Math.abs(found.cost - expected.spent)).toBeLessThan(1e-9);
    expect(Math.abs(found.entropicCost - expected.entropic)).toBeLessThan(1e-9);
    const some = p.flatMap((mass, i) => (mass > 0 ? [i] : []));
    const moved = barycentricMap(found.plan, matrix(y));
    for (const [at, i] of some.entries())
      expect(furthest(moved.data.subarray(2 * i, 2 * i + 2), expected.barycentric[at])).toBeLessThan(1e-9 / p[i]);
    // The dual value is the primal one.
    const dual =
      p.reduce((sum, mass, i) => sum + mass * found.rowPotentials[i], 0) +
      q.reduce((sum, mass, j) => sum + mass * found.columnPotentials[j], 0);
    expect(Math.abs(dual - found.entropicCost)).toBeLessThan(1e-9);
  });

  it('has the same cheapest plan', () => {
    const found = optimalTransport(p, q, cost);
    expect(Math.abs(found.cost - expected.exact)).toBeLessThan(1e-9);
    expect(furthest(found.plan.data, expected.exactPlan.flat())).toBeLessThan(1e-9);
    expect(sinkhorn(p, q, cost, { epsilon, rounds: 200_000 }).cost).toBeGreaterThanOrEqual(found.cost - 1e-9);
  });
});

describe('sinkhorn', () => {
  const [p, q] = [
    [0.5, 0.5],
    [0.25, 0.75],
  ];
  const cost = matrix([
    [0, 1],
    [1, 0],
  ]);

  it('goes to the cheapest plan as ε goes to 0, and to independent pairs as it grows', () => {
    const near = sinkhorn(p, q, cost, { epsilon: 0.002 });
    expect(furthest(near.plan.data, [0.25, 0.25, 0, 0.5])).toBeLessThan(1e-9);
    expect(near.cost).toBeCloseTo(0.25, 9);
    expect(furthest(sinkhorn(p, q, cost, { epsilon: 1e6 }).plan.data, [0.125, 0.375, 0.125, 0.375])).toBeLessThan(1e-6);
  });

  it('keeps exact columns, and reports how far the rows are', () => {
    const { plan, marginError, rounds } = sinkhorn(p, q, cost, { epsilon: 0.1, tolerance: 0, rounds: 2, scaling: 1 });
    expect(rounds).toBe(2);
    expect(plan.data[0] + plan.data[2]).toBeCloseTo(0.25, 15);
    expect(marginError).toBeCloseTo(Math.abs(plan.data[0] + plan.data[1] - 0.5), 14);
    expect(marginError).toBeGreaterThan(1e-6);
  });

  it('saves rounds by steps of ε, from the range of the cost down to the one that is wanted', () => {
    const { p, q, cost: rows, epsilon } = reference.plans[3];
    const cost = matrix(rows);
    const [steps, none] = [undefined, 1].map((scaling) => sinkhorn(p, q, cost, { epsilon, scaling, rounds: 100_000 }));
    expect(furthest(steps.plan.data, none.plan.data)).toBeLessThan(1e-7);
    expect(steps.rounds).toBeLessThan(0.95 * none.rounds);
    expect([steps, none].every(({ marginError }) => marginError <= 1e-9 && marginError > 1e-12)).toBe(true);
    // No step is above an ε that is as wide as the cost.
    expect(sinkhorn(p, q, cost, { epsilon: 100 }).rounds).toBe(sinkhorn(p, q, cost, { epsilon: 100, scaling: 1 }).rounds);
  });

  it('takes masses of any sum, a unit of which goes the same way', () => {
    const ten = sinkhorn([5, 5], [2.5, 7.5], cost, { epsilon: 0.1 });
    const one = sinkhorn(p, q, cost, { epsilon: 0.1 });
    expect(
      furthest(
        ten.plan.data,
        one.plan.data.map((mass) => 10 * mass),
      ),
    ).toBeLessThan(1e-8);
    const rough = { epsilon: 0.1, rounds: 2, scaling: 1, tolerance: 0 };
    const [a, b] = [sinkhorn([5, 5], [2.5, 7.5], cost, rough), sinkhorn(p, q, cost, rough)];
    expect(a.marginError).toBeCloseTo(b.marginError, 14); // a share of the mass
    expect(sinkhorn([1], [1], matrix([[3]]), { epsilon: 0.1, tolerance: 0 }).rounds).toBe(1); // exact at once
  });

  it.each([
    ['no ε', () => sinkhorn(p, q, cost, { epsilon: 0 }), 'sinkhorn: epsilon must be a finite number above 0, got 0'],
    ['sums that differ', () => sinkhorn([1, 1], q, cost, { epsilon: 1 }), 'sinkhorn: p sums to 2 and q to 1; what is sent must arrive'],
    [
      'other shapes',
      () => sinkhorn([1], q, cost, { epsilon: 1 }),
      'sinkhorn moves p [n] to q [m] at cost [n, m], n and m of 1 or more: got p [1], q [2], cost [2,2]',
    ],
    [
      'a cost of too few numbers',
      () => sinkhorn(p, q, { rows: 2, cols: 2, data: Float64Array.of(0, 1, 1) }, { epsilon: 1 }),
      'sinkhorn: cost is declared [2,2] but holds 3 values',
    ],
    [
      'points of too few numbers',
      () => squaredDistances({ rows: 2, cols: 2, data: Float64Array.of(1, 2, 3) }, cost),
      'squaredDistances: x is declared [2,2] but holds 3 values; was it cut, or a width wrong?',
    ],
    ['no mass', () => sinkhorn([0, 0], [0, 0], cost, { epsilon: 1 }), 'sinkhorn: p and q have no mass; there is nothing to send'],
    [
      'too few rounds',
      () => sinkhorn(p, q, cost, { epsilon: 0.01, rounds: 1, scaling: 1, tolerance: 1e-12 }),
      /^sinkhorn: after 1 rounds the margin is off by .+, wanted 1e-12; raise rounds, or epsilon: 0\.01 is small beside costs that range over 1$/,
    ],
    ['a misspelt option', () => sinkhorn(p, q, cost, { epsilon: 1, toleranse: 1 } as never), "sinkhorn: there is no option 'toleranse'"],
    [
      'targets that do not fit',
      () => barycentricMap(cost, matrix([[1]])),
      'barycentricMap takes a plan [n, m] and targets [m, d]: got plan [2,2], targets [1,1]',
    ],
    [
      'points of two widths',
      () => squaredDistances(cost, matrix([[1]])),
      'squaredDistances takes x [n, d] and y [m, d] of one width: got x [2,2], y [1,1]',
    ],
  ])('refuses %s', (_, call, message) => {
    expect(call).toThrow(message);
  });
});
