import { checkValues } from '../../linalg/internal.js';

/** How a hedge is chosen, adjusted and paid for. */
export interface HedgeOptions {
  /** Futures sold for a dollar of the asset: one number, or the slope of the last `window` rows (`Infinity`: of all so far), or of all with weights that halve every `halfLife` rows. */
  readonly ratio: number | { readonly window: number } | { readonly halfLife: number };
  /** Rows at whose close the futures are brought to the ratio, ascending. */
  readonly rebalance: readonly number[];
  /** Rows at whose close the contract is exchanged for the next: the old one bought back, the new one sold. */
  readonly roll?: readonly number[];
  /** Of the value traded: 0.0002 is two basis points; 0. */
  readonly cost?: number;
}

/** What a hedge earned, from the row after its first rebalance. */
export interface Hedge {
  /** rₜ − hₜmₜ less costs, for a dollar of the asset at the close before [m]. */
  readonly profit: Float64Array;
  /** hₜ, futures held over the row for a dollar of the asset [m]. */
  readonly ratios: Float64Array;
  /** Value of futures traded at the close of the row, for a dollar of the asset [m]; the first holds the entry too. */
  readonly traded: Float64Array;
}

/**
 * An asset hedged by futures sold against it, out of sample: each ratio comes from rows up to its rebalance.
 *
 *     profitₜ = rₜ − hₜmₜ − cost · tradedₜ        hₜ₊₁ = hₜ (1 + mₜ)/(1 + rₜ) between rebalances
 *
 * Shares and contracts are left alone between rebalances, so the ratio drifts with their prices. A roll trades old and new contract.
 *
 * @param asset    r [n], simple returns
 * @param futures  m [n], simple returns of what the futures follow
 * @throws         when lengths differ, a return is not finite or not above −1, no row follows the first rebalance, or futures do not move over a window
 *
 * Ederington 1979, for the slope as the ratio of least variance.
 */
export function hedge(asset: ArrayLike<number>, futures: ArrayLike<number>, options: HedgeOptions): Hedge {
  const { ratio, rebalance, roll = [], cost = 0 } = options;
  const n = asset.length;
  if (futures.length !== n) throw new Error(`hedge: asset has ${n} returns and futures ${futures.length}; align them on their dates`);
  for (const [name, values] of Object.entries({ asset, futures })) {
    checkValues('hedge', name, values, 'drop or fill the row before hedging');
    const lost = Array.from(values).findIndex((value) => value <= -1);
    if (lost >= 0)
      throw new Error(
        `hedge: ${name} is ${values[lost]} at row ${lost}, all of its worth or more; simple returns are above -1: 0.01 is 1 %`,
      );
  }
  const first = rebalance[0] ?? n;
  if (!(first + 1 < n)) throw new Error(`hedge: no row follows the first rebalance, ${first} of ${n} rows; load more history`);
  const [adjusts, rolls] = [new Set(rebalance), new Set(roll)];
  const target = (end: number) => (typeof ratio === 'number' ? ratio : slope(asset, futures, end, ratio));
  const [profit, ratios, traded] = [0, 0, 0].map(() => new Float64Array(n - first - 1));
  let held = target(first);
  traded[0] = Math.abs(held);
  for (let t = first + 1, i = 0; t < n; t++, i++) {
    ratios[i] = held;
    const drifted = (held * (1 + futures[t])) / (1 + asset[t]);
    const next = adjusts.has(t) ? target(t) : drifted;
    traded[i] += rolls.has(t) ? Math.abs(drifted) + Math.abs(next) : Math.abs(next - drifted);
    profit[i] = asset[t] - held * futures[t] - cost * traded[i];
    held = next;
  }
  return { profit, ratios, traded };
}

/** Weighted least-squares slope of the rows up to `end`. */
function slope(
  y: ArrayLike<number>,
  x: ArrayLike<number>,
  end: number,
  by: { readonly window: number } | { readonly halfLife: number },
): number {
  const from = 'window' in by ? Math.max(0, end + 1 - by.window) : 0;
  const keep = 'window' in by ? 1 : 0.5 ** (1 / by.halfLife);
  let [weights, xs, ys] = [0, 0, 0];
  for (let t = from; t <= end; t++) {
    weights = keep * weights + 1;
    xs = keep * xs + x[t];
    ys = keep * ys + y[t];
  }
  let [together, alone] = [0, 0];
  for (let t = from; t <= end; t++) {
    together = keep * together + (x[t] - xs / weights) * (y[t] - ys / weights);
    alone = keep * alone + (x[t] - xs / weights) ** 2;
  }
  if (!(alone > 0)) throw new Error(`hedge: the futures do not move in rows ${from} to ${end}, so no slope exists; widen the window`);
  return together / alone;
}
