import { type HostArray, type Key, normal, split, uniform } from '../../base/index.js';
import { checkKey, checkWhole } from '../../base/internal.js';

/** What can be said of a market by its window: which half of the chain it is in today, how much it moves as a rule, where it drifts. */
export interface MarketStates<T> {
  /** Today: 0 calm, 1 wild. */
  readonly regime: T;
  /** By the root mean square of a day, in %: 0 below 1, 1 from 1 to 2, 2 above. */
  readonly volatility: T;
  /** By the drift of a day as a share of that: 0 below −0.15, 1 between, 2 above 0.15. */
  readonly trend: T;
}

/** How many classes each of them has. */
export const STATES: MarketStates<number> = { regime: 2, volatility: 3, trend: 3 };

/** Markets as they are drawn: no two have the same numbers. */
const [LEAST, MOST] = [0.5, 4]; // σ in % a day, even in its logarithm
const DRIFT = 0.45; // δ from −0.45 to 0.45
const [NARROW, WIDE] = [2, 4]; // κ, wild over calm
const [BRIEF, LASTING] = [0.9, 0.99]; // p, the chance that a regime goes on

/**
 * Windows of markets that no one knows, each with numbers of its own, and the truth about them.
 *
 *     rₜ = σ (δ + sₜ zₜ),   sₜ = √(2/(1 + κ²)) when calm, κ times as much when wild;  a regime goes on with p, and begins by a fair coin
 *
 * log σ is uniform from ½ to 4 % a day, δ from −0.45 to 0.45, κ from 2 to 4, p from 0.9 to 0.99. Over calm and wild alike the noise has the root mean square σ.
 *
 * @param key   the draw
 * @param size  n windows of T days
 * @returns     returns [n, T] in %, and for each window its states [n]
 * @throws      when a size is no whole number from 1 up
 */
export function drawMarkets(
  key: Key,
  { windows: n, days: T }: { readonly windows: number; readonly days: number },
): { readonly returns: HostArray<Float32Array>; readonly states: MarketStates<Int32Array> } {
  checkKey('drawMarkets', key);
  checkWhole('drawMarkets', 'windows', n);
  checkWhole('drawMarkets', 'days', T);
  const [forNumbers, forTurns, forNoise] = split(key, 3);
  const u = uniform(forNumbers, [4 * n], 'float64').data;
  const turns = uniform(forTurns, [n * T]).data;
  const data = normal(forNoise, [n * T]).data;
  const class3 = (v: number) => Math.min(2, Math.floor(3 * v));
  const states = { regime: new Int32Array(n), volatility: new Int32Array(n), trend: new Int32Array(n) };
  for (let i = 0; i < n; i++) {
    const [size, way, ratio, stay] = u.subarray(4 * i, 4 * i + 4);
    const { sigma, delta, calm, wild, p } = marketOf(size, way, ratio, stay);
    let regime = turns[i * T] < 0.5 ? 0 : 1;
    for (let t = 0; t < T; t++) {
      if (t > 0 && turns[i * T + t] >= p) regime = 1 - regime;
      data[i * T + t] = sigma * (delta + (regime ? wild : calm) * data[i * T + t]);
    }
    states.regime[i] = regime;
    states.volatility[i] = class3(size);
    states.trend[i] = class3(way);
  }
  return { returns: { data, shape: [n, T] }, states };
}

/** A market of four numbers from 0 to 1. */
function marketOf(size: number, way: number, ratio: number, stay: number) {
  const kappa = NARROW + (WIDE - NARROW) * ratio;
  const calm = Math.sqrt(2 / (1 + kappa * kappa));
  const sigma = LEAST * (MOST / LEAST) ** size;
  return { sigma, delta: DRIFT * (2 * way - 1), calm, wild: kappa * calm, p: BRIEF + (LASTING - BRIEF) * stay };
}

