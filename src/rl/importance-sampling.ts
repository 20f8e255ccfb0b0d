import { checkNumber, checkOptions } from '../base/internal.js';

/** N episodes of T steps that another policy played. */
export interface OffPolicyEpisodes {
  /** π(aₜ | sₜ) / b(aₜ | sₜ) of the policy π that is judged and b that acted, `ratio[n][t]`. */
  readonly ratio: readonly (readonly number[])[];
  /** rₜ, `reward[n][t]`. */
  readonly reward: readonly (readonly number[])[];
}

/** What a policy would have earned, by what another one did. */
export interface OffPolicyReturns {
  /** Z_T Σₜ γᵗ rₜ of each episode [N]: their mean is unbiased. */
  readonly ordinary: number[];
  /** Σₜ γᵗ Zₜ rₜ of each episode [N]: their mean is unbiased. */
  readonly perDecision: number[];
  /** Σ Z_T G / Σ Z_T over the episodes: biased, but between the least and the largest return. */
  readonly weighted: number;
  /** (Σ Z_T)² / Σ Z_T², between 1 and N: so many episodes of the policy's own would be as good, roughly. */
  readonly effective: number;
}

/**
 * Importance sampling of returns: what was earned, weighted by how much more probable the judged policy makes what was done.
 *
 *     Zₜ = ratio₀ ⋯ ratioₜ        G = Σₜ γᵗ rₜ
 *
 * An episode that ended early has ratios 1 and rewards 0 from there on.
 *
 * @throws when there is no episode, shapes do not fit, a number is not finite, a ratio is negative, all are 0, or γ is not in [0, 1]
 *
 * Precup, Sutton & Singh 2000; the effective number is Kish's (1965). thm:importance-sampling
 */
export function offPolicyReturns(episodes: OffPolicyEpisodes, options: { readonly discount: number }): OffPolicyReturns {
  const WHO = 'offPolicyReturns';
  checkOptions(`${WHO}: the episodes`, episodes, ['ratio', 'reward']);
  checkOptions(WHO, options, ['discount']);
  const { ratio, reward } = episodes;
  const { discount } = options;
  checkNumber(WHO, 'discount', discount, { from: 0, to: 1 });
  if (ratio.length === 0 || ratio.length !== reward.length)
    throw new Error(`${WHO} takes ratio and reward of the same episodes, one or more: got ${ratio.length} and ${reward.length}`);
  const [ordinary, perDecision]: number[][] = [[], []];
  let [weights, squares, weighted] = [0, 0, 0];
  for (const [n, rewards] of reward.entries()) {
    if (ratio[n].length !== rewards.length)
      throw new Error(`${WHO}: episode ${n} has ${ratio[n].length} ratios and ${rewards.length} rewards; give one of each for each step`);
    let [Z, power, sum, weightedSum] = [1, 1, 0, 0];
    for (const [t, r] of rewards.entries()) {
      checkNumber(WHO, `ratio[${n}][${t}]`, ratio[n][t], { from: 0 }, 'the policy that acted must give each action of the other a chance');
      checkNumber(WHO, `reward[${n}][${t}]`, r, {});
      Z *= ratio[n][t];
      sum += power * r;
      weightedSum += power * Z * r;
      power *= discount;
    }
    ordinary.push(Z * sum);
    perDecision.push(weightedSum);
    weights += Z;
    squares += Z * Z;
    weighted += Z * sum;
  }
  if (weights === 0) throw new Error(`${WHO}: every episode has a ratio of 0, so none says anything of the other policy`);
  return { ordinary, perDecision, weighted: weighted / weights, effective: weights ** 2 / squares };
}
