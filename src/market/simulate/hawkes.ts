import type { Key } from '../../base/index.js';
import { checkNumber } from '../../base/internal.js';
import { uniforms } from './uniforms.js';

/** When something happened, and of which kind it was. */
export interface HawkesEvents {
  /** [K] ascending */
  readonly times: Float64Array;
  /** [K] of 0 … D − 1 */
  readonly kinds: Uint8Array;
}

/** A Hawkes process of D kinds of events: arrays, or numbers where there is one kind. */
export interface HawkesOptions {
  /** μ [D], events per unit of time that nothing causes */
  readonly baseline: number | readonly number[];
  /** n [D, D]: how many events of kind i one of kind j causes directly, on average */
  readonly branching: number | readonly (readonly number[])[];
  /** β: a cause fades as e^(−βt) */
  readonly decay: number;
  /** events from 0 until then */
  readonly until: number;
}

/**
 * A Hawkes process, in which events cause events:
 *
 *     λ_i(t) = μ_i + Σ_j n_ij Σ_{s < t, kind j} β e^{−β(t − s)}
 *
 * It begins with no past. In the long run kind i has the intensity ((I − n)⁻¹ μ)_i; of one kind that is μ / (1 − n), and n is the share of
 * events that others caused. Another `until` leaves the events before it as they were.
 *
 * @throws when sizes differ, a number is negative, and when events would cause others without end: a spectral radius of n from 1 up
 *
 * Hawkes 1971; by thinning, Ogata 1981. Theorem: thm:hawkes-stationarity.
 */
export function hawkes(k: Key, { baseline, branching, decay, until }: HawkesOptions): HawkesEvents {
  const mu = typeof baseline === 'number' ? [baseline] : [...baseline];
  const n = typeof branching === 'number' ? [[branching]] : branching;
  const D = mu.length;
  for (const rate of mu) checkNumber('hawkes', 'baseline', rate, { from: 0 });
  for (const row of [n, ...n])
    if (row.length !== D)
      throw new Error(
        `hawkes: branching must be [${D}, ${D}], as baseline has ${D} kinds of events; got a row or a column of ${row.length}`,
      );
  for (const share of n.flat()) checkNumber('hawkes', 'branching', share, { from: 0 });
  checkNumber('hawkes', 'decay', decay, { above: 0 });
  checkNumber('hawkes', 'until', until, { from: 0 });
  requireStable(n);

  const [times, kinds]: [number[], number[]] = [[], []];
  const draw = uniforms(k);
  const excited = new Float64Array(D); // λ − μ, now
  let bound = mu.reduce((sum, rate) => sum + rate, 0); // of all kinds, until the next event: without one it only falls
  if (bound === 0) return { times: new Float64Array(0), kinds: new Uint8Array(0) };
  for (let time = 0; ; ) {
    const wait = -Math.log(1 - draw()) / bound;
    time += wait;
    if (!(time < until)) break;
    const fade = Math.exp(-decay * wait);
    // The candidate is an event of the first kind whose cumulated intensity exceeds it, and none where it lies above all.
    let left = draw() * bound;
    let kind = -1;
    bound = 0;
    for (let i = 0; i < D; i++) {
      excited[i] *= fade;
      const intensity = mu[i] + excited[i];
      if (kind < 0 && left < intensity) kind = i;
      left -= intensity;
      bound += intensity;
    }
    if (kind < 0) continue;
    times.push(time);
    kinds.push(kind);
    for (let i = 0; i < D; i++) {
      excited[i] += n[i][kind] * decay;
      bound += n[i][kind] * decay;
    }
  }
  return { times: Float64Array.from(times), kinds: Uint8Array.from(kinds) };
}

/** The spectral radius of n ≥ 0 is below 1 exactly when all pivots of I − n, eliminated in order, are positive (an M-matrix). */
function requireStable(n: readonly (readonly number[])[]): void {
  const m = n.map((row, i) => row.map((share, j) => (i === j ? 1 - share : -share)));
  for (let p = 0; p < m.length; p++) {
    if (!(m[p][p] > 1e-12))
      throw new Error(
        `hawkes: branching [${n.map((row) => `[${row.join(', ')}]`).join(', ')}] has a spectral radius of 1 or more: each event would cause others ` +
          'without end; lower it, below 1 where there is one kind',
      );
    for (let i = p + 1; i < m.length; i++) for (let j = p + 1; j < m.length; j++) m[i][j] -= (m[i][p] / m[p][p]) * m[p][j];
  }
}
