import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { centralGradient, hessian } from './differences.js';
import { minimise } from './minimise.js';
import { nelderMead } from './nelder-mead.js';

/** Rosenbrock 1960: Σ 100 (x₂ₖ − x₂ₖ₋₁²)² + (1 − x₂ₖ₋₁)², with its minimum 0 at ones. */
const rosenbrock = (x: Float64Array) => {
  let value = 0;
  const gradient = new Float64Array(x.length);
  for (let j = 0; j + 1 < x.length; j += 2) {
    const [rise, left] = [x[j + 1] - x[j] ** 2, 1 - x[j]];
    value += 100 * rise ** 2 + left ** 2;
    gradient[j] = -400 * x[j] * rise - 2 * left;
    gradient[j + 1] = 200 * rise;
  }
  return { value, gradient };
};
/** Powell's singular function (Moré, Garbow & Hillstrom 1981, no. 13): the Hessian at its minimum, 0 at 0, is singular. */
const powell = (x: Float64Array) => (x[0] + 10 * x[1]) ** 2 + 5 * (x[2] - x[3]) ** 2 + (x[1] - 2 * x[2]) ** 4 + 10 * (x[0] - x[3]) ** 4;
/** Beale's (no. 5): 0 at (3, ½). */
const beale = (x: Float64Array) => [1.5, 2.25, 2.625].reduce((sum, c, i) => sum + (c - x[0] * (1 - x[1] ** (i + 1))) ** 2, 0);
/** Brown's badly scaled one (no. 4): 0 at (10⁶, 2·10⁻⁶). */
const brown = (x: Float64Array) => (x[0] - 1e6) ** 2 + (x[1] - 2e-6) ** 2 + (x[0] * x[1] - 2) ** 2;
/** Helical valley (no. 7): 0 at (1, 0, 0). */
const helix = ([a, b, c]: Float64Array) => {
  const turn = Math.atan2(b, a) / (2 * Math.PI);
  return 100 * ((c - 10 * turn) ** 2 + (Math.hypot(a, b) - 1) ** 2) + c ** 2;
};

