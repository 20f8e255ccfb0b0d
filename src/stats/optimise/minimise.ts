import { checkNumber, checkOptions, checkWhole } from '../../base/internal.js';
import { dot } from '../../linalg/index.js';
import { type Box, free } from './bounds.js';
import { centralGradient } from './differences.js';
import { lineSearch, type Slope, type Step } from './line-search.js';
import { nelderMead } from './nelder-mead.js';

/** Where and when a minimisation is to end; its `Box` is where it may look. */
export interface MinimiseOptions extends Box {
  /** It has converged when max |∂f/∂xⱼ| max(|xⱼ|, 1) is below this share of max(|f|, 1); 1e-8. A flat f of size 1e-9 has converged everywhere: scale it to 1. */
  readonly tolerance?: number;
  /** Steps of BFGS, at most; 500. */
  readonly maxIterations?: number;
}

/** The lowest place that `minimise` found. */
export interface Minimum {
  /** [p] */
  readonly x: Float64Array;
  /** f(x). */
  readonly value: number;
  /** max |∂f/∂uⱼ| max(|uⱼ|, 1) / max(|f|, 1), u = x where there is no bound: what the tolerance is of. */
  readonly gradientNorm: number;
  /** Steps taken. */
  readonly iterations: number;
  /** Whether the gradient came below the tolerance, or nothing lower than rounding shows was found along it and around. */
  readonly converged: boolean;
}

/**
 * A local minimum of a smooth function of p numbers, in double precision.
 *
 *     minimise((x) => (x[0] - 1) ** 2 + 5 * x[1] ** 2, [0, 3], { lower: [-Infinity, 1] })        x = 1, 1
 *
 * By BFGS with a line search to the strong Wolfe conditions. Where that sticks, as on a kink, the simplex of Nelder and Mead goes on and
 * BFGS takes over where it ends; where neither finds anything lower, that is a minimum too. A result that has not `converged` is the best
 * place found and no more.
 *
 * @param objective  of x [p] inside the bounds: f(x), or f(x) with its gradient [p]; differences stand in for a gradient that is not given.
 *                   NaN or ∞ says that x is out of bounds
 * @param start      [p]
 * @throws           when the gradient has another length than the start, the start is empty, outside its bounds, or f or its gradient is no number there, and on a bound below another
 *
 * Nocedal & Wright 2006, alg. 6.1. Bounds are taken away by MINUIT's change of coordinates.
 */
export function minimise(objective: (x: Float64Array) => number | Slope, start: ArrayLike<number>, options: MinimiseOptions = {}): Minimum {
  checkOptions('minimise', options, ['tolerance', 'maxIterations', 'lower', 'upper']);
  const { tolerance = 1e-8, maxIterations = 500 } = options;
  checkNumber('minimise', 'tolerance', tolerance, { above: 0 });
  checkWhole('minimise', 'maxIterations', maxIterations);
  checkStart(start, options);
  const valueAt = (x: Float64Array): number => {
    const at = objective(x);
    return typeof at === 'number' ? at : at.value;
  };
  const box = free(options, start.length);
  const smooth = (u: Float64Array): Slope => {
    const at = objective(box.inside(u));
    // Differences in u: those in x would step over a wall.
    if (typeof at === 'number') return { value: at, gradient: centralGradient((v) => valueAt(box.inside(v)), u) };
    if (at.gradient.length !== start.length)
      throw new Error(`minimise: the objective gives ${at.gradient.length} slopes for ${start.length} numbers; return one ∂f/∂xⱼ for each`);
    return { value: at.value, gradient: box.pullBack(u, at.gradient) };
  };
  const u = box.outside(start);
  const first = { x: u, ...smooth(u) };
  checkFirst(first);

  let end = bfgs(smooth, first, tolerance, maxIterations);
  for (let round = 0; !end.converged && end.iterations < maxIterations && round < 5; round++) {
    const simplex = nelderMead((v) => valueAt(box.inside(v)), end.x, 1e-13, 400 * start.length);
    const again = bfgs(smooth, { x: simplex.x, ...smooth(simplex.x) }, tolerance, maxIterations - end.iterations);
    // Where neither finds anything lower there is nothing lower nearby: a minimum on a kink, which has no slope of zero.
    const settled = simplex.settled && end.value - again.value <= STUCK * Math.max(Math.abs(end.value), 1);
    end = { ...again, iterations: end.iterations + again.iterations, converged: again.converged || settled };
  }
  const { x, value, iterations, converged, gradient } = end;
  return { x: box.inside(x), value, gradientNorm: steepness({ x, value, gradient }), iterations, converged };
}

interface End extends Step {
  readonly iterations: number;
  readonly converged: boolean;
}

