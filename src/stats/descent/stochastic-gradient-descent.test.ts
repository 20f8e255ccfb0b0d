import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { estimate, expectMean } from '../../../tests/support/monte-carlo.js';
import { factorReturns } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { fold, key } from '../../base/random.js';
import { column, fromColumns, type Matrix } from '../../linalg/matrix.js';
import { dot } from '../../linalg/vector.js';
import { linearRegression } from '../regression/linear-regression.js';
import { leastSquares, type Objective } from './objective.js';
import { stochasticGradientDescent } from './stochastic-gradient-descent.js';

const SAMPLE = factorReturns(200, 8);
const X = fromColumns([1, 2, 3].map((j) => column(SAMPLE.x, j).map((value) => 100 * value))); // in percent
const Y = SAMPLE.y.map((value) => 100 * value);
const BEST = linearRegression(X, Y).coefficients;
const ROW_SQUARES = Y.map((_, i) => dot(X.data.subarray(3 * i, 3 * i + 3), X.data.subarray(3 * i, 3 * i + 3)));
const L_MAX = Math.max(...ROW_SQUARES); // the greatest curvature of one row's loss
const distance2 = (w: ArrayLike<number>) => BEST.reduce((sum, b, j) => sum + (w[j] - b) ** 2, 0);

describe('stochasticGradientDescent', () => {
  it('repeats with its key, goes on where a shorter run stopped, and differs under another key', () => {
    const run = (seed: number, iterations: number) =>
      stochasticGradientDescent(leastSquares(X, Y), { key: key(seed), batch: 4, step: 0.01, iterations });
    expect(run(1, 50).path.data).toEqual(run(1, 80).path.data.slice(0, 51 * 3));
    expect(run(1, 50).w).not.toEqual(run(2, 50).w);
  });

  it('reaches the minimiser when the step falls as 1/k', () => {
    const objective = leastSquares(X, Y);
    const { mu } = objective.curvature;
    const step = (k: number) => 2 / (mu * (k + (4 * L_MAX) / mu));
    const { w } = stochasticGradientDescent(objective, { key: key(3), batch: 8, step, iterations: 40_000 });
    expect(Math.sqrt(distance2(w))).toBeLessThan(0.03);
  });

  it('takes a tenth of the best step of gradient descent where it is told none', () => {
    const objective = leastSquares(X, Y);
    const run = (step?: number) => stochasticGradientDescent(objective, { key: key(4), batch: 4, step, iterations: 20 }).path.data;
    const { mu, L } = objective.curvature;
    expectClose(run(), run(0.2 / (mu + L)), 14);
  });

  it('names a batch or a step that cannot be', () => {
    const run = (batch: number, step: number) => stochasticGradientDescent(leastSquares(X, Y), { key: key(1), batch, step, iterations: 1 });
    expect(() => run(0, 0.1)).toThrow('batch must be a whole number from 1 up, got 0');
    expect(() => run(1, -0.1)).toThrow('stochasticGradientDescent: step must be a finite number above 0, got -0.1');
  });
});

type Descend = typeof stochasticGradientDescent;

/**
 * Three factors; a column of ones, where f is ½(w − aᵢ)² of a row, μ = L = L_max = 1, and everything is known in closed form; and two rows
 * of which one curves a hundred times as much as the other, for which clause (b) is nearly attained.
 */
const ones = { rows: 40, cols: 1, data: new Float64Array(40).fill(1) };
const TWO = problem(fromColumns([[1, 0.1]]), Float64Array.of(1, -10));
const PROBLEMS = [problem(X, Y), problem(ones, Y.subarray(0, 40)), TWO];
type Problem = typeof TWO;