describe('minimise', () => {
  it('finds the known minima of functions made to be hard', () => {
    const plain = minimise(rosenbrock, [-1.2, 1]);
    expect(plain.converged).toBe(true);
    expect(plain.value).toBeLessThan(1e-14);
    expectClose(plain.x, [1, 1], 6);
    expect(plain.iterations).toBeLessThan(60);
    const long = minimise(
      rosenbrock,
      Float64Array.from({ length: 20 }, (_, j) => (j % 2 === 0 ? -1.2 : 1)),
    );
    expectClose(long.x, new Float64Array(20).fill(1), 5);
    expectClose(minimise(beale, [1, 1]).x, [3, 0.5], 5);
    expectClose(minimise(helix, [-1, 0.1, 0]).x, [1, 0, 0], 5);
    expect(minimise(powell, [3, -1, 0, 1]).value).toBeLessThan(1e-9);
    const scaled = minimise(
      (x) => ({
        value: brown(x),
        gradient: Float64Array.of(2 * (x[0] - 1e6) + 2 * x[1] * (x[0] * x[1] - 2), 2 * (x[1] - 2e-6) + 2 * x[0] * (x[0] * x[1] - 2)),
      }),
      [1, 1],
    );
    expect(scaled.x[0] / 1e6).toBeCloseTo(1, 8);
    expect(scaled.x[1] / 2e-6).toBeCloseTo(1, 6);
  });

  it('does without a gradient', () => {
    const { x, converged } = minimise((at) => rosenbrock(at).value, [-1.2, 1]);
    expect(converged).toBe(true);
    expectClose(x, [1, 1], 6);
  });

  it('stops on the bound that a minimum leans on, and reaches it exactly', () => {
    // On x₀ ≤ ½ Rosenbrock's least value is ¼, at (½, ¼): Hock & Schittkowski 1981, no. 1 and 2, in other numbers.
    const half = minimise(rosenbrock, [-1.2, 1], { upper: [0.5, Infinity] });
    expectClose(half.x, [0.5, 0.25], 7);
    expect(half.value).toBeCloseTo(0.25, 10);
    const corner = minimise((x) => x[0] + 2 * x[1] - x[2], [5, 0.5, 0], { lower: [2, 0, -1], upper: [Infinity, 1, 3] });
    expectClose(corner.x, [2, 0, 3], 12);
    expect(corner.converged).toBe(true);
    // A start on a bound is not taken for a minimum.
    expectClose(minimise((x) => (x[0] - 0.3) ** 2, [0], { lower: [0], upper: [1] }).x, [0.3], 6);
  });

  it('never asks for a value outside the bounds, without a gradient too', () => {
    for (const [least, f] of [
      [1, (p: number) => -3 * Math.log(p + 1e-9)],
      [0, (p: number) => p ** 1.5],
      [0.2, (p: number) => (p - 0.2) ** 2],
    ] as const) {
      const asked: number[] = [];
      const { x, converged } = minimise(
        ([p]) => {
          asked.push(p);
          return f(p);
        },
        [0.5],
        { lower: [0], upper: [1] },
      );
      expect([Math.min(...asked), Math.max(...asked)].every((p) => p >= 0 && p <= 1)).toBe(true);
      expect(converged).toBe(true);
      expect(x[0]).toBeCloseTo(least, 5);
    }
  });

  it('wants an objective of the size of 1: a flat one has converged where it starts', () => {
    const flat = (size: number) => minimise(([p]) => size * (p - 1) ** 2, [0]);
    expect(flat(1e-9)).toMatchObject({ converged: true, x: Float64Array.of(0) });
    expect(flat(1).x[0]).toBeCloseTo(1, 8);
  });

  it('takes what is no number for out of bounds', () => {
    const { x } = minimise((at) => at[0] - Math.log(at[0]) + (at[0] - at[1]) ** 2, [0.01, 5]);
    expectClose(x, [1, 1], 6);
  });

  it('goes on by the simplex where a kink stops the line search', () => {
    const { x } = minimise((at) => Math.abs(at[0] - 2) + 3 * Math.abs(at[1] + 1), [0, 0]);
    expectClose(x, [2, -1], 4);
  });

  it('says that it has not converged, and where it is', () => {
    const short = minimise(rosenbrock, [-1.2, 1], { maxIterations: 5 });
    expect(short).toMatchObject({ converged: false, iterations: 5 });
    expect(short.value).toBeLessThan(rosenbrock(Float64Array.of(-1.2, 1)).value);
    expect(short.gradientNorm).toBeGreaterThan(1e-3);
  });

  it('names what is wrong', () => {
    expect(() => minimise(rosenbrock, [])).toThrow('minimise: start is empty; give a first guess of each number');
    expect(() => minimise(rosenbrock, [3, 1], { upper: [0.5, 2] })).toThrow(
      'minimise: start is 3 at number 0, which must be finite, from -Infinity to 0.5; start inside the bounds',
    );
    expect(() => minimise(rosenbrock, [3, 1], { upper: [4] })).toThrow('minimise: start has 2 numbers but upper has 1');
    expect(() => minimise(rosenbrock, [3, 1], { lower: [0, 2], upper: [5, 1] })).toThrow('minimise: number 1 is bounded from 2 to 1');
    expect(() => minimise((x) => Math.log(x[0]), [-1])).toThrow('minimise: the objective is NaN at the start');
    expect(() => minimise(() => ({ value: 1, gradient: new Float64Array(3) }), [-1])).toThrow('gives 3 slopes for 1 numbers');
    expect(() => minimise(rosenbrock, [1, 1], { tolerance: 0 })).toThrow('minimise: tolerance must be a finite number above 0');
    expect(() => minimise(rosenbrock, [1, 1], { tol: 1 } as object)).toThrow("minimise: there is no option 'tol'");
  });
});

describe('nelderMead', () => {
  it('finds minima without a slope', () => {
    expectClose(nelderMead((x) => rosenbrock(x).value, Float64Array.of(-1.2, 1), 1e-14, 2000).x, [1, 1], 5);
    expectClose(nelderMead(beale, Float64Array.of(1, 1), 1e-14, 2000).x, [3, 0.5], 5);
    expect(nelderMead(powell, Float64Array.of(3, -1, 0, 1), 1e-14, 4000).value).toBeLessThan(1e-9);
  });
});

describe('differences', () => {
  it('follow slope and curvature of Rosenbrock, (200 …) in closed form', () => {
    const at = Float64Array.of(-1.2, 1);
    expectClose(
      centralGradient((x) => rosenbrock(x).value, at),
      [-215.6, -88],
      6,
    );
    // ∂² = 1200 x² − 400 y + 2, −400 x, 200.
    expectClose(hessian((x) => rosenbrock(x).gradient, at).data, [1330, 480, 480, 200], 5);
  });
});
