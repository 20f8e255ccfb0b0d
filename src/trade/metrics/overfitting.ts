import { fold, type Key, uniform } from '../../base/index.js';
import { checkOptions, checkWhole } from '../../base/internal.js';
import type { Matrix } from '../../linalg/index.js';
import { mean, standardDeviation } from '../../linalg/index.js';

/** How often the best configuration in one half of history is below the median in the other. */
export interface Overfitting {
  /** PBO: the share of splits whose best configuration is below the median outside, one at the median (a logit of 0) counting half. */
  readonly probability: number;
  /** ln(ω/(1 − ω)) of each split, ω the rank of the chosen configuration outside over N + 1 [C(S, S/2)]. */
  readonly logits: Float64Array;
  /** The mean over splits of its Sharpe ratio inside less that outside, per period. */
  readonly degradation: number;
  /** The share of splits whose chosen configuration loses outside. */
  readonly probabilityOfLoss: number;
  /** What PBO is of configurations that differ by luck alone, when asked for. */
  readonly noise: OverfittingNoise | undefined;
}

/** PBO of the same returns with their means taken away and their signs drawn. */
export interface OverfittingNoise {
  /** ½ but for its own error. */
  readonly mean: number;
  /** Of one draw, which is how sure a PBO is: about 0.3 of two or three independent configurations, 0.24 of ten, 0.20 of thirty, 0.15 of fifty. */
  readonly standardDeviation: number;
  /** The share of draws with a PBO as low as the one seen, it counted too. */
  readonly pValue: number;
}

/** How history is cut, and whether the noise of PBO is drawn. */
export interface OverfittingOptions {
  /** S, groups of rows in time order, even; 16, which makes 12,870 splits. */
  readonly groups?: number;
  /** Decides the draws of `noise`, which is left out without it. */
  readonly key?: Key;
  /** Draws of `noise`; 199. */
  readonly draws?: number;
}

/**
 * The probability of backtest overfitting, by combinatorially symmetric cross-validation.
 *
 *     history in S groups of rows; of each half of them: the configuration with the highest Sharpe ratio, its rank outside
 *     PBO = share of splits with ω < ½, and half of that with ω = ½,   ω = rank outside / (N + 1), 1 the lowest
 *
 * It judges the way of choosing among these configurations, not one of them. Splits share their rows, so their number says nothing of how
 * sure PBO is: give a `key`, and it is computed on returns without any merit, signs of whole rows drawn, so that configurations keep their
 * correlations.
 *
 * @param returns  [T, N] simple returns per period, a column for each configuration that was tried
 * @throws         when there are fewer than 2 configurations, groups are odd or of fewer than 2 rows, a return is not finite, or one does not vary
 *
 * Bailey, Borwein, López de Prado & Zhu 2017, but for ω = ½, the middle one of an odd N, which they count whole: luck alone would then have
 * (N + 1)/2N, 0.67 of three, in place of ½. Rows that do not fill a group are left out at the start; ties go to the first configuration, as argmax does.
 */
export function overfittingProbability(returns: Matrix, options: OverfittingOptions = {}): Overfitting {
  checkOptions('overfittingProbability', options, ['groups', 'key', 'draws']);
  const { groups: S = 16, key, draws = 199 } = options;
  const { rows: T, cols: N, data } = returns;
  checkWhole('overfittingProbability', 'groups', S, { from: 2, to: 20 }, 'C(20, 10) is 184,756 splits');
  if (S % 2) throw new Error(`overfittingProbability: groups must be even, so that halves are alike: got ${S}`);
  if (N < 2) throw new Error(`overfittingProbability: needs 2 configurations or more, got ${N}; give a column for each that was tried`);
  if (T < 2 * S)
    throw new Error(`overfittingProbability: ${T} rows make ${S} groups of fewer than 2; load more history, or take fewer groups`);
  const broken = data.findIndex((value) => !Number.isFinite(value));
  if (broken >= 0)
    throw new Error(
      `overfittingProbability: the return of ${returns.names?.[broken % N] ?? `configuration ${broken % N}`} at row ${Math.floor(broken / N)} is ${data[broken]}; all are needed on all rows`,
    );
  const centres = Float64Array.from({ length: N }, (_, n) => {
    const own = Float64Array.from({ length: T }, (_, t) => data[t * N + n]);
    if (own.every((value) => value === own[0]))
      throw new Error(`overfittingProbability: ${returns.names?.[n] ?? `configuration ${n}`} is ${own[0]} on every row; drop it`);
    return mean(own);
  });
  const found = split(data, T, N, S);
  if (!key) return { ...found, noise: undefined };
  checkWhole('overfittingProbability', 'draws', draws, { from: 19 });
  const flipped = new Float64Array(data.length);
  const noise = Float64Array.from({ length: draws }, (_, draw) => {
    const { data: coins } = uniform(fold(key, draw), [T]);
    for (let i = 0; i < data.length; i++) flipped[i] = (data[i] - centres[i % N]) * (coins[Math.floor(i / N)] < 0.5 ? -1 : 1);
    return split(flipped, T, N, S).probability;
  });
  const asLow = noise.reduce((count, one) => count + Number(one <= found.probability), 0);
  return { ...found, noise: { mean: mean(noise), standardDeviation: standardDeviation(noise), pValue: (1 + asLow) / (1 + draws) } };
}

