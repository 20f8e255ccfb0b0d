import { type HostArray, type Key, normal, split, uniform } from '../../base/index.js';
import { checkNumber, checkWhole } from '../../base/internal.js';
import { type Extent, eachPath, type Paths, roomFor } from './paths.js';

/** What was seen, and the regime that it was drawn in, which nobody sees. */
export interface RegimePaths {
  /** [P, T] */
  readonly values: Paths;
  /** [P, T] of 0 … K − 1 */
  readonly regimes: HostArray<Int32Array>;
}

/** A chain of K regimes, and the normal law of each. */
export interface RegimeOptions extends Extent {
  /** [K, K]: row i has the probabilities of the next regime after i */
  readonly transition: readonly (readonly number[])[];
  /** [K] μ of each */
  readonly means: readonly number[];
  /** [K] σ of each */
  readonly sigmas: readonly number[];
  /** the regime that all paths start in; drawn from the stationary law unless told */
  readonly start?: number;
}

/**
 * Markov switching: a chain s of regimes, and in each a normal law.
 *
 *     P(s_{t+1} = j | s_t = i) = p_ij        x_t = μ_{s_t} + σ_{s_t} ε_t        ε_t ~ N(0, 1)
 *
 * A regime lasts 1 / (1 − p_ii) steps on average.
 *
 * @returns values and regimes, each [paths, steps]
 * @throws  when rows of `transition` do not sum to 1, sizes differ, a σ is below 0, and when the chain has no one stationary law and there is no `start`
 *
 * Hamilton 1989.
 */
export function regimeSwitching(k: Key, options: RegimeOptions): RegimePaths {
  const { transition, means, sigmas, start, steps } = options;
  const K = transition.length;
  checkChain(transition);
  for (const [name, { length }] of Object.entries({ means, sigmas }))
    if (length !== K) throw new Error(`regimeSwitching: transition has ${K} regimes and ${name} ${length}; give one for each`);
  for (const sigma of sigmas) checkNumber('regimeSwitching', 'each of sigmas', sigma, { from: 0 });
  if (start !== undefined) checkWhole('regimeSwitching', 'start', start, { from: 0, below: K });
  const first = start === undefined ? stationaryLaw(transition) : undefined;
  const values = roomFor('regimeSwitching', options);
  const regimes = new Int32Array(values.length);
  const shape = eachPath(k, options, (pathKey, at) => {
    const [forChain, forValues] = split(pathKey);
    const u = uniform(forChain, [steps], 'float64').data;
    const z = normal(forValues, [steps], 'float64').data;
    let s = start ?? drawn(first!, u[0]);
    for (let t = 0; t < steps; t++) {
      if (t > 0) s = drawn(transition[s], u[t]);
      regimes[at + t] = s;
      values[at + t] = means[s] + sigmas[s] * z[t];
    }
  });
  return { values: { data: values, shape }, regimes: { data: regimes, shape } };
}

/** The first index where the cumulated probabilities exceed u; the last that has any where rounding leaves u above all. */
function drawn(probabilities: readonly number[], u: number): number {
  let sum = 0;
  let last = 0;
  for (let i = 0; i < probabilities.length; i++) {
    if (probabilities[i] > 0) last = i;
    sum += probabilities[i];
    if (u < sum) return last;
  }
  return last;
}

function checkChain(transition: readonly (readonly number[])[]): void {
  for (const [i, row] of transition.entries()) {
    const sum = row.reduce((total, p) => total + p, 0);
    if (row.length !== transition.length || !row.every((p) => p >= 0) || !(Math.abs(sum - 1) < 1e-9))
      throw new Error(
        `regimeSwitching: row ${i} of transition must hold ${transition.length} probabilities that sum to 1, got [${row.join(', ')}], which sum to ${sum}`,
      );
  }
}

/**
 * The law π with π = πP, by elimination without a subtraction (Grassmann, Taksar & Heyman 1985), so that rare regimes keep their digits. One that
 * is left for the others goes first; where none of several is, each has a law of its own.
 */
function stationaryLaw(transition: readonly (readonly number[])[]): number[] {
  const K = transition.length;
  const p = transition.map((row) => [...row]);
  const order = [...p.keys()]; // of the regimes in p
  const leaving = (i: number, n: number) => p[i].reduce((sum, x, j) => (j <= n && j !== i ? sum + x : sum), 0);
  for (let n = K - 1; n > 0; n--) {
    let last = n;
    while (last >= 0 && leaving(last, n) === 0) last--;
    if (last < 0)
      throw new Error(
        'regimeSwitching: some regimes are never left for the others, so the chain has no one stationary law; give the regime to start in',
      );
    for (const row of [order, p, ...p] as unknown[][]) [row[last], row[n]] = [row[n], row[last]];
    const leaves = leaving(n, n);
    for (let i = 0; i < n; i++) p[i][n] /= leaves;
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) p[i][j] += p[i][n] * p[n][j];
  }
  const law = [1];
  for (let n = 1; n < K; n++) law.push(law.reduce((sum, x, i) => sum + x * p[i][n], 0));
  const total = law.reduce((sum, x) => sum + x, 0);
  return Array.from(order.keys(), (regime) => law[order.indexOf(regime)] / total);
}
