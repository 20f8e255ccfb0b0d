import { checkOptions } from '../../base/internal.js';
import { actionValues, discountedVisits, policyEvaluation } from './dynamic-programming.js';
import type { FiniteMdp, TabularPolicy } from './finite-mdp.js';

/** A policy, another one, and where both start. */
export interface PolicyChange {
  /** π(a | s), `[s][a]`. */
  readonly from: TabularPolicy;
  /** π′(a | s), `[s][a]`. */
  readonly to: TabularPolicy;
  /** P(s₀) [S] */
  readonly start: readonly number[];
}

/** What a change of policy is worth, and what the old policy's states let one foresee of it. */
export interface PolicyImprovement {
  /** J(π′) − J(π), exactly. */
  readonly gain: number;
  /** The same as if π′ were in the states of π. */
  readonly surrogate: number;
  /** maxₛ ½ Σₐ |π′(a | s) − π(a | s)|, between 0 and 1. */
  readonly totalVariation: number;
  /** The most by which gain and surrogate can differ. */
  readonly penalty: number;
}

/**
 * How much better one policy is than another, and how much of that is certain before it has acted.
 *
 *     gain = 1/(1 − γ) Σₛ d′(s) Ā(s)        surrogate = 1/(1 − γ) Σₛ d(s) Ā(s)        Ā(s) = Σₐ π′(a | s) A(s, a)
 *
 *     |gain − surrogate| ≤ penalty = 4 γ α² max |A| / (1 − γ)²        α = totalVariation
 *
 * A(s, a) = Q(s, a) − V(s) is the advantage under π, d and d′ are the `discountedVisits` of π and π′.
 *
 * @throws when the process, a policy or the start is none
 *
 * Kakade & Langford 2002, lemma 6.1: thm:performance-difference. Schulman et al. 2015, theorem 1: thm:trust-region.
 */
export function policyImprovement(mdp: FiniteMdp, change: PolicyChange): PolicyImprovement {
  checkOptions('policyImprovement', change, ['from', 'to', 'start']);
  const { from, to, start } = change;
  const value = policyEvaluation(mdp, from);
  const advantage = actionValues(mdp, value).map((row, s) => row.map((q) => q - value[s]));
  const meanOver = (policy: TabularPolicy) => {
    const visits = discountedVisits(mdp, policy, start);
    return sum(visits.map((d, s) => d * sum(to[s].map((p, a) => p * advantage[s][a])))) / (1 - mdp.discount);
  };
  const totalVariation = Math.max(...from.map((row, s) => sum(row.map((p, a) => Math.abs(to[s][a] - p))) / 2));
  const largest = Math.max(...advantage.flat().map(Math.abs));
  const penalty = (4 * mdp.discount * largest * totalVariation ** 2) / (1 - mdp.discount) ** 2;
  return { gain: meanOver(to), surrogate: meanOver(from), totalVariation, penalty };
}

const sum = (v: readonly number[]): number => v.reduce((total, x) => total + x, 0);
