import { dot } from '../../linalg/index.js';

/** A value and its gradient [p] at a place. */
export interface Slope {
  readonly value: number;
  readonly gradient: Float64Array;
}

/** Where a line search ended. */
export interface Step extends Slope {
  /** [p] */
  readonly x: Float64Array;
}

const DECREASE = 1e-4;
const CURVATURE = 0.9;
/** Values nearer than this share of themselves are one value in double precision; there the slopes decide. */
const ROUNDING = 1e-13;
const MOST_TRIALS = 60;

/**
 * A step along a direction of descent that satisfies the strong Wolfe conditions, or nothing where rounding leaves none.
 *
 *     f(x + sd) ≤ f(x) + c₁ s ∇f(x)ᵀd        |∇f(x + sd)ᵀd| ≤ c₂ |∇f(x)ᵀd|        c₁ = 0.0001, c₂ = 0.9
 *
 * Where a value is no number the place counts as infinitely high. Near the minimum values differ by rounding only: there the first
 * condition is asked of the slopes, (2c₁ − 1) ∇f(x)ᵀd ≥ ∇f(x + sd)ᵀd.
 *
 * Nocedal & Wright 2006, alg. 3.5 and 3.6; Hager & Zhang 2005, eq. 23, for the last.
 */
export function lineSearch(objective: (x: Float64Array) => Slope, from: Step, direction: Float64Array, first: number): Step | undefined {
  const slope = dot(from.gradient, direction);
  if (!(slope < 0)) return undefined;
  const slack = ROUNDING * Math.abs(from.value);
  const at = (size: number): Trial => {
    const x = from.x.map((value, j) => value + size * direction[j]);
    const { value, gradient } = objective(x);
    const finite = Number.isFinite(value) && gradient.every(Number.isFinite);
    return { x, value: finite ? value : Infinity, gradient, size, slope: finite ? dot(gradient, direction) : Number.NaN };
  };
  const low = (trial: Trial): boolean =>
    trial.value <= from.value + DECREASE * trial.size * slope ||
    (trial.value <= from.value + slack && (2 * DECREASE - 1) * slope >= trial.slope);
  const flat = (trial: Trial): boolean => Math.abs(trial.slope) <= -CURVATURE * slope;

  let before: Trial = { ...from, size: 0, slope };
  let trial = at(first);
  for (let count = 0; count < MOST_TRIALS; count++) {
    if (!low(trial) || (count > 0 && trial.value > before.value + slack)) return zoom(before, trial);
    if (flat(trial)) return trial;
    if (trial.slope >= 0) return zoom(trial, before);
    before = trial;
    trial = at(2.5 * trial.size);
  }
  return undefined;

  /** Between a best place so far, `best`, and another that bounds a minimum together with it. */
  function zoom(best: Trial, other: Trial): Step | undefined {
    for (let count = 0; count < MOST_TRIALS; count++) {
      const middle = at(between(best, other));
      if (!low(middle) || middle.value > best.value + slack) other = middle;
      else {
        if (flat(middle)) return middle;
        if (middle.slope * (other.size - best.size) >= 0) other = best;
        best = middle;
      }
      if (Math.abs(other.size - best.size) <= 1e-15 * Math.max(best.size, other.size)) break;
    }
    return best.size > 0 ? best : undefined;
  }
}

interface Trial extends Step {
  readonly size: number;
  readonly slope: number;
}

/** The minimum of the cubic through two values and slopes, kept a tenth off both ends; their middle where there is none. */
function between(a: Trial, b: Trial): number {
  const width = b.size - a.size;
  const d = a.slope + b.slope - (3 * (b.value - a.value)) / width;
  const root = Math.sign(width) * Math.sqrt(d * d - a.slope * b.slope);
  const share = 1 - (b.slope + root - d) / (b.slope - a.slope + 2 * root);
  const kept = share > 0.1 ? Math.min(share, 0.9) : 0.1;
  return a.size + width * (Number.isFinite(share) ? kept : 0.5);
}
