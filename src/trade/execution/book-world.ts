import type { HostArray } from '../../base/index.js';
import { checkNumber, checkOptions, checkWhole } from '../../base/internal.js';
import type { World } from '../../rl/index.js';
import { type BookTape, soldInto } from './book-tape.js';

/** A block to sell into books that were recorded. */
export interface BookWorldConfig {
  /** The books: an episode is one of its E, drawn evenly. */
  readonly tape: BookTape;
  /** X, the shares of the block. */
  readonly shares: number;
  /** Between two prices, in the unit of the tape's. */
  readonly tick: number;
  /** A, how many speeds there are to choose from: 11. */
  readonly actions?: number;
  /** The fastest of them, as a multiple of the even pace X/N: 4. */
  readonly fastest?: number;
}

/** What is known at a look, of M episodes at once. */
export interface BookState {
  /** k, slices that are over. */
  readonly slice: number;
  /** e [M], which episode of the tape. */
  readonly episode: Int32Array;
  /** xₖ [M], shares that are left. */
  readonly holdings: Float64Array;
}

/** How many shares to sell at a look, [M]. What it writes beyond the shares that are left, or below 0, is cut; the last look sells all. */
export type BookRule = (state: BookState) => ArrayLike<number> | Promise<ArrayLike<number>>;

/**
 * What a rule loses in each episode of a tape against the mid price of its first look, in basis points of that: X m₀ − Σ what the sales bring.
 *
 * A sale walks down the bids that are there and leaves no trace: at the next look the book is as it was recorded. So a block must be small beside
 * what trades.
 *
 * @returns C [E]
 * @throws  when a number is out of range, or the rule gives no number
 */
export async function sellIntoBook({ tape, shares, tick }: BookWorldConfig, rule: BookRule): Promise<Float64Array> {
  checkNumber('sellIntoBook', 'shares', shares, { above: 0 });
  checkNumber('sellIntoBook', 'tick', tick, { above: 0 });
  const [E, looks] = tape.mid.shape;
  const [left, brought] = [new Float64Array(E).fill(shares), new Float64Array(E)];
  const episode = Int32Array.from({ length: E }, (_, e) => e);
  for (let k = 0; k < looks - 1; k++) {
    const wanted = await rule({ slice: k, episode, holdings: left.slice() });
    for (let e = 0; e < E; e++) {
      if (!(wanted[e] >= -Infinity))
        throw new Error(`sellIntoBook: the rule sells ${wanted[e]} shares in episode ${e}; it must be a number`);
      const n = k === looks - 2 ? left[e] : Math.min(Math.max(wanted[e], 0), left[e]);
      brought[e] += soldInto(tape, e, k, n, tick);
      left[e] -= n;
    }
  }
  return brought.map((b, e) => 1e4 * (1 - b / (shares * tape.mid.data[e * looks])));
}

/**
 * Sells a block into recorded books in N slices: action a sells a/(A − 1) of `fastest` times X/N, or what is left; the last slice sells all.
 *
 *     r = −(Cₖ₊₁ − Cₖ − (C̄ₖ₊₁ − C̄ₖ))        Cₖ = (X m₀ − what was brought so far − xₖ mₖ) / X m₀
 *
 * in basis points, C̄ being that of even sales in the same book, so that an episode adds up to what even sales lose more.
 * x = (1 − 2k/N, 2xₖ/X − 1, what market orders bought net of the last slice and what the price has moved, both by their deviation over the tape, and
 * the imbalance of the best queues). No price of the future is in it.
 *
 * @throws when a number is out of range, or an option is unknown
 */
