import { checkNumber, checkWhole } from '../../base/internal.js';
import type { Matrix } from '../../linalg/index.js';
import { zeroMatrix } from '../../linalg/internal.js';
import type { Objective } from './objective.js';

/** The way that iterates took downhill. */
export interface Descent {
  /** The last iterate [p]. */
  readonly w: Float64Array;
  /** Row k is wₖ [steps + 1, p]. */
  readonly path: Matrix;
  /** f(wₖ) [steps + 1]. */
  readonly values: Float64Array;
}

/** How far to go, and from where. */
export interface DescentOptions {
  /** How many steps. */
  readonly iterations: number;
  /** w₀ [p]; zero when left out. */
  readonly start?: ArrayLike<number>;
  /** Stops the loop with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** 2/(μ + L): no other fixed step has a better worst case. */
export const optimalStep = ({ curvature: { mu, L } }: Objective): number => 2 / (mu + L);

/**
 * Gradient descent with a fixed step.
 *
 *     wₖ₊₁ = wₖ − η∇f(wₖ)        ‖wₖ − w*‖ ≤ ((κ − 1)/(κ + 1))ᵏ ‖w₀ − w*‖   at η = 2/(μ + L), κ = L/μ, for a quadratic f
 *
 * @param step  η; `optimalStep(objective)` when left out
 * @throws      when the step or the start does not fit, and when a step ≥ 2/L has made the iterates overflow
 *
 * thm:gradient-descent.
 */
export function gradientDescent(objective: Objective, options: DescentOptions & { readonly step?: number }): Descent {
  const step = options.step ?? optimalStep(objective);
  checkStep('gradientDescent', step);
  return descend('gradientDescent', objective, options, (w) => objective.gradient(w).map((g) => step * g));
}

/** The loop both descents share: wₖ₊₁ = wₖ − move(wₖ, k). */
export function descend(
  caller: string,
  objective: Objective,
  { iterations, start, signal }: DescentOptions,
  move: (w: Float64Array, k: number) => Float64Array,
): Descent {
  const p = objective.size;
  if (start && start.length !== p) throw new Error(`${caller}: start has ${start.length} values but the objective has ${p} coefficients`);
  checkWhole(caller, 'iterations', iterations, { from: 0 });
  let w: Float64Array = start ? Float64Array.from(start) : new Float64Array(p);
  const path = zeroMatrix(iterations + 1, p);
  const values = new Float64Array(iterations + 1);
  for (let k = 0; ; k++) {
    path.data.set(w, k * p);
    values[k] = objective.value(w);
    if (!Number.isFinite(values[k]))
      throw new Error(
        `${caller}: the objective is ${values[k]} at step ${k}, so the iterates diverge; the step must be below 2/L = ${(2 / objective.curvature.L).toPrecision(3)}`,
      );
    if (k === iterations) return { w, path, values };
    signal?.throwIfAborted();
    const change = move(w, k);
    w = w.map((value, j) => value - change[j]);
  }
}

export const checkStep = (caller: string, step: number): void =>
  checkNumber(caller, 'step', step, { above: 0 }, "try 1/L of the objective's curvature");
