import type * as tf from '@tensorflow/tfjs';
import { type HostArray, sizeOf } from '../../base/index.js';
import { checkNumber } from '../../base/internal.js';
import { type ScaleMixture, scaleMixtureLogDensity, softplus } from '../../nn/index.js';
import type { Tensors } from '../../optim/index.js';
import { layoutOf } from '../../optim/internal.js';
import { layer, map } from '../../tensor/index.js';

/** Independent Gaussians, one for each parameter of a model `P`: its mean, and ρ with σ = log(1 + e^ρ). */
export interface MeanField<P> {
  /** μ of each parameter. */
  readonly mean: P;
  /** ρ of each parameter, in the same shape. */
  readonly rho: P;
}

/**
 * A Gaussian around each of these parameters: of any model whose weights should be uncertain.
 *
 * @param params  a model's initial parameters, the means
 * @param sigma   σ, by how much each is uncertain before it saw data
 * @throws        when σ is not positive
 */
export function initMeanField<P>(params: P, sigma = 0.05): MeanField<P> {
  checkNumber('initMeanField', 'sigma', sigma, { above: 0 }, 'a certain weight could not become uncertain');
  const rho = Math.log(Math.expm1(sigma));
  return {
    mean: params,
    rho: map(params, ({ shape }: HostArray<Float32Array>) => ({ data: new Float32Array(sizeOf(shape)).fill(rho), shape })) as P,
  };
}

/** One Gaussian number for each parameter. */
export interface DrawNoise {
  /** ε [n], standard normal, one for each of the model's n parameters. */
  readonly noise: tf.Tensor;
}

/**
 * Parameters drawn from the Gaussians: the model computes with them as with any others, and its gradient reaches μ and ρ.
 *
 *     w = μ + σ ⊙ ε        ∂μ = ∂w        ∂ρ = ∂w ⊙ ε ⊙ (1 − e^(−σ))
 *
 * @param q  μ and ρ
 * @returns  a tree as μ
 * @throws   when the noise is not [n]
 *
 * Blundell et al. 2015, section 3.2. thm:pathwise-gradient.
 */
export const drawWeights = <P>(q: MeanField<P>, { noise }: DrawNoise): P => layoutOf(q.mean).unpack(drawn(q, noise)) as P;

/** σ of each parameter, σ = log(1 + e^ρ): a tree as μ. */
export function deviations<P>({ rho }: MeanField<P>): P {
  const { pack, unpack } = layoutOf(rho);
  return unpack(softplus(pack(rho as Tensors<P>))) as P;
}

/**
 * How far the Gaussians are from a prior N(0, s²), exactly.
 *
 *     KL = Σ log(s/σ) + (σ² + μ²)/(2 s²) − ½        ∂μ = μ/s² · ∂KL        ∂σ = (σ/s² − 1/σ) · ∂KL
 *
 * @param q        μ and ρ
 * @param options  s, the prior's deviation
 * @returns        a scalar, in nats
 * @throws         when s is not positive
 *
 * Kingma & Welling 2014, appendix B, for s = 1.
 */
export function gaussianDivergence<P>(q: MeanField<P>, { prior }: { readonly prior: number }): tf.Tensor {
  checkNumber('gaussianDivergence', 'prior', prior, { above: 0 });
  const { pack } = layoutOf(q.mean);
  return divergenceOf(pack(q.mean as Tensors<P>), softplus(pack(q.rho as Tensors<P>)), { prior });
}

/** The divergence of packed μ and σ [n]. */
export const divergenceOf = layer({
  name: 'divergenceOf',
  forward: (mean: tf.Tensor, sigma: tf.Tensor, { prior }: { readonly prior: number }) => ({
    value: divergence(mean, sigma, prior),
    saved: { mean, sigma, precision: 1 / prior ** 2 },
  }),
  backward: (dL, { mean, sigma, precision }) => [mean.mul(dL.mul(precision)), sigma.mul(precision).sub(sigma.reciprocal()).mul(dL)],
  plain: (mean, sigma, { prior }) => divergence(mean, sigma, prior),
});

const divergence = (mean: tf.Tensor, sigma: tf.Tensor, prior: number): tf.Tensor =>
  mean
    .square()
    .add(sigma.square())
    .mul(1 / (2 * prior ** 2))
    .sub(sigma.log())
    .sum()
    .add(mean.size * (Math.log(prior) - 0.5));

/**
 * How far the Gaussians are from a scale-mixture prior, estimated at the weights that `drawWeights` makes of the same noise.
 *
 *     KL ≈ log q(w) − log P(w)        log q(w) = −Σ log σ + ½ ε² + ½ log 2π
 *
 * @param q        μ and ρ
 * @param options  ε [n], and π, σ₁ and σ₂ of the prior
 * @returns        a scalar, in nats
 * @throws         when the noise is not [n], or the prior is no mixture
 *
 * Blundell et al. 2015, eq. 2: there is no closed form. At w = μ + σ ε the density q depends on σ alone.
 */
export function mixtureDivergence<P>(q: MeanField<P>, { noise, prior }: DrawNoise & { readonly prior: ScaleMixture }): tf.Tensor {
  const sigma = softplus(layoutOf(q.mean).pack(q.rho as Tensors<P>));
  const logPosterior = sigma
    .log()
    .add(noise.square().mul(0.5))
    .sum()
    .add(0.5 * Math.log(2 * Math.PI) * noise.size)
    .neg();
  return logPosterior.sub(scaleMixtureLogDensity(drawn(q, noise), prior));
}

function drawn<P>({ mean, rho }: MeanField<P>, noise: tf.Tensor): tf.Tensor {
  const { pack, n } = layoutOf(mean);
  if (noise.shape.length !== 1 || noise.shape[0] !== n)
    throw new Error(`drawWeights: the model has ${n} parameters, so noise must be [${n}]: got [${noise.shape}]`);
  return pack(mean as Tensors<P>).add(softplus(pack(rho as Tensors<P>)).mul(noise));
}
