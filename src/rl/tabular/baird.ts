import { checkNumber } from '../../base/internal.js';

/** Linear values of a chain of states, and how often each state is updated. */
export interface LinearValues {
  /** x(s) [F], one row a state. */
  readonly features: readonly (readonly number[])[];
  /** P(s′ | s) of the policy that is valued, `[s][s′]`. */
  readonly transition: readonly (readonly number[])[];
  /** r(s) [S] */
  readonly reward: readonly number[];
  /** μ(s) [S]: the states' shares of the updates. */
  readonly weighting: readonly number[];
  /** γ */
  readonly discount: number;
}

/**
 * The mean update of semi-gradient TD(0): what one step does on average, or a sweep over all states.
 *
 *     w ← w + η Σₛ μ(s) (r(s) + γ Σ_s′ P(s′ | s) v(s′) − v(s)) x(s)        v(s) = x(s)ᵀw
 *
 * With μ of another policy, rewards weighted by ratios of probabilities have this mean too: it is off-policy learning.
 *
 * @param w     [F]
 * @param rate  η
 * @returns     the next w [F]
 * @throws      when the shapes do not fit, or η is not positive
 *
 * Sutton & Barto 2018, eq. 11.9; it need not converge: thm:baird.
 */
export function semiGradientSweep(problem: LinearValues, w: readonly number[], rate: number): number[] {
  const { features, transition, reward, weighting, discount } = problem;
  checkNumber('semiGradientSweep', 'rate', rate, { above: 0 });
  const S = features.length;
  const fits = [transition, reward, weighting].every(({ length }) => length === S) && transition.every(({ length }) => length === S);
  if (!fits || !features.every(({ length }) => length === w.length))
    throw new Error(
      `semiGradientSweep takes features [S][F], transition [S][S], reward and weighting [S] and w [F]: got features for ${S} states with ` +
        `${features[0]?.length ?? 0} numbers, transition ${transition.length}, reward ${reward.length}, weighting ${weighting.length}, w ${w.length}`,
    );
  const value = features.map((x) => dot(x, w));
  const error = value.map((v, s) => reward[s] + discount * dot(transition[s], value) - v);
  return w.map(
    (weight, f) =>
      weight +
      rate *
        dot(
          weighting,
          error.map((e, s) => e * features[s][f]),
        ),
  );
}

const dot = (u: readonly number[], v: readonly number[]): number => u.reduce((sum, x, i) => sum + x * v[i], 0);

/**
 * Baird's star: seven states, of which the valued policy always goes to the last, no rewards, and eight weights that can say so exactly.
 *
 *     v(s) = 2 wₛ + w₈ for s = 1 … 6        v(7) = w₇ + 2 w₈        μ = 1/7
 *
 * Repeated sweeps carry the weights to infinity when γ > 15/17: thm:baird.
 *
 * Baird 1995, figure 1, with the policies and features of Sutton & Barto 2018, figure 11.1.
 */
export function bairdStar(discount: number): LinearValues {
  checkNumber('bairdStar', 'discount', discount, { from: 0, below: 1 });
  const states = Array.from({ length: 7 }, (_, s) => s);
  const upper = (s: number) => states.map((f) => (f === s ? 2 : 0));
  return {
    features: states.map((s) => (s < 6 ? [...upper(s), 1] : [0, 0, 0, 0, 0, 0, 1, 2])),
    transition: states.map(() => states.map((s) => (s === 6 ? 1 : 0))),
    reward: states.map(() => 0),
    weighting: states.map(() => 1 / 7),
    discount,
  };
}
