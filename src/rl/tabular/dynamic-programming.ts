import { checkNumber, checkOptions } from '../../base/internal.js';
import { backSubstitute, type Matrix, qr, transpose, transposeVec } from '../../linalg/index.js';
import { checkDistribution, checkMdp, checkPolicy, type FiniteMdp, type TabularPolicy } from './finite-mdp.js';

/**
 * What each action is worth when V is what the state after it is worth: the Bellman equation read from right to left.
 *
 *     Q(s, a) = r(s, a) + γ Σ_s′ P(s′ | s, a) V(s′)
 *
 * @param value  V [S]
 * @returns      Q, `[s][a]`
 * @throws       when the process is none, or there is not a value for each state
 *
 * Bellman 1957. Its largest entries, state by state, are what value iteration makes of V: thm:bellman-contraction.
 */
export function actionValues(mdp: FiniteMdp, value: readonly number[]): number[][] {
  checkMdp('actionValues', mdp);
  if (value.length !== mdp.reward.length) throw new Error(`actionValues: ${value.length} values for ${mdp.reward.length} states`);
  return ahead(mdp, value);
}

const ahead = ({ transition, reward, discount }: FiniteMdp, value: readonly number[]): number[][] =>
  transition.map((actions, s) => actions.map((row, a) => reward[s][a] + discount * dot(row, value)));

const dot = (u: readonly number[], v: readonly number[]): number => u.reduce((sum, x, i) => sum + x * v[i], 0);

/**
 * What each state is worth to a policy, by solving its linear equations.
 *
 *     V = (I − γ P_π)⁻¹ r_π
 *
 * @returns  V [S]
 * @throws   when process or policy is none
 *
 * thm:bellman-contraction
 */
export function policyEvaluation(mdp: FiniteMdp, policy: TabularPolicy): number[] {
  checkMdp('policyEvaluation', mdp);
  checkPolicy('policyEvaluation', 'policy', policy, mdp);
  return solve(
    discounted(mdp, policy),
    policy.map((row, s) => dot(row, mdp.reward[s])),
  );
}

/**
 * How often a policy is in each state, later visits discounted.
 *
 *     d(s) = (1 − γ) Σₜ γᵗ P(sₜ = s)        dᵀ = (1 − γ) startᵀ (I − γ P_π)⁻¹
 *
 * @param start  P(s₀) [S]
 * @returns      d [S], whose sum is 1
 * @throws       when process, policy or start is none
 *
 * thm:policy-gradient, where ∇J is a mean over these; Sutton et al. 2000.
 */
export function discountedVisits(mdp: FiniteMdp, policy: TabularPolicy, start: readonly number[]): number[] {
  checkMdp('discountedVisits', mdp);
  checkPolicy('discountedVisits', 'policy', policy, mdp);
  checkDistribution('discountedVisits', 'start', start, mdp.reward.length);
  return solve(
    transpose(discounted(mdp, policy)),
    start.map((p) => (1 - mdp.discount) * p),
  );
}

/** I − γ P_π [S, S]. */
function discounted({ transition, discount }: FiniteMdp, policy: TabularPolicy): Matrix {
  const S = policy.length;
  const data = new Float64Array(S * S);
  for (const [s, row] of policy.entries()) {
    data[s * S + s] = 1;
    for (const [a, p] of row.entries()) for (const [next, q] of transition[s][a].entries()) data[s * S + next] -= discount * p * q;
  }
  return { rows: S, cols: S, data };
}

function solve(matrix: Matrix, right: readonly number[]): number[] {
  const { q, r } = qr(matrix);
  return Array.from(backSubstitute(r, transposeVec(q, Float64Array.from(right))));
}

/** From where value iteration starts, and when it has done enough. */
export interface ValueIterationOptions {
  /** The most that the values may be wrong by, in any state: 1e-9 when left out. */
  readonly tolerance?: number;
  /** V₀ [S]: zeros when left out. */
  readonly value?: readonly number[];
}

/** What value iteration found. */
export interface ValueIteration {
  /** V [S], within `tolerance` of the best that any policy can have. */
  readonly value: number[];
  /** The best action in each state by V, the first of equals, [S]. */
  readonly action: number[];
  /** maxₛ |Vₖ − Vₖ₋₁| of each sweep. */
  readonly changes: number[];
}

/**
 * The best values, by taking the best action on the values so far until they no longer move.
 *
 *     Vₖ(s) = maxₐ r(s, a) + γ Σ_s′ P(s′ | s, a) Vₖ₋₁(s′)        until γ max |Vₖ − Vₖ₋₁| ≤ (1 − γ) tolerance
 *
 * @throws when the process is none, an option is unknown, or the tolerance is too fine for double precision
 *
 * Bellman 1957; the rule to stop is that of thm:bellman-contraction, by which no value is wrong by more than the tolerance,
 * rounding apart.
 */
export function valueIteration(mdp: FiniteMdp, options: ValueIterationOptions = {}): ValueIteration {
  checkMdp('valueIteration', mdp);
  checkOptions('valueIteration', options, ['tolerance', 'value']);
  const { tolerance = 1e-9 } = options;
  checkNumber('valueIteration', 'tolerance', tolerance, { above: 0 });
  let value = [...(options.value ?? mdp.reward.map(() => 0))];
  if (value.length !== mdp.reward.length) throw new Error(`valueIteration: ${value.length} values for ${mdp.reward.length} states`);
  const changes: number[] = [];
  // In so many sweeps changes fall to 1/e. From one sweep to the next rounding may hold them up long before it is all that is left.
  const stall = Math.ceil(1 / (1 - mdp.discount));
  for (;;) {
    const next = ahead(mdp, value).map((row) => Math.max(...row));
    const change = Math.max(...next.map((v, s) => Math.abs(v - value[s])));
    value = next;
    changes.push(change);
    const least = (1 - mdp.discount) * tolerance;
    const enough = mdp.discount * change <= least;
    const rounded = enough && Number.EPSILON * Math.max(...value.map(Math.abs)) > least; // each sweep's error, which adds up as changes do
    if (rounded || (changes.length > stall && !(change < changes.at(-1 - stall)!))) throw new Error(tooFine(tolerance, change));
    if (enough) break;
  }
  return { value, action: ahead(mdp, value).map((row) => row.indexOf(Math.max(...row))), changes };
}

const tooFine = (tolerance: number, change: number): string =>
  `valueIteration: sweeps still change the values by ${change}, and no longer by less; a tolerance of ${tolerance} is beyond the rounding ` +
  'of values this large, or an initial value is not finite; give a larger tolerance';