function problem(x: Matrix, y: Float64Array) {
  const objective = leastSquares(x, y);
  const best = linearRegression(x, y).coefficients;
  const each = Array.from({ length: x.rows }, (_, i) => objective.gradient(best, [i]));
  const lengths = each.map((_, i) => dot(x.data.subarray(i * x.cols, (i + 1) * x.cols), x.data.subarray(i * x.cols, (i + 1) * x.cols)));
  const { mu, L } = objective.curvature;
  const noise = each.reduce((sum, g) => sum + dot(g, g), 0) / x.rows; // σ*²
  const smoothness = (batch: number) => Math.max(...lengths) / batch + (1 - 1 / batch) * L; // L_B
  const away = (w: ArrayLike<number>) => best.reduce((sum, b, j) => sum + (w[j] - b) ** 2, 0);
  return { objective, best, mu, L, noise, smoothness, away };
}

/** Mutants see the objective through a wrong estimate of its gradient, or take another step. */
const through =
  (estimate: (objective: Objective, w: Float64Array, rows: ArrayLike<number>) => Float64Array): Descend =>
  (objective, options) =>
    stochasticGradientDescent(
      { ...objective, gradient: (w, rows) => (rows ? estimate(objective, w, rows) : objective.gradient(w)) },
      options,
    );
const stepping =
  (by: number): Descend =>
  (objective, options) =>
    stochasticGradientDescent(objective, { ...options, step: by * (options.step as number) });
const WRONG: Record<string, Descend> = {
  'adds the rows up instead of averaging': through((f, w, rows) => f.gradient(w, rows).map((g) => g * rows.length)),
  'divides by n instead of the batch': through((f, w, rows) => f.gradient(w, rows).map((g) => (g * rows.length) / f.rows)),
  'sees the first half of the rows only': through((f, w, rows) =>
    f.gradient(
      w,
      Array.from(rows, (i) => i % Math.ceil(f.rows / 2)),
    ),
  ),
};

const made = new Map<Descend, Map<string, unknown>>();
/** What a descent did, made once: checks with wrong bounds look at the same runs. */
function once<T>(descend: Descend, what: readonly unknown[], make: () => T): T {
  if (!made.has(descend)) made.set(descend, new Map());
  const known = made.get(descend)!;
  const name = what.join();
  if (!known.has(name)) known.set(name, make());
  return known.get(name) as T;
}

/** The gradients of the first step at w under many keys. */
function firstGradients(descend: Descend, objective: Objective, w: Float64Array, batch: number, draws: number) {
  const step = 1e-3;
  return once(descend, ['gradients', objective.rows, w, batch], () =>
    Array.from({ length: draws }, (_, i) => {
      const moved = descend(objective, { key: fold(key(31), i), batch, step, iterations: 1, start: w }).w;
      return w.map((value, j) => (value - moved[j]) / step);
    }),
  );
}

theorem<Descend>('thm:sgd', 'a', {
  real: stochasticGradientDescent,
  check: (descend) => {
    for (const { objective, best } of PROBLEMS)
      for (const batch of [1, 4]) {
        const w = best.map((b, j) => b + 2 - j);
        const gradient = objective.gradient(w);
        const seen = firstGradients(descend, objective, w, batch, 3000);
        for (let j = 0; j < w.length; j++)
          expectMean(
            seen.map((g) => g[j]),
            gradient[j],
          );
      }
  },
  mutants: { ...WRONG, 'takes a step a tenth too long': stepping(1.1) },
});

/** Clauses (b) and (c) are bounds, so their right sides are on trial as well, with L_B as the problem says or another. */
type Right<B> = { readonly descend: Descend; readonly bound: B };
type Smoothness = (problem: Problem, batch: number) => number;
const smoothnessOf: Smoothness = ({ smoothness }, batch) => smoothness(batch);
const alone: Smoothness = ({ L }) => L;

type SquareBound = (problem: Problem, batch: number, along: number) => number;
/** 2L_B⟨∇f(w), w − w*⟩ + 2σ*²/B, or with other constants. */
const squareBound =
  (curved: number, still: number, of = smoothnessOf): SquareBound =>
  (problem, batch, along) =>
    curved * of(problem, batch) * along + (still * problem.noise) / batch;

