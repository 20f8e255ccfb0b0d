import * as tf from '@tensorflow/tfjs';
import { shapeError } from '../../base/index.js';
import { binaryCrossEntropy, criticLoss, generatorLoss, gradientPenalty } from '../../nn/index.js';
import type { Optimizer, Tensors } from '../../optim/index.js';
import { valueAndGrad } from '../../tensor/index.js';

/** Two networks: one makes samples of noise, and one that scores samples and data, [B, ...] → [B]. */
export interface Adversaries<G, C> {
  /** Samples [B, ...] of noise. */
  readonly generate: (params: Tensors<G>, noise: tf.Tensor) => tf.Tensor;
  /** A number [B] for each row of x [B, ...]. */
  readonly score: (params: Tensors<C>, x: tf.Tensor) => tf.Tensor;
}

/** What each of the two minimises. */
export interface Game {
  /** The loss of the one that scores data and samples [B, ...]; mix [B] is where between them a penalty is taken. */
  readonly critic: (score: (x: tf.Tensor) => tf.Tensor, real: tf.Tensor, fake: tf.Tensor, mix: tf.Tensor) => tf.Tensor;
  /** The loss of the other, by the scores [B] of its samples. */
  readonly generator: (scores: tf.Tensor) => tf.Tensor;
}

/**
 * The game of generative adversarial networks, where scores are the logits of being data.
 *
 *     critic: −mean log σ(f(real)) − mean log(1 − σ(f(fake)))        generator: −mean log σ(f(fake))
 *
 * Goodfellow et al. 2014, with the generator's loss of their section 3: log(1 − σ) would not move a generator that always loses.
 */
export const nonSaturating: Game = {
  critic(score, real, fake) {
    const [ofReal, ofFake] = [score(real), score(fake)];
    return binaryCrossEntropy(ofReal, tf.onesLike(ofReal)).add(binaryCrossEntropy(ofFake, tf.zerosLike(ofFake)));
  },
  generator: (scores) => binaryCrossEntropy(scores, tf.onesLike(scores)),
};

/**
 * The same game with the first generator's loss of the paper, which makes it a zero-sum game and starves a generator that always loses.
 *
 *     critic: as in `nonSaturating`        generator: mean log(1 − σ(f(fake)))
 *
 * Goodfellow et al. 2014, eq. 1: thm:vanishing-generator.
 */
export const saturating: Game = {
  critic: nonSaturating.critic,
  generator: (scores) => binaryCrossEntropy(scores, tf.zerosLike(scores)).neg(),
};

/**
 * The game of Wasserstein networks: the critic estimates how far samples are from data, held to a slope of 1 by a gradient penalty.
 *
 *     critic: mean f(fake) − mean f(real) + λ mean (‖∇f(x̂)‖ − 1)²        generator: −mean f(fake)
 *
 * @param weight  λ
 *
 * Gulrajani et al. 2017, algorithm 1, whose default λ is 10. What the critic then reports, and when it is too much: thm:gradient-penalty.
 */
export const wassersteinGp = (weight = 10): Game => ({
  critic: (score, real, fake, mix) => criticLoss(score(real), score(fake)).add(gradientPenalty(score, real, fake, { mix }).mul(weight)),
  generator: generatorLoss,
});

/** What a step of K updates of the critic and one of the generator takes. */
export interface GanBatch<T = tf.Tensor> {
  /** Data [K, B, ...]. */
  readonly real: T;
  /** Standard normal [K + 1, B, ...], the last for the generator's update. */
  readonly noise: T;
  /** Uniform [K, B], where between data and samples the gradient penalty is taken. */
  readonly mix: T;
}

/** The optimisers' states of the two. */
export interface GanState<G, C> {
  /** Of the one that makes samples. */
  readonly generator: G;
  /** Of the one that scores them. */
  readonly critic: C;
}

/**
 * One step of adversarial training, to be compiled: the critic learns from K batches, then the generator from the critic.
 *
 *     const step = compile(ganStep(networks, wassersteinGp(), { generator: adam(g, rates), critic: adam(c, rates) }), { donate: [0] });
 *     ({ state, criticLoss } = await step(state, batch));
 *
 * @returns  a function of the state and a batch; `criticLoss` is that of the last update: without its penalty, minus the distance
 *
 * Goodfellow et al. 2014, algorithm 1; Gulrajani et al. 2017, algorithm 1, with K = 5 and Adam's η = 10⁻⁴, β₁ = 0, β₂ = 0.9.
 */
export function ganStep<G, C, S, R>(
  { generate, score }: Adversaries<G, C>,
  game: Game,
  optimizers: { readonly generator: Optimizer<G, S>; readonly critic: Optimizer<C, R> },
): (state: GanState<S, R>, batch: GanBatch) => { state: GanState<S, R>; criticLoss: tf.Tensor; generatorLoss: tf.Tensor } {
  return (state, { real, noise, mix }) => {
    const [K, B] = real.shape;
    if (K === 0 || noise.shape[0] !== K! + 1 || noise.shape[1] !== B || `${mix.shape}` !== `${[K, B]}`)
      throw shapeError('ganStep takes real [K, B, ...] for K of 1 or more, noise [K + 1, B, ...] and mix [K, B]', { real, noise, mix });
    const generator = optimizers.generator.params(state.generator);
    const [forCritic, forGenerator] = tf.split(noise, [K, 1], 0);
    // The generator stands still meanwhile: its samples for all K updates at once.
    const fakes = tf.split(generate(generator, forCritic.reshape([K * B!, ...noise.shape.slice(2)])), K, 0);
    const mixes = tf.unstack(mix);
    let critic = state.critic;
    let criticLoss: tf.Tensor = tf.scalar(0);
    tf.unstack(real).forEach((batch, k) => {
      const loss = (params: Tensors<C>) => game.critic((x) => score(params, x), batch, fakes[k], mixes[k]);
      const { value, grads } = valueAndGrad(loss)(optimizers.critic.params(critic));
      critic = optimizers.critic.update(critic, grads as Tensors<C>);
      criticLoss = value;
    });
    const judge = optimizers.critic.params(critic);
    const { value: generatorLoss, grads } = valueAndGrad((params: Tensors<G>) =>
      game.generator(score(judge, generate(params, forGenerator.squeeze([0])))),
    )(generator);
    return {
      state: { generator: optimizers.generator.update(state.generator, grads as Tensors<G>), critic },
      criticLoss,
      generatorLoss,
    };
  };
}