export function bookWorld(config: BookWorldConfig): World {
  const { tape, shares, tick, actions, fastest } = checked('bookWorld', config);
  const [E, looks] = tape.mid.shape;
  const N = looks - 1;
  const seen = bookObserver(tape, tape);
  const speed = fastest / (actions - 1) / N;
  /** −ΔC of selling n at look k and keeping x until the next, in basis points. */
  const earned = (e: number, k: number, n: number, x: number) => {
    const m = tape.mid.data.subarray(e * looks, (e + 1) * looks);
    return (1e4 * (soldInto(tape, e, k, n, tick) - n * m[k] + x * (m[k + 1] - m[k]))) / (shares * m[0]);
  };
  return {
    name: `selling ${shares} shares into a book`,
    stateSize: 3, // e, k, x/X
    features: 5,
    actions,
    limit: N,
    draws: 1,
    start(state, n, u) {
      state.set([Math.min(E - 1, Math.floor(u[0] * E)), 0, 1], 3 * n);
    },
    advance(state, action, reward, terminated) {
      for (let n = 0; n < action.length; n++) {
        const [e, k, x] = state.subarray(3 * n, 3 * n + 3);
        const left = k === N - 1 ? 0 : Math.max(0, x - action[n] * speed);
        const even = shares / N;
        reward[n] = earned(e, k, shares * (x - left), shares * left) - earned(e, k, even, even * (N - 1 - k));
        state[3 * n + 1] = k + 1;
        state[3 * n + 2] = left;
        terminated[n] = k === N - 1 ? 1 : 0;
      }
    },
    observe(state, observation, from, to) {
      for (let n = from; n < to; n++) seen(state[3 * n], state[3 * n + 1], state[3 * n + 2], observation, n);
    },
  };
}

/**
 * What an agent of `bookWorld` would sell, as a rule: for agents and schedules in the same books.
 *
 * @param config  of its world
 * @param act     the agent: actions [M] where x [M, F] is seen
 * @param tape    the books that it is to sell into: others than those of its world
 * @throws        as `bookWorld`, or when the tape has another number of slices
 */
export function bookAgent(
  config: BookWorldConfig,
  act: (observation: HostArray<Float32Array>) => ArrayLike<number> | Promise<ArrayLike<number>>,
  tape: BookTape,
): BookRule {
  const { tape: own, shares, actions, fastest } = checked('bookAgent', config);
  const N = own.mid.shape[1] - 1;
  if (tape.mid.shape[1] - 1 !== N)
    throw new Error(`bookAgent: the tape has ${tape.mid.shape[1] - 1} slices, and that of the agent's world ${N}; record it with as many`);
  const seen = bookObserver(tape, own);
  const speed = (fastest * shares) / (actions - 1) / N;
  return async ({ slice, episode, holdings }) => {
    const observation = { data: new Float32Array(5 * episode.length), shape: [episode.length, 5] };
    episode.forEach((e, m) => void seen(e, slice, holdings[m] / shares, observation.data, m));
    return Float64Array.from(await act(observation), (action) => action * speed);
  };
}

/** Writes what is seen at look k of episode e with holdings x/X as row n; units are of the tape that was learnt from. */
function bookObserver(tape: BookTape, learnt: BookTape) {
  const N = tape.mid.shape[1] - 1;
  const moves = ({ mid: { data } }: BookTape) => data.map((m, i) => (i % (N + 1) === 0 ? 0 : m - data[i - 1]));
  const rms = (values: Float64Array) => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length) || 1;
  const [flowUnit, moveUnit] = [rms(learnt.flow.data), rms(moves(learnt))];
  const moved = moves(tape);
  return (e: number, k: number, x: number, to: Float32Array, n: number) => {
    const at = e * (N + 1) + k;
    to.set([1 - (2 * k) / N, 2 * x - 1, tape.flow.data[at] / flowUnit, moved[at] / moveUnit, tape.imbalance.data[at]], 5 * n);
  };
}

function checked(who: string, config: BookWorldConfig) {
  checkOptions(who, config, ['tape', 'shares', 'tick', 'actions', 'fastest']);
  const { tape, shares, tick, actions = 11, fastest = 4 } = config;
  checkNumber(who, 'shares', shares, { above: 0 });
  checkNumber(who, 'tick', tick, { above: 0 });
  checkWhole(who, 'actions', actions, { from: 2 });
  checkNumber(who, 'fastest', fastest, { from: 1 }, 'the even pace is 1');
  return { tape, shares, tick, actions, fastest };
}
