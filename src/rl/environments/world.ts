/**
 * A Markov decision process for N copies at once, over typed arrays: states [N, S] and observations [N, F], row after row.
 *
 *     s′ = f(s, a)        r = r(s, a)        x = x(s)
 *
 * What is random in an episode is drawn when it begins, and kept in the state: so the same key gives every policy the same luck.
 */
export interface World {
  /** What errors call it; Gymnasium's name of one of its: `CartPole-v1`. */
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
  /** Moves all rows by one action each, in place, and writes r [N] and whether s′ ends the episode for good [N]. */
  advance(state: Float64Array, action: Int32Array, reward: Float32Array, terminated: Uint8Array): void;
  /** Writes the observations of rows from … to − 1. */
  observe(state: Float64Array, observation: Float32Array, from: number, to: number): void;
}
