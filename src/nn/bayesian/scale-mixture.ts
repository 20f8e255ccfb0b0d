import * as tf from '@tensorflow/tfjs';
import { layer } from '../../tensor/index.js';

/** Two Gaussians around zero: a wide one of weight π for the few weights that matter, a narrow one for the rest. */
export interface ScaleMixture {
  /** π, the share of the wide component. */
  readonly share: number;
  /** σ₁ */
  readonly wide: number;
  /** σ₂ < σ₁ */
  readonly narrow: number;
}

/**
 * The log-density of numbers that are independent draws from a scale mixture of two Gaussians.
 *
 *     L = Σ log(π N(w; 0, σ₁²) + (1 − π) N(w; 0, σ₂²))        ∂w = −w (ρ/σ₁² + (1 − ρ)/σ₂²) · ∂L
 *
 * with the wide component's responsibility ρ = π N(w; 0, σ₁²) / (π N(w; 0, σ₁²) + (1 − π) N(w; 0, σ₂²)).
 *
 * @param w        any shape
 * @param mixture  π, σ₁ and σ₂
 * @returns        a scalar, in nats
 * @throws         when π is not inside (0, 1), or not 0 < σ₂ < σ₁
 *
 * Blundell et al. 2015, eq. 7; they tried π of ¼, ½, ¾, −log σ₁ of 0, 1, 2 and −log σ₂ of 6, 7, 8. In logarithms, from the larger term:
 * far from zero the smaller one is below the smallest float.
 */
export const scaleMixtureLogDensity = layer({
  name: 'scaleMixtureLogDensity',
  forward(w: tf.Tensor, mixture: ScaleMixture) {
    const { share, wide, narrow } = mixture;
    if (!(share > 0 && share < 1 && narrow > 0 && narrow < wide))
      throw new Error(
        `scaleMixtureLogDensity needs 0 < share < 1 and 0 < narrow < wide, got share ${share}, wide ${wide}, narrow ${narrow}; one Gaussian has a closed form`,
      );
    const { value, odds } = terms(w, mixture);
    return { value, saved: { w, odds, near: 1 / narrow ** 2, far: 1 / wide ** 2 } };
  },
  backward(dL, { w, odds, near, far }) {
    const precision = tf.add(near, odds.sigmoid().mul(far - near)); // of the component that w seems to come from
    return [w.mul(precision).mul(dL.neg())];
  },
  plain: (w, mixture) => terms(w, mixture).value,
});

/** log(a + b) = max(log a, log b) + log(1 + e^(−|log a − log b|)), and the logarithm of the odds a/b. */
function terms(w: tf.Tensor, { share, wide, narrow }: ScaleMixture): { value: tf.Tensor; odds: tf.Tensor } {
  const square = w.square();
  const component = (share: number, sigma: number) =>
    square.mul(-1 / (2 * sigma ** 2)).add(Math.log(share / sigma) - 0.5 * Math.log(2 * Math.PI));
  const [a, b] = [component(share, wide), component(1 - share, narrow)];
  const odds = a.sub(b);
  return { value: tf.maximum(a, b).add(odds.abs().neg().exp().log1p()).sum(), odds };
}
