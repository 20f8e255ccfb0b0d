import { fisherF } from './distributions.js';

/** The x with P(X ≤ x) = p, X of the beta law with a and b: a/b · F over 1 more than that, with 2a and 2b degrees of freedom. */
export function betaQuantile(a: number, b: number, p: number): number {
  const ratio = (a / b) * fisherF(2 * a, 2 * b).quantile(p);
  return ratio / (1 + ratio);
}