/** CSCV of data [T, N] in S groups. */
function split(data: Float64Array, T: number, N: number, S: number): Omit<Overfitting, 'noise'> {
  const length = Math.floor(T / S);
  const from = T - length * S;
  const [sums, squares] = [new Float64Array(S * N), new Float64Array(S * N)]; // of each group
  for (let t = from; t < T; t++) {
    const group = Math.floor((t - from) / length) * N;
    for (let n = 0; n < N; n++) {
      const value = data[t * N + n];
      sums[group + n] += value;
      squares[group + n] += value * value;
    }
  }
  const rows = (length * S) / 2;
  const halves = halvesOf(S);
  const logits = new Float64Array(halves.length);
  const [total, totalSquares] = [new Float64Array(N), new Float64Array(N)];
  for (let s = 0; s < S; s++)
    for (let n = 0; n < N; n++) {
      total[n] += sums[s * N + n];
      totalSquares[n] += squares[s * N + n];
    }
  const [inside, outside, sum, square] = Array.from({ length: 4 }, () => new Float64Array(N));
  let [degradation, losses] = [0, 0];
  const judge = (at: number, inside: Float64Array, outside: Float64Array): void => {
    let best = 0;
    for (let n = 1; n < N; n++) if (inside[n] > inside[best]) best = n;
    let [below, level] = [0, 0];
    for (let n = 0; n < N; n++) {
      if (outside[n] < outside[best]) below++;
      else if (outside[n] === outside[best]) level++;
    }
    const omega = (below + (level + 1) / 2) / (N + 1);
    logits[at] = Math.log(omega / (1 - omega));
    degradation += (inside[best] - outside[best]) / logits.length;
    losses += Number(outside[best] < 0);
  };
  // Each half is computed once, and judged as the inside and as the outside: its complement stands as far from the end.
  for (let at = 0; at < halves.length / 2; at++) {
    sum.fill(0);
    square.fill(0);
    for (let s = 0; s < S; s++)
      if (halves[at] & (1 << s))
        for (let n = 0, i = s * N; n < N; n++, i++) {
          sum[n] += sums[i];
          square[n] += squares[i];
        }
    for (let n = 0; n < N; n++) {
      inside[n] = ratio(sum[n], square[n], rows, totalSquares[n]);
      outside[n] = ratio(total[n] - sum[n], totalSquares[n] - square[n], rows, totalSquares[n]);
    }
    judge(at, inside, outside);
    judge(halves.length - 1 - at, outside, inside);
  }
  const low = logits.reduce((count, logit) => count + (Math.abs(logit) <= 1e-12 ? 0.5 : Number(logit < 0)), 0); // ω of ½ is 0 but for rounding
  return { probability: low / logits.length, logits, degradation, probabilityOfLoss: losses / logits.length };
}

/**
 * Mean over deviation of n values from their sum and that of their squares; 0 where they do not vary by more than the rounding of both, which
 * is of the squares of all rows, `all`: a half is also had as what the other leaves of them.
 */
function ratio(sum: number, square: number, n: number, all: number): number {
  const variance = (square - (sum * sum) / n) / (n - 1);
  return variance > (1e-12 * all) / n ? sum / n / Math.sqrt(variance) : 0;
}

/** Sets of S/2 of S groups, as bits. */
function halvesOf(S: number): Uint32Array {
  const found: number[] = [];
  for (let set = 0; set < 1 << S; set++) {
    let [bits, left] = [0, set];
    for (; left; left &= left - 1) bits++;
    if (bits === S / 2) found.push(set);
  }
  return Uint32Array.from(found);
}
