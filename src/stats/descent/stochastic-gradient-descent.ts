import { fold, type Key, randint } from '../../base/index.js';
import { checkWhole } from '../../base/internal.js';
import { checkStep, type Descent, type DescentOptions, descend, optimalStep } from './gradient-descent.js';
import type { Objective } from './objective.js';

/**
 * Stochastic gradient descent: each step sees a few rows, drawn uniformly with replacement.
 *
 *     wₖ₊₁ = wₖ − ηₖ gₖ,   E[gₖ | wₖ] = ∇f(wₖ)
 *
 * With a constant step the iterates end in a ball around the minimiser, its squared radius in proportion to η/B; with a step that
 * falls as 1/k they reach it.
 *
 * @param batch  B, rows per step
 * @param step   η, or ηₖ as a function of k = 0, 1, …; a tenth of `optimalStep(objective)` when left out
 * @param key    the random stream; step k draws from `fold(key, k)`, so a longer run begins with the shorter one
 * @throws       when the batch is not a whole number from 1 up, and as `gradientDescent`
 *
 * thm:sgd.
 */
export function stochasticGradientDescent(
  objective: Objective,
  options: DescentOptions & { readonly key: Key; readonly batch: number; readonly step?: number | ((k: number) => number) },
): Descent {
  const { batch, key, step = 0.1 * optimalStep(objective) } = options;
  checkWhole('stochasticGradientDescent', 'batch', batch);
  return descend('stochasticGradientDescent', objective, options, (w, k) => {
    const eta = typeof step === 'number' ? step : step(k);
    checkStep('stochasticGradientDescent', eta);
    return objective.gradient(w, drawRows(key, k, batch, objective.rows)).map((g) => eta * g);
  });
}

/** The rows that step k sees [batch]: the same for a compiled run with the same key. */
export const drawRows = (key: Key, k: number, batch: number, rows: number): Int32Array => randint(fold(key, k), [batch], 0, rows).data;
