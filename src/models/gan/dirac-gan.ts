import { checkNumber, checkOneOf, checkOptions, checkWhole } from '../../base/internal.js';

/** Which game the two play, who moves when, and what holds the discriminator. */
export interface DiracGanOptions {
  /** What a score s of a sample is to the two, as in the games of the same names. */
  readonly game: 'saturating' | 'nonSaturating' | 'wasserstein';
  /** Both move at once, or the discriminator moves and then the generator, which sees where it went. */
  readonly order: 'simultaneous' | 'alternating';
  /** η of both. */
  readonly learningRate: number;
  /** How many moves of each. */
  readonly steps: number;
  /** θ₀ and ψ₀. */
  readonly start: readonly [generator: number, discriminator: number];
  /** λ ψ²/2, on the slope at the data, or λ (|ψ| − 1)², on its distance from 1 anywhere between; none when left out. */
  readonly penalty?: { readonly kind: 'atData' | 'towardsOne'; readonly weight: number };
}

/** Where the two went. */
export interface DiracGanPath {
  /** θ [steps + 1], the point that the generator makes. */
  readonly generator: Float64Array;
  /** ψ [steps + 1], the slope of the discriminator. */
  readonly discriminator: Float64Array;
}

/** 1/(1 + e^(−s)). */
const logistic = (s: number) => 1 / (1 + Math.exp(-s));

/** Of each game, the slopes of what the discriminator and the generator raise, in the score s = ψθ of the sample. */
const PULLS = {
  saturating: { discriminator: (s: number) => -logistic(s), generator: logistic },
  nonSaturating: { discriminator: (s: number) => -logistic(s), generator: (s: number) => logistic(-s) },
  wasserstein: { discriminator: () => -1, generator: () => 1 },
} as const;

/**
 * The smallest GAN: data that are always 0, a generator that makes the point θ, a discriminator that scores x by ψx.
 *
 *     ψ ← ψ + η (−θ d(ψθ) − penalty′(ψ))        θ ← θ + η ψ g(ψθ)
 *
 *     d = g = σ   saturating        d = σ, g(s) = σ(−s)   non-saturating        d = g = 1   Wasserstein
 *
 * The one equilibrium is θ = ψ = 0. Without a penalty no play of η ≤ 2 finds it at a geometric rate; with one at the data, not too large, both do.
 *
 * @returns  both paths, from the start on
 * @throws   when the learning rate is not positive, steps is no whole number, or a number is not finite
 *
 * Mescheder, Geiger & Nowozin 2018, whose discriminator has the other sign: thm:dirac-gan.
 */
export function diracGan(options: DiracGanOptions): DiracGanPath {
  checkOptions('diracGan', options, ['game', 'order', 'learningRate', 'steps', 'start', 'penalty']);
  const { game, order, learningRate: eta, steps, start, penalty } = options;
  checkOneOf('diracGan', 'game', game, Object.keys(PULLS));
  checkOneOf('diracGan', 'order', order, ['simultaneous', 'alternating']);
  checkNumber('diracGan', 'learningRate', eta, { above: 0 });
  checkWhole('diracGan', 'steps', steps, { from: 0 });
  if (penalty) {
    checkOneOf('diracGan', 'penalty.kind', penalty.kind, ['atData', 'towardsOne']);
    checkNumber('diracGan', 'penalty.weight', penalty.weight, { from: 0 });
  }
  for (const [name, value] of Object.entries({ theta: start[0], psi: start[1] })) checkNumber('diracGan', `start's ${name}`, value, {});
  const drag = (psi: number) => {
    if (!penalty) return 0;
    return penalty.kind === 'atData' ? penalty.weight * psi : 2 * penalty.weight * (psi - Math.sign(psi));
  };
  const pulls = PULLS[game];
  const generator = new Float64Array(steps + 1);
  const discriminator = new Float64Array(steps + 1);
  let [theta, psi] = start;
  for (let k = 0; ; k++) {
    [generator[k], discriminator[k]] = [theta, psi];
    if (k === steps) return { generator, discriminator };
    const moved = psi + eta * (theta * pulls.discriminator(psi * theta) - drag(psi));
    const seen = order === 'alternating' ? moved : psi;
    theta += eta * seen * pulls.generator(seen * theta);
    psi = moved;
  }
}
