/** Throws unless both are probabilities [N] of the same N outcomes. */
function checkLaws(caller: string, p: ArrayLike<number>, q: ArrayLike<number>): void {
  if (p.length !== q.length || p.length === 0)
    throw new Error(`${caller} compares two laws of the same N outcomes, N of 1 or more: got p [${p.length}], q [${q.length}]`);
  for (const [name, law] of Object.entries({ p, q })) {
    let sum = 0;
    for (let i = 0; i < law.length; i++) {
      if (!(law[i] >= 0)) throw new Error(`${caller}: ${name}[${i}] is ${law[i]}; probabilities are 0 or more`);
      sum += law[i];
    }
    if (!(Math.abs(sum - 1) < 1e-9)) throw new Error(`${caller}: ${name} sums to ${sum}, probabilities to 1; divide counts by their total`);
  }
}

/** Σ a log(a / b), where 0 log 0 is 0. */
function relativeEntropy(a: ArrayLike<number>, b: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) if (a[i] > 0) sum += a[i] * Math.log(a[i] / b(i));
  return Math.max(sum, 0); // rounding may leave −1e-17 of equal laws
}

/**
 * Kullback–Leibler divergence of two laws on finitely many outcomes.
 *
 *     KL(p ‖ q) = Σ pᵢ log(pᵢ/qᵢ)
 *
 * @param p  [N] probabilities
 * @param q  [N] probabilities of the same outcomes
 * @returns  in nats, 0 or more: what it costs on average to hold q for true where p is; ∞ where p has an outcome that q has not
 * @throws   when the two do not fit each other, or are no probabilities
 *
 * Kullback & Leibler 1951. Of normal laws: `normalDivergence`. thm:jensen-shannon.
 */
export function kullbackLeibler(p: ArrayLike<number>, q: ArrayLike<number>): number {
  checkLaws('kullbackLeibler', p, q);
  return relativeEntropy(p, (i) => q[i]);
}

/**
 * Jensen–Shannon divergence of two laws on finitely many outcomes.
 *
 *     JS(p, q) = ½ KL(p ‖ m) + ½ KL(q ‖ m)        m = ½ (p + q)
 *
 * @param p  [N] probabilities
 * @param q  [N] probabilities of the same outcomes
 * @returns  in nats, from 0, of equal laws, to log 2, of laws without a common outcome
 * @throws   when the two do not fit each other, or are no probabilities
 *
 * Lin 1991. What a GAN with the best discriminator minimises: thm:jensen-shannon.
 */
export function jensenShannon(p: ArrayLike<number>, q: ArrayLike<number>): number {
  checkLaws('jensenShannon', p, q);
  const middle = (i: number) => (p[i] + q[i]) / 2;
  return (relativeEntropy(p, middle) + relativeEntropy(q, middle)) / 2;
}

/**
 * The discriminator that tells data from samples best, of laws on finitely many outcomes.
 *
 *     Dᵢ = pᵢ / (pᵢ + qᵢ)
 *
 * @param p  [N] probabilities under the data
 * @param q  [N] probabilities under the generator
 * @returns  [N], the chance that outcome i is from the data if both are as likely beforehand; ½ where neither has it
 * @throws   when the two do not fit each other, or are no probabilities
 *
 * Goodfellow et al. 2014, proposition 1: thm:optimal-discriminator.
 */
export function optimalDiscriminator(p: ArrayLike<number>, q: ArrayLike<number>): Float64Array {
  checkLaws('optimalDiscriminator', p, q);
  return Float64Array.from({ length: p.length }, (_, i) => (p[i] + q[i] > 0 ? p[i] / (p[i] + q[i]) : 0.5));
}
