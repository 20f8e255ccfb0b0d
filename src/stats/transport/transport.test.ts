import { describe, expect, it } from 'vitest';
import { gaussian } from '../../../tests/support/simulated.js';
import type { Matrix } from '../../linalg/index.js';
import { sampleCovariance } from '../covariance/ledoit-wolf.js';
import { optimalTransport } from '../distances/optimal-transport.js';
import reference from '../transport.reference.json' with { type: 'json' }; // made by ../reference/transport.py with POT 0.9.7 and scipy 1.17.1
import { barycentricMap, squaredDistances } from './barycentric-map.js';
import { coral } from './coral.js';
import { hilbertDistance, sinkhorn, sinkhornRate } from './sinkhorn.js';

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

  it('takes masses of any sum, a unit of which goes the same way', () => {
    const ten = sinkhorn([5, 5], [2.5, 7.5], cost, { epsilon: 0.1 });
    const one = sinkhorn(p, q, cost, { epsilon: 0.1 });
    expect(
      furthest(
        ten.plan.data,
        one.plan.data.map((mass) => 10 * mass),
      ),
    ).toBeLessThan(1e-8);
  });

  it.each([
    ['no ε', () => sinkhorn(p, q, cost, { epsilon: 0 }), 'sinkhorn: epsilon must be a finite number above 0, got 0'],
    ['sums that differ', () => sinkhorn([1, 1], q, cost, { epsilon: 1 }), 'sinkhorn: p sums to 2 and q to 1; what is sent must arrive'],
    [
      'other shapes',
      () => sinkhorn([1], q, cost, { epsilon: 1 }),
      'sinkhorn moves p [n] to q [m] at cost [n, m], n and m of 1 or more: got p [1], q [2], cost [2,2]',
    ],
    ['no mass', () => sinkhorn([0, 0], [0, 0], cost, { epsilon: 1 }), 'sinkhorn: p and q have no mass; there is nothing to send'],
    [
      'too few rounds',
      () => sinkhorn(p, q, cost, { epsilon: 0.01, rounds: 1, scaling: 1, tolerance: 1e-12 }),
      /^sinkhorn: after 1 rounds the margin is off by .+, wanted 1e-12; raise rounds, or epsilon: 0\.01 is small beside costs that range over 1$/,
    ],
    ['a misspelt option', () => sinkhorn(p, q, cost, { epsilon: 1, toleranse: 1 } as never), "sinkhorn: there is no option 'toleranse'"],
    ['no distance', () => hilbertDistance([1, 0], [1, 1]), 'hilbertDistance: numbers are above 0 and finite, got x[1] 0 and y[1] 1'],
    [
      'vectors of two lengths',
      () => hilbertDistance([1], [1, 1]),
      'hilbertDistance takes x [n] and y [n], n of 1 or more: got x [1], y [2]',
    ],
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

// By hand: Δ of this cost is (0 + 0) − (1 + 1) in size, 2; of one row or column there is nothing to learn after a round.
it('sinkhornRate is tanh²(Δ / 4ε)', () => {
  const cost = matrix([
    [0, 1, 0],
    [1, 0, 0.5],
  ]);
  expect(sinkhornRate(cost, 0.5)).toBeCloseTo(Math.tanh(1) ** 2, 15);
  expect(sinkhornRate(matrix([[1, 5, 2]]), 0.1)).toBe(0);
  expect(() => sinkhornRate(cost, -1)).toThrow('sinkhornRate: epsilon must be a finite number above 0, got -1');
});

describe('coral', () => {
  it.each(reference.corals.map((one, i) => [i, one] as const))(
    'equals scipy’s matrix powers, case %d',
    (_, { source, target, ridge, transform, mapped }) => {
      const found = coral(matrix(source), matrix(target), { ridge });
      expect(furthest(found.transform.data, transform.flat())).toBeLessThan(1e-9);
      expect(furthest(found.map(matrix(source)).data, mapped.flat())).toBeLessThan(1e-9);
    },
  );

  it('gives the source the target’s means and covariance', () => {
    const of = (seed: number, n: number, scale: number) => {
      const z = gaussian(seed, 3 * n);
      return matrix(Array.from({ length: n }, (_, i) => [scale * z[3 * i], z[3 * i] + z[3 * i + 1], 2 - z[3 * i + 2]]));
    };
    const [source, target] = [of(1, 50, 1), of(2, 80, 3)];
    const mapped = coral(source, target).map(source);
    expect(furthest(sampleCovariance(mapped).data, sampleCovariance(target).data)).toBeLessThan(1e-10);
  });

  it('refuses what cannot be whitened, and other widths', () => {
    const double = matrix([
      [1, 2],
      [2, 4],
      [3, 6],
    ]);
    expect(() => coral(double, double)).toThrow(
      /^coral: the covariance of the source has the eigenvalue .+ and cannot be whitened; leave out a feature/,
    );
    expect(coral(double, double, { ridge: 1 }).map(double).rows).toBe(3);
    expect(() => coral(double, matrix([[1], [2]]))).toThrow('of two rows or more: got source [3,2], target [2,1]');
    expect(() => coral(double, double, { ridge: 1 }).map(matrix([[1]]))).toThrow('coral: the map takes x [n, 2], got [1,1]');
  });
});
