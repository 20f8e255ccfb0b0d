import type * as tf from '@tensorflow/tfjs';
import { fold, type HostArray, type Key, normal, shapeError, sizeOf } from '../base/index.js';
import { checkKey, checkNumber, checkOptions, checkWhole } from '../base/internal.js';
import { proportionInterval, standardNormal } from '../stats/index.js';
import { compile } from '../tensor/index.js';
import { checkHostArray } from './ball.js';

/** How sure a certificate is, and how much noise it is for. */
export interface SmoothingLevel {
  /** σ of the noise on each element, in units of x. */
  readonly sigma: number;
  /** α, the chance that a certificate is wrong; 0.001 when left out. */
  readonly alpha?: number;
}

/** The noise, and how often it is drawn. */
export interface SmoothingOptions extends SmoothingLevel {
  /** Where the noise comes from. */
  readonly key: Key;
  /** Draws that choose the class which is then tested; 100 when left out. */
  readonly select?: number;
  /** n, the draws of the test; 1,000 when left out. */
  readonly draws?: number;
}

/** What is certain of one sample. */
export interface Certificate {
  /** The class of the smoothed classifier; none where the draws do not decide. */
  readonly label?: number;
  /** In L2 and in units of x: no perturbation shorter than this changes the label. 0 without a label. */
  readonly radius: number;
  /** The lower bound of the label's probability under noise. */
  readonly probability: number;
}

/**
 * The L2 radius that k hits of n draws certify: with p the one-sided Clopper–Pearson bound, above the true probability with a chance of α at most,
 *
 *     radius = σ Φ⁻¹(p) where p > ½, else 0        p = the α-quantile of Beta(k, n − k + 1), 0 at k = 0
 *
 *     certifiedRadius(1000, 1000, { sigma: 0.5 })      { radius: 1.23, … }, the most that 1,000 draws can say
 *
 * @param hits   k, the draws that were classified as the class
 * @param draws  n
 * @throws       when σ is not positive, α not between 0 and ½, or the hits are not so many of the draws
 *
 * Cohen, Rosenfeld & Kolter 2019, theorem 1 and algorithm CERTIFY. Theorem: thm:randomised-smoothing.
 */
export function certifiedRadius(hits: number, draws: number, level: SmoothingLevel): { radius: number; probability: number } {
  checkOptions('certifiedRadius', level, ['sigma', 'alpha']);
  const { sigma, alpha = 0.001 } = level;
  checkNumber('certifiedRadius', 'sigma', sigma, { above: 0 }, 'it is the standard deviation of the noise, in units of x');
  checkNumber('certifiedRadius', 'alpha', alpha, { above: 0, below: 0.5 }, '0.001 is one wrong certificate in a thousand');
  checkWhole('certifiedRadius', 'draws', draws);
  checkWhole('certifiedRadius', 'hits', hits, { from: 0, to: draws }, 'they are among the draws');
  const probability = proportionInterval(hits, draws, { level: 1 - 2 * alpha, kind: 'clopper-pearson' }).low;
  return { radius: probability > 0.5 ? sigma * standardNormal.quantile(probability) : 0, probability };
}

/**
 * Certificates by randomised smoothing. The smoothed classifier is the class that the classifier most often gives to x + σ ξ, ξ standard
 * normal; some draws guess which that is, others bound how often.
 *
 *     const [{ label, radius }] = await certify((x) => cnn(params, x), images, { sigma: 0.25, key: key(1) });
 *
 * @param logits  [B, C] of samples [B, ...]; what it closes over stays as it is
 * @param x       [N, ...] samples
 * @returns       N certificates: with a chance of 1 − α each, no perturbation of L2 length below the radius changes the label
 * @throws        when σ, α, the key or the draws are not such, logits are not [B, C], or x has no axis beside the samples'
 *
 * Cohen, Rosenfeld & Kolter 2019, algorithm CERTIFY. Theorem: thm:randomised-smoothing.
 */
export async function certify(
  logits: (x: tf.Tensor) => tf.Tensor,
  x: HostArray<Float32Array>,
  options: SmoothingOptions,
): Promise<Certificate[]> {
  checkOptions('certify', options, ['sigma', 'alpha', 'key', 'select', 'draws']);
  const { key, select = 100, draws = 1000, ...level } = options;
  checkWhole('certify', 'select', select);
  checkWhole('certify', 'draws', draws);
  certifiedRadius(draws, draws, level); // σ and α, before anything is computed
  checkKey('certify', key);
  checkHostArray('certify', x);
  if (x.shape.length < 2) throw shapeError('certify takes samples [N, ...], and the axes of one', { x });
  const shape = x.shape.slice(1);
  const size = sizeOf(shape);
  const classify = compile((x: tf.Tensor) => {
    const z = logits(x);
    if (z.rank !== 2) throw shapeError('certify takes a classifier with logits [B, C]', { logits: z });
    return z.argMax(1);
  });
  const labelsOf = async (k: Key, sample: Float32Array, count: number) => {
    const noisy = normal(k, [count, ...shape]);
    for (let i = 0; i < noisy.data.length; i++) noisy.data[i] = sample[i % size] + level.sigma * noisy.data[i];
    return Array.from((await classify(noisy)).data(), Number);
  };

  const found: Certificate[] = [];
  try {
    for (let n = 0; n < x.shape[0]; n++) {
      const sample = x.data.subarray(n * size, (n + 1) * size);
      const guess = mostFrequent(await labelsOf(fold(key, 2 * n), sample, select));
      const hits = (await labelsOf(fold(key, 2 * n + 1), sample, draws)).filter((label) => label === guess).length;
      const { radius, probability } = certifiedRadius(hits, draws, level);
      found.push(radius > 0 ? { label: guess, radius, probability } : { radius, probability });
    }
  } finally {
    classify.release();
  }
  return found;
}

/** The label that occurs most often; of several, the least. */
function mostFrequent(labels: readonly number[]): number {
  const counts: number[] = [];
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  return counts.reduce((best, count, label) => (count > (counts[best] ?? 0) ? label : best), 0);
}