/** Below this share of f a decrease is rounding. */
const NOTHING = 1e-14;
/** So small a share of f, over so many steps of BFGS, or from one end of it to the next, is no progress. */
const STUCK = 1e-11;
const PATIENCE = 12;

function bfgs(objective: (x: Float64Array) => Slope, from: Step, tolerance: number, most: number): End {
  const p = from.x.length;
  let inverse = scaledIdentity(p, 1); // H ≈ (∇²f)⁻¹ [p, p]
  let here = from;
  let fresh = true;
  const values: number[] = [];
  for (let iterations = 0; iterations < most; iterations++) {
    if (steepness(here) <= tolerance) return { ...here, iterations, converged: true };
    values.push(here.value);
    const gained = values[values.length - 1 - PATIENCE] - here.value;
    if (gained <= STUCK * Math.max(Math.abs(here.value), 1)) return { ...here, iterations, converged: false };
    let direction = times(inverse, here.gradient);
    // Rounding can take the positive definite from H.
    if (!(dot(direction, here.gradient) < 0)) {
      [inverse, fresh] = [scaledIdentity(p, 1), true];
      direction = here.gradient.map((g) => -g);
    }
    const length = Math.sqrt(dot(direction, direction));
    const next = lineSearch(objective, here, direction, fresh ? Math.min(1, Math.max(Math.hypot(...here.x), 1) / 10 / length) : 1);
    if (!next) {
      const promised = -dot(direction, here.gradient) / 2;
      const converged = !fresh && promised <= NOTHING * Math.max(Math.abs(here.value), 1);
      if (fresh || converged) return { ...here, iterations, converged };
      [inverse, fresh] = [scaledIdentity(p, 1), true];
      continue;
    }
    const s = next.x.map((value, j) => value - here.x[j]);
    const y = next.gradient.map((value, j) => value - here.gradient[j]);
    const sy = dot(s, y);
    if (sy > 1e-14 * Math.sqrt(dot(s, s) * dot(y, y))) {
      if (fresh) inverse = scaledIdentity(p, sy / dot(y, y));
      fresh = false;
      update(inverse, s, y, sy);
    }
    here = next;
  }
  return { ...here, iterations: most, converged: steepness(here) <= tolerance };
}

/** H ← (I − syᵀ/sᵀy) H (I − ysᵀ/sᵀy) + ssᵀ/sᵀy, eq. 6.17. */
function update(inverse: Float64Array[], s: Float64Array, y: Float64Array, sy: number): void {
  const hy = inverse.map((row) => dot(row, y));
  const scale = (1 + dot(hy, y) / sy) / sy;
  for (let i = 0; i < s.length; i++)
    for (let j = 0; j < s.length; j++) inverse[i][j] += scale * s[i] * s[j] - (hy[i] * s[j] + s[i] * hy[j]) / sy;
}

const times = (inverse: readonly Float64Array[], gradient: Float64Array): Float64Array =>
  Float64Array.from(inverse, (row) => -dot(row, gradient));

const scaledIdentity = (p: number, scale: number): Float64Array[] =>
  Array.from({ length: p }, (_, i) => Float64Array.from({ length: p }, (_, j) => (i === j ? scale : 0)));

const steepness = ({ x, value, gradient }: Step): number =>
  gradient.reduce((most, g, j) => Math.max(most, Math.abs(g) * Math.max(Math.abs(x[j]), 1)), 0) / Math.max(Math.abs(value), 1);

function checkStart(start: ArrayLike<number>, { lower, upper }: Box): void {
  const p = start.length;
  if (p === 0) throw new Error('minimise: start is empty; give a first guess of each number');
  for (const [name, bound] of Object.entries({ lower, upper }))
    if (bound && bound.length !== p)
      throw new Error(
        `minimise: start has ${p} numbers but ${name} has ${bound.length}; give a bound for each, ±Infinity where there is none`,
      );
  for (let j = 0; j < p; j++) {
    const [low, high] = [lower?.[j] ?? -Infinity, upper?.[j] ?? Infinity];
    if (!(low < high))
      throw new Error(`minimise: number ${j} is bounded from ${low} to ${high}, and nothing lies between; is lower above upper?`);
    if (!(start[j] >= low && start[j] <= high && Number.isFinite(start[j])))
      throw new Error(
        `minimise: start is ${start[j]} at number ${j}, which must be finite, from ${low} to ${high}; start inside the bounds`,
      );
  }
}

function checkFirst({ value, gradient }: Slope): void {
  const bad = gradient.findIndex((g) => !Number.isFinite(g));
  if (!Number.isFinite(value) || bad >= 0)
    throw new Error(
      `minimise: ${Number.isFinite(value) ? `the slope of number ${bad} is ${gradient[bad]}` : `the objective is ${value}`} at the start, so nothing can be lower; start where it is a number`,
    );
}