theorem<Right<SquareBound>>('thm:sgd', 'b', {
  real: { descend: stochasticGradientDescent, bound: squareBound(2, 2) },
  check: ({ descend, bound }) => {
    const tightness: Record<number, number> = { 1: 0, 2: 0, 4: 0 }; // of the two rows, by batch
    for (const problem of PROBLEMS) {
      const { objective, best } = problem;
      for (const batch of [1, 2, 4])
        for (const far of [-1.4, -1.14, 0, 3]) {
          const w = best.map((b, j) => b + far * (1 - j / 2));
          const rows = Array.from({ length: objective.rows }, (_, i) => objective.gradient(w, [i]));
          const whole = objective.gradient(w);
          const exact = rows.reduce((sum, g) => sum + dot(g, g), 0) / objective.rows / batch + (1 - 1 / batch) * dot(whole, whole);
          if (batch !== 2 && far !== -1.14)
            expectMean(
              firstGradients(descend, objective, w, batch, 3000).map((g) => dot(g, g)),
              exact,
              { open: 1e-12 }, // of the two rows both gradients have length 1 at w*
            );
          const along = dot(
            whole,
            w.map((value, j) => value - best[j]),
          );
          const limit = bound(problem, batch, along);
          expect(exact).toBeLessThanOrEqual(limit);
          if (problem === TWO) tightness[batch] = Math.max(tightness[batch], exact / limit);
        }
    }
    expect(tightness[1]).toBeGreaterThan(0.84);
    expect(tightness[2]).toBeGreaterThan(0.78);
  },
  mutants: {
    ...Object.fromEntries(Object.entries(WRONG).map(([name, descend]) => [name, { descend, bound: squareBound(2, 2) }])),
    'takes a step a tenth too long': { descend: stepping(1.1), bound: squareBound(2, 2) },
    'bounds with L_B for 2L_B': { descend: stochasticGradientDescent, bound: squareBound(1, 2) },
    'bounds with σ*²/B for 2σ*²/B': { descend: stochasticGradientDescent, bound: squareBound(2, 1) },
    'bounds with 3L_B': { descend: stochasticGradientDescent, bound: squareBound(3, 2) },
    'bounds with 3σ*²/B': { descend: stochasticGradientDescent, bound: squareBound(2, 3) },
    'takes L for L_B': { descend: stochasticGradientDescent, bound: squareBound(2, 2, alone) },
    'does not divide the noise by B': {
      descend: stochasticGradientDescent,
      bound: (problem, batch, along) => squareBound(2, 2 * batch)(problem, batch, along),
    },
  },
});

type DistanceBound = (problem: Problem, step: number, batch: number) => (k: number, start: number) => number;
/** (1 − 2ημ(1 − ηL_B))ᵏ ‖w₀ − w*‖² + ησ*²/(μB(1 − ηL_B)), or with other constants. */
const distanceBound =
  ({ rate = 2, ball = 1, inRate = 1, inBall = 1 } = {}): DistanceBound =>
  ({ mu, noise, smoothness }, step, batch) => {
    const reach = step * smoothness(batch);
    return (k, start) =>
      (1 - rate * step * mu * (1 - inRate * reach)) ** k * start + (ball * step * noise) / (mu * batch * (1 - inBall * reach));
  };

