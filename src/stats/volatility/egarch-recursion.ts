import { type Orders, partsOf, type Recursion, spread, sticks } from './recursion.js';

/** So far a change of the first variance may grow: where it does not fade, α|z| + γz outweighs β. */
const CHAOS = 1e4;
/** E|z| of a standard normal z. */
const MEAN_SIZE = Math.sqrt(2 / Math.PI);

/**
 * EGARCH: the logarithm of the variance, driven by standardised shocks z = ε/σ.
 *
 *     log σ²ₜ = ω + Σᵢ αᵢ (|zₜ₋ᵢ| − √(2/π)) + Σᵢ γᵢ zₜ₋ᵢ + Σⱼ βⱼ log σ²ₜ₋ⱼ        βⱼ ≥ 0,  Σβ ≤ 1
 *
 * √(2/π) is E|z| of the normal law and stays with other laws, where ω takes up the difference. Days before the first add no shock.
 *
 * Coefficients at which today's variance does not forget the first have variances of NaN: the model cannot be inverted there, E log |βⱼ − ½(α|z| + γz)| ≥ 0
 * for one lag, and no likelihood is to be believed (Wintenberger 2013).
 *
 * Nelson 1991, eq. 2.1 and 2.2.
 */
export function egarchRecursion(orders: Orders): Recursion {
  const { p, o, q } = orders;
  const size = 1 + p + o + q;
  const first = 1 + p + o; // the first β
  const logNext = (theta: Float64Array, t: number, shocks: ArrayLike<number>, variance: ArrayLike<number>, before: number): number => {
    let sum = theta[0];
    for (let i = 0; i < Math.max(p, o) && i < t; i++) {
      const z = shocks[t - 1 - i] / Math.sqrt(variance[t - 1 - i]);
      if (i < p) sum += theta[1 + i] * (Math.abs(z) - MEAN_SIZE);
      if (i < o) sum += theta[1 + p + i] * z;
    }
    for (let j = 0; j < q; j++) sum += theta[first + j] * Math.log(t > j ? variance[t - 1 - j] : before);
    return sum;
  };
  return {
    ...orders,
    kind: 'egarch',
    filter(theta, shocks, before, variance) {
      const { omega, alpha, gamma, beta } = partsOf(orders, theta);
      const n = shocks.length;
      const [logs, z, memory] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
      const logBefore = Math.log(before);
      for (let t = 0; t < n; t++) {
        let sum = omega;
        let left = t === 0 ? 1 : 0; // ∂ log σ²ₜ / ∂ log σ²₀
        for (let i = 0; i < p && i < t; i++) {
          const size = Math.abs(z[t - 1 - i]);
          sum += alpha[i] * (size - MEAN_SIZE);
          left -= 0.5 * alpha[i] * size * memory[t - 1 - i];
        }
        for (let i = 0; i < o && i < t; i++) {
          sum += gamma[i] * z[t - 1 - i];
          left -= 0.5 * gamma[i] * z[t - 1 - i] * memory[t - 1 - i];
        }
        for (let j = 0; j < q; j++) {
          sum += beta[j] * (t > j ? logs[t - 1 - j] : logBefore);
          if (t > j) left += beta[j] * memory[t - 1 - j];
        }
        memory[t] = left;
        // A recursion that never forgets where it began is chaotic, and its likelihood is all spikes: no place for a fit.
        variance[t] = Math.abs(left) < CHAOS ? Math.exp(sum) : Number.NaN;
        logs[t] = sum;
        z[t] = shocks[t] / Math.sqrt(variance[t]);
      }
    },
    pullBack(theta, { shocks, variance, before }, dVariance, dShocks) {
      const { alpha, gamma, beta } = partsOf(orders, theta);
      const n = shocks.length;
      const out = new Float64Array(size);
      const dLog = dVariance.map((d, t) => d * variance[t]);
      const dZ = new Float64Array(n);
      const z = shocks.map((e, t) => e / Math.sqrt(variance[t]));
      const logBefore = Math.log(before);
      for (let t = n - 1; t >= 0; t--) {
        // zₜ falls by half a percent where σ²ₜ rises by one.
        const d = dLog[t] - (dZ[t] * z[t]) / 2;
        dShocks[t] += dZ[t] / Math.sqrt(variance[t]);
        out[0] += d;
        for (let i = 0; i < p && i < t; i++) {
          out[1 + i] += d * (Math.abs(z[t - 1 - i]) - MEAN_SIZE);
          dZ[t - 1 - i] += d * alpha[i] * Math.sign(z[t - 1 - i]);
        }
        for (let i = 0; i < o && i < t; i++) {
          out[1 + p + i] += d * z[t - 1 - i];
          dZ[t - 1 - i] += d * gamma[i];
        }
        for (let j = 0; j < q; j++) {
          out[first + j] += d * (t > j ? Math.log(variance[t - 1 - j]) : logBefore);
          if (t > j) dLog[t - 1 - j] += d * beta[j];
        }
      }
      return out;
    },
    next: (theta, shocks, variance) => Math.exp(logNext(theta, shocks.length, shocks, variance, Number.NaN)),
    starts: [0.05, 0.1, 0.2].flatMap((a) =>
      (o > 0 ? [-0.1, 0] : [0]).flatMap((g) =>
        (q > 0 ? [0.7, 0.9, 0.98] : [0]).flatMap((b) => {
          const [even] = spread(g, o);
          return spread(a, p).flatMap((alpha) => spread(b, q).map((beta) => Float64Array.of(0, ...alpha, ...even, ...beta))); // log σ² = 0
        }),
      ),
    ),
    free: {
      lower: [...new Array<number>(first).fill(-Infinity), ...new Array<number>(q).fill(0)],
      upper: [...new Array<number>(first).fill(Infinity), ...new Array<number>(q).fill(1)],
      from: (theta) => Float64Array.of(...theta.subarray(0, first), ...sticks.from(theta.subarray(first))),
      to: (u) => Float64Array.of(...Array.from(u).slice(0, first), ...sticks.to(Float64Array.from(u).subarray(first), q)),
      pullBack: (u, d) =>
        Float64Array.of(...d.subarray(0, first), ...sticks.pullBack(Float64Array.from(u).subarray(first), d.subarray(first))),
    },
    rescaled(theta, k) {
      // log σ² rises by 2 log k, and so does ω less Σβ of it.
      const rise = 2 * Math.log(k);
      const persistence = theta.subarray(first).reduce((sum, b) => sum + b, 0);
      const jacobian = Array.from({ length: size }, (_, i) =>
        Float64Array.from({ length: size }, (_, j) => (i === j ? 1 : i === 0 && j >= first ? -rise : 0)),
      );
      return { theta: theta.map((value, i) => (i ? value : value + rise * (1 - persistence))), jacobian };
    },
  };
}
