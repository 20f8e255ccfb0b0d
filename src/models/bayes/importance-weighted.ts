import type * as tf from '@tensorflow/tfjs';
import { shapeError } from '../../base/index.js';

/**
 * The importance-weighted bound of the log-evidence from K draws: between the evidence lower bound, K = 1, and the evidence itself.
 *
 *     log 1/K Σₖ ωₖ        log ωₖ = log p(y, θₖ) − log q(θₖ),  θₖ ~ q        ∂ log ωₖ = ωₖ / Σ ω
 *
 *     importanceWeightedBound(logLikelihood.add(logPrior).sub(logPosterior))        each [K, B] for B rows with a θ of their own
 *
 * @param logWeights  log ω [K, ...], draws first
 * @returns           [...], in nats
 * @throws            when there is no axis of draws
 *
 * Burda, Grosse & Salakhutdinov 2016, eq. 8. Weights are never left their logarithm but by the difference to the largest. thm:iwae.
 */
export function importanceWeightedBound(logWeights: tf.Tensor): tf.Tensor {
  if (logWeights.rank < 1 || logWeights.shape[0] === 0)
    throw shapeError('importanceWeightedBound takes logarithms of weights [K, ...] of K draws, at least one', { logWeights });
  const largest = logWeights.max(0);
  return logWeights.sub(largest).exp().mean(0).log().add(largest);
}
