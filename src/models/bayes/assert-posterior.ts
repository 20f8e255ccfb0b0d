import { checkNumber } from '../../base/internal.js';
import { flatten, type Input, type Tree } from '../../tensor/index.js';
import { fromLeaf } from '../../tensor/internal.js';
import type { MeanField } from './mean-field.js';

/** What is left between a matrix of weights and the prior below which it passes nothing on, in nats a weight. */
const UNMOVED = 1e-3;
/** The median deviation, as a share of the prior's, below which draws agree. */
const CERTAIN = 1e-4;

/**
 * Throws when a mean-field posterior has collapsed: when the weights of a layer are the prior again, or have lost their uncertainty.
 *
 *     assertPosterior(optimizer.params(toTf(state)), { prior: 0.1 });
 *
 * A layer is the prior where its weights lie less than 0.001 nats from it on average (log(s/σ) + (σ² + μ²)/(2s²) − ½): it passes noise on
 * and nothing else. It is a point where the median of σ/s is below 0.0001: then the draws agree, and nothing is epistemic. Biases are not
 * judged: a bias may well be what the prior says.
 *
 * @param q      μ and ρ of each weight, with σ = log(1 + e^ρ)
 * @param prior  s of the prior N(0, s²)
 * @throws       naming the layer, its distance from the prior or its σ, and the likely cause; when s is not positive
 *
 * Bowman et al. 2016, section 3.1, on the first kind.
 */
export function assertPosterior<P>(q: MeanField<P>, { prior }: { readonly prior: number }): void {
  checkNumber('assertPosterior', 'prior', prior, { above: 0 });
  const [means, rhos] = [q.mean, q.rho].map((tree) => flatten<Input>(tree as Tree<Input>));
  for (const [i, path] of means.paths.entries()) {
    const mean = fromLeaf(means.leaves[i], path);
    if (mean.shape.length < 2) continue;
    const mu = mean.data();
    const sigma = Float64Array.from(
      fromLeaf(rhos.leaves[i], path).data(),
      (rho) => Math.max(rho, 0) + Math.log1p(Math.exp(-Math.abs(rho))),
    );
    const where = `assertPosterior: ${path} [${mean.shape}]`;
    const spread = sigma.toSorted()[sigma.length >> 1] / prior;
    if (spread < CERTAIN)
      throw new Error(
        `${where} collapsed to a point: the median of σ is ${spread.toPrecision(2)} of the prior's, so draws agree and nothing is uncertain; ` +
          'weight the divergence by 1/N of N rows, not by less, and start from a σ of at least 0.01',
      );
    let distance = 0;
    for (const [k, s] of sigma.entries()) distance += (Math.log(prior / s) + (s * s + mu[k] ** 2) / (2 * prior ** 2) - 0.5) / sigma.length;
    if (distance < UNMOVED)
      throw new Error(
        `${where} collapsed to the prior: a weight lies ${distance.toPrecision(2)} nats from it on average, so the layer passes noise on and nothing ` +
          'else; the data say too little for so many weights, or the divergence counts too much: weight it by 1/N of N rows (negativeElbo is for ' +
          'each row), train longer, or take a narrower net',
      );
  }
}