theorem<Right<DistanceBound>>('thm:sgd', 'c', {
  real: { descend: stochasticGradientDescent, bound: distanceBound() },
  check: ({ descend, bound }) => {
    const [factors, line] = PROBLEMS;
    const limitOf = (problem: Problem, step: number, batch: number) => {
      expect(step * problem.smoothness(batch), 'η < 1/L_B').toBeLessThan(1);
      return bound(problem, step, batch);
    };
    /** ‖wₖ − w*‖² of many runs: [k] of [run]. */
    const runs = ({ objective, best, away }: Problem, step: number, batch: number, iterations: number, count: number, far: number) => {
      return once(descend, ['runs', objective.rows, step, batch, iterations, count, far], () => {
        const all = Array.from({ length: count }, (_, i) => {
          const start = best.map((b) => b + far);
          return descend(objective, { key: fold(key(33), i), batch, step, iterations, start }).path.data;
        });
        const p = objective.size;
        return Array.from({ length: iterations + 1 }, (_, k) => all.map((path) => away(path.subarray(k * p, (k + 1) * p))));
      });
    };
    // One column of ones: E (wₖ − w*)² = (1 − η)²ᵏ (w₀ − w*)² + η σ*²/(B(2 − η)) (1 − (1 − η)²ᵏ), and L_B = 1.
    for (const [step, batch] of [
      [0.1, 1],
      [0.5, 4],
    ]) {
      const limit = limitOf(line, step, batch);
      const far = 30 * Math.sqrt(line.noise);
      const seen = runs(line, step, batch, 60, 400, far);
      for (const k of [1, 3, 10, 60]) {
        const forgotten = (1 - step) ** (2 * k);
        expectMean(seen[k], forgotten * far ** 2 + ((step * line.noise) / (batch * (2 - step))) * (1 - forgotten));
        expect(estimate(seen[k]).mean).toBeLessThan(limit(k, far ** 2));
      }
      expect(estimate(seen[1]).mean / limit(1, far ** 2)).toBeGreaterThan(step === 0.1 ? 0.98 : 0.45); // the transient is near its bound;
      // the ball is (1 − η)/(2 − η) of its own, half of it as η → 0; no problem here comes nearer, so its constants are held from above too.
      const settled = runs(line, step, batch, 90, 1500, 0).slice(60);
      expectMean(
        settled[0].map((_, i) => estimate(settled.map((at) => at[i])).mean / limit(90, 0)),
        (1 - step) / (2 - step),
      );
    }
    // Three factors, one outlying row: the bound holds on the way and at the end, and the ball shrinks with the batch.
    const ball = [1, 8].map((batch) => {
      const step = 0.5 / factors.smoothness(batch);
      const limit = limitOf(factors, step, batch);
      const seen = runs(factors, step, batch, 600, 60, 2);
      const start = factors.away(factors.best.map((b) => b + 2));
      for (const k of [0, 10, 50, 200, 600]) expect(estimate(seen[k]).mean).toBeLessThanOrEqual(limit(k, start) * (1 + 1e-12));
      return estimate(seen.slice(400).map((at) => estimate(at).mean)).mean / (step / batch);
    });
    expect(ball[1] / ball[0]).toBeGreaterThan(0.5);
    expect(ball[1] / ball[0]).toBeLessThan(2);
  },
  mutants: {
    ...Object.fromEntries(
      Object.entries({
        ...WRONG,
        'takes half the step': stepping(0.5),
        'takes a step a tenth too long': stepping(1.1),
        'draws the same rows at every step': ((objective, options) => {
          let drawn: ArrayLike<number> | undefined;
          return through((f, w, rows) => {
            drawn ??= rows;
            return f.gradient(w, drawn);
          })(objective, options);
        }) satisfies Descend,
      }).map(([name, descend]) => [name, { descend, bound: distanceBound() }]),
    ),
    ...Object.fromEntries(
      Object.entries({
        'forgets (1 − ηL_B) in the rate': distanceBound({ inRate: 0 }),
        'forgets (1 − ηL_B) in the ball': distanceBound({ inBall: 0 }),
        'forgets at 3μ for 2μ': distanceBound({ rate: 3 }),
        'forgets at μ for 2μ': distanceBound({ rate: 1 }),
        'has six tenths of the ball': distanceBound({ ball: 0.6 }),
        'has twice the ball': distanceBound({ ball: 2 }),
      }).map(([name, bound]) => [name, { descend: stochasticGradientDescent, bound }]),
    ),
  },
});
