/**
 * A Markov decision process for N copies at once, over typed arrays: states [N, S] and observations [N, F], row after row.
 *
 *     s′ = f(s, a)        r = r(s, a)        x = x(s)
 *
 * What is random in an episode is drawn when it begins, and kept in the state: so the same key gives every policy the same luck. Noise of
 * each step is as many draws as there can be steps. A stock of goods that is sold at 2 and ordered at 1, and is over when it is empty:
 *
 *     const T = 50;
 *     const S = 2 + T; // the stock, the steps done, and a uniform number for the demand of each step
 *     const inventory: World = {
 *       name: 'inventory', stateSize: S, features: 2, actions: 4, limit: T, draws: T,
 *       start(state, n, u) {
 *         state.set([5, 0, ...u], n * S);
 *       },
 *       advance(state, action, reward, terminated) {
 *         for (let n = 0, at = 0; n < action.length; n++, at += S) {
 *           const [stock, t] = [state[at] + action[n], state[at + 1]];
 *           const sold = Math.min(stock, Math.floor(4 * state[at + 2 + t]));
 *           state.set([stock - sold, t + 1], at);
 *           reward[n] = 2 * sold - action[n];
 *           terminated[n] = stock === sold ? 1 : 0;
 *         }
 *       },
 *       observe(state, x, from, to) {
 *         for (let n = from; n < to; n++) x.set([state[n * S] / 10, state[n * S + 1] / T], n * 2);
 *       },
 *     };
 *
 * A number that is written beyond the end of a typed array is lost without an error: strides of S and F are those of `stateSize` and `features`.
 */
export interface World {
  /** What errors call it, and what checkpoints know it by, so that one that was changed has another; Gymnasium's name of one of its: `CartPole-v1`. */
  readonly name: string;
  /** S, the numbers of a state. */
  readonly stateSize: number;
  /** F, the numbers of an observation. */
  readonly features: number;
  /** A: an action is one of 0 … A − 1. */
  readonly actions: number;
  /** Steps after which an episode is truncated. */
  readonly limit: number;
  /** How many uniform numbers an episode takes. */
  readonly draws: number;
  /** Writes the first state of an episode into row n, from u [draws], uniform on (0, 1). */
  start(state: Float64Array, n: number, u: Float64Array): void;
  /**
   * Moves all rows by one action each, in place, and writes r [N] and whether s′ ends the episode for good [N], 1 or 0: both for every row,
   * since the arrays come with what the step before has left in them.
   */
  advance(state: Float64Array, action: Int32Array, reward: Float32Array, terminated: Uint8Array): void;
  /** Writes the observations of rows from … to − 1, all F numbers of each: row n begins at n · F. */
  observe(state: Float64Array, observation: Float32Array, from: number, to: number): void;
}
