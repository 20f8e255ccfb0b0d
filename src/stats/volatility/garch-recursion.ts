import { type Orders, partsOf, type Recursion, spread, sticks } from './recursion.js';

/**
 * GARCH and, with o > 0, GJR.
 *
 *     σ²ₜ = ω + Σᵢ αᵢ ε²ₜ₋ᵢ + Σᵢ γᵢ 1[εₜ₋ᵢ < 0] ε²ₜ₋ᵢ + Σⱼ βⱼ σ²ₜ₋ⱼ        ω > 0,  αᵢ ≥ 0,  αᵢ + γᵢ ≥ 0,  βⱼ ≥ 0,  Σα + ½Σγ + Σβ ≤ 1
 *
 * Before the first day ε² and σ² are one number, of which losses have half.
 *
 * Bollerslev 1986, eq. 2; Glosten, Jagannathan & Runkle 1993.
 */
export function garchRecursion(orders: Orders): Recursion {
  const { p, o, q } = orders;
  const lags = Math.max(p, o);
  const size = 1 + p + o + q;
  return {
    ...orders,
    kind: 'garch',
    filter(theta, shocks, before, variance) {
      const { omega, alpha, gamma, beta } = partsOf(orders, theta);
      for (let t = 0; t < shocks.length; t++) {
        let sum = omega;
        for (let i = 0; i < p; i++) sum += alpha[i] * (t > i ? shocks[t - 1 - i] ** 2 : before);
        for (let i = 0; i < o; i++) sum += gamma[i] * (t > i ? lossSquared(shocks[t - 1 - i]) : before / 2);
        for (let j = 0; j < q; j++) sum += beta[j] * (t > j ? variance[t - 1 - j] : before);
        variance[t] = sum;
      }
    },
    pullBack(theta, { shocks, variance, before }, dVariance, dShocks) {
      const { alpha, gamma, beta } = partsOf(orders, theta);
      const out = new Float64Array(size);
      for (let t = shocks.length - 1; t >= 0; t--) {
        const d = dVariance[t]; // with what later variances owe to σ²ₜ
        out[0] += d;
        for (let i = 0; i < p; i++) {
          const e = t > i ? shocks[t - 1 - i] : 0;
          out[1 + i] += d * (t > i ? e * e : before);
          if (t > i) dShocks[t - 1 - i] += 2 * d * alpha[i] * e;
        }
        for (let i = 0; i < o; i++) {
          const e = t > i ? Math.min(shocks[t - 1 - i], 0) : 0;
          out[1 + p + i] += d * (t > i ? e * e : before / 2);
          if (t > i) dShocks[t - 1 - i] += 2 * d * gamma[i] * e;
        }
        for (let j = 0; j < q; j++) {
          out[1 + p + o + j] += d * (t > j ? variance[t - 1 - j] : before);
          if (t > j) dVariance[t - 1 - j] += d * beta[j];
        }
      }
      return out;
    },
    next(theta, shocks, variance) {
      const { omega, alpha, gamma, beta } = partsOf(orders, theta);
      const last = shocks.length - 1;
      let sum = omega;
      for (let i = 0; i < p; i++) sum += alpha[i] * shocks[last - i] ** 2;
      for (let i = 0; i < o; i++) sum += gamma[i] * lossSquared(shocks[last - i]);
      for (let j = 0; j < q; j++) sum += beta[j] * variance[last - j];
      return sum;
    },
    starts: [0.02, 0.08, 0.2].flatMap((a) =>
      (o > 0 ? [0, 0.1] : [0]).flatMap((g) =>
        (q > 0 ? [0.5, 0.85, 0.98] : [0.3]).flatMap((persistence) => {
          const b = persistence - (p > 0 ? a : 0) - g / 2;
          const [even] = spread(g, o);
          return spread(a, p).flatMap((alpha) => spread(b, q).map((beta) => Float64Array.of(1 - persistence, ...alpha, ...even, ...beta)));
        }),
      ),
    ),
    free: {
      // log ω, in the units of a variance of 1; then the sticks
      lower: [Math.log(1e-8), ...new Array<number>(p + o + q).fill(0)],
      upper: [Math.log(10), ...new Array<number>(p + o + q).fill(1)],
      from(theta) {
        const { omega, alpha, gamma, beta } = partsOf(orders, theta);
        const weights: number[] = [];
        for (let i = 0; i < lags; i++) {
          if (i < p) weights.push(i < o ? alpha[i] / 2 : alpha[i]); // what gains add
          if (i < o) weights.push(((alpha[i] ?? 0) + gamma[i]) / 2); // what losses add
        }
        return Float64Array.of(Math.log(omega), ...sticks.from([...weights, ...beta]));
      },
      to(u) {
        const weights = sticks.to(Float64Array.from(u).subarray(1), p + o + q);
        const theta = new Float64Array(size);
        theta[0] = Math.exp(u[0]);
        let at = 0;
        for (let i = 0; i < lags; i++) {
          if (i < p) theta[1 + i] = i < o ? 2 * weights[at++] : weights[at++];
          if (i < o) theta[1 + p + i] = 2 * weights[at++] - (i < p ? theta[1 + i] : 0);
        }
        theta.set(weights.subarray(at), 1 + p + o);
        return theta;
      },
      pullBack(u, d) {
        const weights: number[] = [];
        for (let i = 0; i < lags; i++) {
          if (i < p) weights.push(i < o ? 2 * (d[1 + i] - d[1 + p + i]) : d[1 + i]);
          if (i < o) weights.push(2 * d[1 + p + i]);
        }
        const shares = sticks.pullBack(Float64Array.from(u).subarray(1), [...weights, ...d.subarray(1 + p + o)]);
        return Float64Array.of(d[0] * Math.exp(u[0]), ...shares);
      },
    },
    rescaled(theta, k) {
      const jacobian = Array.from({ length: size }, (_, i) => Float64Array.from({ length: size }, (_, j) => (i !== j ? 0 : i ? 1 : k * k)));
      return { theta: theta.map((value, i) => (i ? value : k * k * value)), jacobian };
    },
  };
}

const lossSquared = (shock: number): number => (shock < 0 ? shock * shock : 0);