/** How finely the integral over markets is cut: points of σ and δ in each third of their ranges, of κ, and of p. */
const POINTS = { size: 8, way: 6, ratio: 2, stay: 3 };
const middles = (n: number) => Float64Array.from({ length: n }, (_, i) => (i + 0.5) / n);
/** The least log density of a day, but for what tells calm from wild: a crash that no market of the draw would have must not rule out all of them. */
const FLOOR = -69;
/** Days after which a running product is put back to 1. */
const SPAN = 8;

/**
 * What the best reader could know of such a window: the chance of each state, given its returns and how markets are drawn.
 *
 *     P(state | r) = ∫ P(state | r, θ) f(r | θ) π(θ) dθ / ∫ f(r | θ) π(θ) dθ,   f(r | θ) by Hamilton's filter
 *
 * The integral is a sum over middles of 24 × 18 × 2 × 3 boxes of θ = (σ, δ, κ, p). Whoever names the likeliest state of each is right as often as can be.
 *
 * @param returns  [T], in %
 * @returns        of the regime today [2], of volatility and trend [3] each; chances
 * @throws         when there is no return, or one is no number
 */
export function marketPosterior(returns: ArrayLike<number>): MarketStates<Float64Array> {
  const T = returns.length;
  if (T === 0 || !Array.from(returns).every(Number.isFinite))
    throw new Error(`marketPosterior: it takes a window of finite returns in %, got ${T} values; drop days without a return`);
  const [calmDensity, wildDensity] = [new Float64Array(T), new Float64Array(T)];
  const found: { log: number; wild: number; volatility: number; trend: number }[] = [];
  for (const size of middles(3 * POINTS.size))
    for (const way of middles(3 * POINTS.way))
      for (const ratio of middles(POINTS.ratio)) {
        const { sigma, delta, calm, wild } = marketOf(size, way, ratio, 0);
        for (let t = 0; t < T; t++) {
          const x = returns[t] / sigma - delta;
          const [c, w] = [(-x * x) / (2 * calm * calm), (-x * x) / (2 * wild * wild)];
          const lift = Math.max(0, FLOOR - w); // w is above c wherever both are small
          calmDensity[t] = Math.exp(c + lift) / (calm * sigma);
          wildDensity[t] = Math.exp(w + lift) / (wild * sigma);
        }
        for (const stay of middles(POINTS.stay)) {
          const { p } = marketOf(size, way, ratio, stay);
          found.push({ ...filtered(calmDensity, wildDensity, p), volatility: Math.floor(3 * size), trend: Math.floor(3 * way) });
        }
      }
  const most = found.reduce((a, { log }) => Math.max(a, log), -Infinity);
  const chances = { regime: new Float64Array(2), volatility: new Float64Array(3), trend: new Float64Array(3) };
  let total = 0;
  for (const { log, wild, volatility, trend } of found) {
    const weight = Math.exp(log - most);
    total += weight;
    chances.regime[0] += weight * (1 - wild);
    chances.regime[1] += weight * wild;
    chances.volatility[volatility] += weight;
    chances.trend[trend] += weight;
  }
  const shares = (sums: Float64Array) => sums.map((sum) => sum / total);
  return { regime: shares(chances.regime), volatility: shares(chances.volatility), trend: shares(chances.trend) };
}

/** log f of the window up to a constant, and the chance that its last day is wild, in one market. */
function filtered(calmDensity: Float64Array, wildDensity: Float64Array, p: number): { log: number; wild: number } {
  let [calm, wild, log] = [0.5, 0.5, 0];
  for (let t = 0; t < calmDensity.length; t++) {
    const [a, b] = t === 0 ? [calm, wild] : [calm * p + wild * (1 - p), calm * (1 - p) + wild * p];
    calm = a * calmDensity[t];
    wild = b * wildDensity[t];
    if (t % SPAN === SPAN - 1) {
      const sum = calm + wild;
      log += Math.log(sum);
      calm /= sum;
      wild /= sum;
    }
  }
  const sum = calm + wild;
  return { log: log + Math.log(sum), wild: wild / sum };
}
